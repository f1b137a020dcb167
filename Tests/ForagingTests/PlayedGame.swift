import ArgusEnvAPI
import ForagingRules

/// A game with the rows that it reads and writes.
struct PlayedGame {
    var game: ForagingGame

    init(_ configuration: ForagingConfiguration, seed: UInt64 = 0) {
        game = ForagingGame(configuration: configuration)
        game.reset(seed: seed)
    }

    /// A made-up position: each player and each food is (row, column, level); foods in row-major order.
    init(_ configuration: ForagingConfiguration, players: [(Int, Int, Int)], foods: [(Int, Int, Int)]) throws {
        game = ForagingGame(configuration: configuration)
        try game.deserialise(Self.bytes(players: players, foods: foods))
    }

    /// What `ForagingGame.serialise` says it writes.
    static func bytes(players: [(Int, Int, Int)], foods: [(Int, Int, Int)]) -> [UInt8] {
        var words = [1, players.count, foods.count]
        for player in players { words += [player.0, player.1, player.2] }
        for food in foods { words += [food.0, food.1, food.2, 0] }
        return words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    }

    var places: [[Int]] { game.players.map { [Int($0.row), Int($0.column)] } }

    /// Makes a step; returns all rewards and whether the episode is over.
    @discardableResult
    mutating func step(_ actions: [Int32]) -> (rewards: [Float], isOver: Bool) {
        var actions = actions
        var rewards = [Float](repeating: .nan, count: actions.count)
        let isOver = actions.withUnsafeMutableBytes { actions in
            rewards.withUnsafeMutableBytes { rewards in
                guard let from = actions.baseAddress, let to = rewards.baseAddress else { return false }
                let count = game.players.count
                return game.step(
                    Rows(base: from, stride: 4, count: count, width: 1),
                    rewards: Rows(base: to, stride: 4, count: count, width: 1))
            }
        }
        return (rewards, isOver)
    }

    @discardableResult
    mutating func step(_ actions: ForagingAction...) -> (rewards: [Float], isOver: Bool) {
        step(actions.map(\.rawValue))
    }

    mutating func stepRandomly(_ random: inout SplitMix64) {
        step(game.players.map { _ in Int32(random.below(ForagingAction.count)) })
    }

    func observation(_ player: Int) -> [Float] {
        [Float](unsafeUninitializedCapacity: game.configuration.observationSize) { buffer, count in
            if let base = buffer.baseAddress { game.observe(player, into: base) }
            count = game.configuration.observationSize
        }
    }

    func state() -> [Float] {
        [Float](unsafeUninitializedCapacity: game.configuration.stateSize) { buffer, count in
            if let base = buffer.baseAddress { game.writeState(into: base) }
            count = game.configuration.stateSize
        }
    }

    func legal(_ player: Int) -> [Bool] {
        [UInt8](unsafeUninitializedCapacity: ForagingAction.count) { buffer, count in
            if let base = buffer.baseAddress { game.writeLegalActions(player, into: base) }
            count = ForagingAction.count
        }.map { $0 == 1 }
    }
}

extension ForagingEnvironment {
    /// An environment with these parameters and defaults for the others.
    init(_ given: [String: ParameterValue]) throws {
        self = try ForagingEnvironment(parameters: ParameterValues(given, for: Self.descriptor.parameters))
    }

    /// Takes over a game's state, with no failed loads.
    mutating func adopt(_ game: ForagingGame) throws { try restore(game.serialise() + [0, 0, 0, 0]) }
}
