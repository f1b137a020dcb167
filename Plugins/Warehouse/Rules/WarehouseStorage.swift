/// The memory of one state's words.
///
/// A state refers to nothing but this, which it shares with its copies only until one of them changes: taking and
/// giving back a reference to something that all threads share, at each step, would make them wait for each other.
/// That is also why the words are not an array beside a reference to the game.
///
/// Sendable although its memory changes: ``WarehouseState`` writes only what it alone refers to.
final class WarehouseStorage: @unchecked Sendable {
    let game: WarehouseGame
    let base: UnsafeMutablePointer<UInt16>

    init(_ game: WarehouseGame) {
        self.game = game
        base = .allocate(capacity: game.words.count)
        base.initialize(repeating: 0, count: game.words.count)
    }

    init(copying other: WarehouseStorage) {
        game = other.game
        base = .allocate(capacity: game.words.count)
        base.initialize(from: other.base, count: game.words.count)
    }

    deinit { base.deallocate() }

    @inline(__always)
    var board: WarehouseBoard { WarehouseBoard(game.words, base) }
}
