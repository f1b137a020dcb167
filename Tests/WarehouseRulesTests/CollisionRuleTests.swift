import Testing
import WarehouseRules

@Suite("warehouse: who may drive")
struct CollisionRuleTests {
    private let floor = ["....", "....", "....", "g..."]

    private func drive(_ drawing: [String]) throws -> [[Int]] {
        var state = try scene(drawing, floor: floor)
        state.step(Array(repeating: .forward, count: state.game.parameters.robots))
        return state.places
    }

    @Test("two robots that face each other stay")
    func noSwap() throws {
        #expect(try drive(["....", ".><.", "....", "...."]) == [[1, 1], [2, 1]])
    }

    @Test("a ring of four turns, and a robot behind it stays")
    func ringMoves() throws {
        #expect(
            try drive(["....", ">>v.", ".^<.", "...."])
                == [[0, 1], [2, 1], [2, 2], [1, 1], [1, 2]])
    }

    @Test("a chain of robots moves into an empty cell as one")
    func chainMoves() throws {
        #expect(try drive(["....", ">>>.", "....", "...."]) == [[1, 1], [2, 1], [3, 1]])
    }

    @Test("a chain behind a robot at the wall stays")
    func chainBehindWall() throws {
        #expect(try drive(["....", ".>>>", "....", "...."]) == [[1, 1], [2, 1], [3, 1]])
    }

    @Test("of two that want one cell, the one with the longer chain behind it goes")
    func longerChainGoesFirst() throws {
        #expect(try drive(["..v.", ">>.<", "....", "...."]) == [[2, 0], [1, 1], [2, 1], [3, 1]])
    }

    @Test("of equals, the lowest number goes")
    func lowestNumberAmongEquals() throws {
        #expect(try drive(["....", ".>.<", "....", "...."]) == [[2, 1], [3, 1]])
        #expect(try drive([".v..", ">.<.", ".^..", "...."]) == [[1, 1], [0, 1], [2, 1], [1, 2]])
    }

    @Test("a robot with a shelf drives under no standing shelf, but behind a shelf that is carried away")
    func shelvesStop() throws {
        let floor = ["....", ".xx.", "....", "g..."]
        var stopped = try scene(["....", "Rs..", "....", "...."], floor: floor)
        stopped.step([.forward])
        #expect(stopped.places == [[0, 1]])
        var following = try scene(["....", "RR..", "....", "...."], floor: floor)
        following.step([.forward, .forward])
        #expect(following.places == [[1, 1], [2, 1]])
        // A shelf stands although a robot under it is about to drive off or to lift it.
        for other in [WarehouseAction.forward, .toggleLoad] {
            var state = try scene(["....", "R6..", "....", "...."], floor: floor)
            state.step([.forward, other])
            #expect(state.places == [[0, 1], other == .forward ? [2, 1] : [1, 1]])
        }
    }
}
