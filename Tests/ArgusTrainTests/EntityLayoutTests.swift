import ArgusEnvAPI
import ArgusTensor
import ArgusTrain
import Foundation
import Testing

@Suite("Networks for sets")
struct EntityLayoutTests {
    /// Three opponents of two components, one component of one's own, two teammates of two, and one that the host added.
    private static let segments = [
        Segment("opponent_0", offset: 0, count: 2, ""), Segment("opponent_1", offset: 2, count: 2, ""),
        Segment("opponent_2", offset: 4, count: 2, ""), Segment("self", offset: 6, count: 1, ""),
        Segment("teammate_0", offset: 7, count: 2, ""), Segment("teammate_1", offset: 9, count: 2, ""),
    ]
    private static let actions = ["stop", "attack_opponent_0", "attack_opponent_1", "attack_opponent_2", "flee"]

    private func layout() throws -> EntityLayout {
        try #require(
            EntityLayout(segments: Self.segments, actionNames: Self.actions, inputSize: 12, outputSize: 5))
    }

    private func network(_ layout: EntityLayout?, recurrent: Bool, layers: Int = 2) throws -> Network {
        var generator = SplitMix64(seed: 3)
        return try Network(
            Network.Shape(
                inputs: 12, hidden: 16, layers: layers, outputs: 5, activation: "relu", layerNorm: .afterActivation,
                recurrent: recurrent, entities: layout),
            outputGain: 1, using: &generator)
    }

    private func outputs(_ network: Network, _ input: [Float], recurrent: Bool) throws -> [Float] {
        try withoutGradient {
            try network.step(
                Tensor(input, shape: [1, 12]), hidden: Tensor.full(0.3, shape: [1, recurrent ? 16 : 0]),
                starts: Tensor.zeros([1, 1])
            ).outputs.values()
        }
    }

    private func expectClose(_ found: [Float], _ expected: [Float]) {
        #expect(found.count == expected.count)
        for (found, expected) in zip(found, expected) { #expect(abs(found - expected) < 1e-5) }
    }

    @Test(
        "Exchanging two opponents exchanges the attacks on them and nothing else; exchanging teammates changes nothing",
        arguments: [(true, 2), (false, 2), (false, 1)])
    func exchange(recurrent: Bool, layers: Int) throws {
        let network = try network(layout(), recurrent: recurrent, layers: layers)
        let input: [Float] = [0.1, 0.9, -0.4, 0.3, 0.7, -0.8, 0.5, 0.2, -0.6, -0.1, 0.4, 1]
        let before = try outputs(network, input, recurrent: recurrent)
        #expect(Set(before).count == 5, "five different outputs, or the test says nothing")

        let otherOpponents: [Float] = [0.7, -0.8, -0.4, 0.3, 0.1, 0.9] + input[6...]
        let after = try outputs(network, otherOpponents, recurrent: recurrent)
        expectClose(after, [before[0], before[3], before[2], before[1], before[4]])

        let otherTeammates: [Float] = input[..<7] + [-0.1, 0.4, 0.2, -0.6, 1]
        expectClose(try outputs(network, otherTeammates, recurrent: recurrent), before)
    }

    @Test("An output is about the thing with the longest name that its own ends with, and about no other")
    func similarNames() throws {
        let segments = ["unit_0", "unit_1", "enemy_unit_0", "enemy_unit_1"].enumerated()
            .map { Segment($1, offset: $0, count: 1, "") }
        let actions = ["stop", "attack_enemy_unit_0", "attack_enemy_unit_1", "heal_unit_0", "heal_unit_1"]
        for count in [3, 5] {
            let layout = try #require(
                EntityLayout(
                    segments: segments, actionNames: Array(actions.prefix(count)), inputSize: 4, outputSize: count))
            #expect(layout.groups.map(\.output) == [count == 5 ? 3 : nil, 1])
            #expect(layout.isConsistent)
        }
    }

    @Test("Every parameter and every component has a say", arguments: [true, false])
    func everythingCounts(recurrent: Bool) throws {
        let network = try network(layout(), recurrent: recurrent)
        var generator = SplitMix64(seed: 5)
        let rows = 64
        let inputs = try Tensor(
            (0..<rows * 12).map { _ in Float.random(in: -1...1, using: &generator) }, shape: [rows, 12])
        let output = try network.step(
            inputs, hidden: Tensor.full(0.3, shape: [rows, recurrent ? 16 : 0]), starts: Tensor.zeros([rows, 1])
        ).outputs
        try output.square().sum().backward()
        for (name, tensor) in network.parameters(under: "network") {
            let gradient = try tensor.gradient()
            #expect(try #require(gradient, "no gradient of \(name)").abs().sum().item() > 0, "\(name)")
        }
        let input = [Float](repeating: 0.2, count: 12)
        let before = try outputs(network, input, recurrent: recurrent)
        for component in 0..<12 {
            var other = input
            other[component] = -0.7
            #expect(try outputs(network, other, recurrent: recurrent) != before, "component \(component)")
        }
    }

    @Test(
        "A critic that is shown all observations treats agents alike, and each one's things", arguments: [true, false])
    func concatenated(recurrent: Bool) throws {
        let layout = try #require(
            EntityLayout(
                segments: Self.segments, observations: 3, observationSize: 12, inputSize: 3 * 12 + 2, outputSize: 1))
        #expect(layout.isConsistent)
        var generator = SplitMix64(seed: 3)
        let network = try Network(
            Network.Shape(
                inputs: 38, hidden: 10, layers: 2, outputs: 1, activation: "relu", layerNorm: .none,
                recurrent: recurrent, entities: layout),
            outputGain: 1, using: &generator)
        func value(_ input: [Float]) throws -> Double {
            try withoutGradient {
                try network.step(
                    Tensor(input, shape: [1, 38]), hidden: Tensor.full(0.3, shape: [1, recurrent ? 10 : 0]),
                    starts: Tensor.zeros([1, 1])
                ).outputs.item()
            }
        }
        let input = (0..<38).map { _ in Float.random(in: -1...1, using: &generator) }
        func pick(_ ranges: [Range<Int>]) -> [Float] { ranges.flatMap { input[$0] } }
        let before = try value(input)
        let agents = pick([12..<24, 0..<12, 24..<38])
        #expect(try abs(value(agents) - before) < 1e-5, "the first two agents change places")
        let opponents = pick([0..<12, 14..<16, 12..<14, 16..<38])
        #expect(try abs(value(opponents) - before) < 1e-5, "the second agent's first two opponents change places")
        let mixed = pick([12..<14, 2..<12, 0..<2, 14..<38])
        #expect(try abs(value(mixed) - before) > 1e-5, "opponents of different agents change places")
        for component in 0..<38 {
            var other = input
            other[component] += 0.5
            #expect(try value(other) != before, "component \(component)")
        }
    }

    @Test("Groups are neighbours of one size, numbered from 0; outputs are theirs where their names say so")
    func groups() throws {
        func groups(_ names: [(String, Int)], actions: [String] = []) -> String {
            var offset = 0
            let segments = names.map { name, count in
                offset += count
                return Segment(name, offset: offset - count, count: count, "")
            }
            let layout = EntityLayout(
                segments: segments, actionNames: actions, inputSize: offset, outputSize: max(1, actions.count))
            return layout?.text ?? "none"
        }
        #expect(groups([("food_0", 3), ("food_1", 3), ("self", 2)]) == "0:3x2")
        #expect(groups([("self", 2), ("food_0", 3), ("food_1", 3), ("other_0", 3), ("other_1", 3)]) == "2:3x2 8:3x2")
        #expect(groups([("food_0", 3), ("self", 2)]) == "none", "one thing is no set")
        #expect(groups([("food_1", 3), ("food_2", 3)]) == "none", "numbers begin at 0")
        #expect(groups([("food_0", 3), ("food_1", 2), ("food_2", 3)]) == "none", "things of one kind have one size")
        #expect(groups([("food_0", 3), ("food_1", 3), ("food_3", 3)]) == "0:3x2", "a gap ends a group")
        #expect(groups([("a_0", 1), ("a_1", 1), ("a_0", 1), ("a_1", 1)]) == "0:1x2 2:1x2")
        let foods = [("food_0", 1), ("food_1", 1)]
        #expect(groups(foods, actions: ["wait", "eat_food_0", "eat_food_1"]) == "0:1x2@1")
        #expect(groups(foods, actions: ["eat_food_1", "eat_food_0"]) == "0:1x2", "the other way round")
        #expect(groups(foods, actions: ["eat_food_0", "wait", "eat_food_1"]) == "0:1x2", "not in a row")
        #expect(groups(foods, actions: ["eat_seafood_0", "eat_seafood_1"]) == "0:1x2", "other things")
    }

    @Test("A layout from a damaged file is noticed")
    func damage() throws {
        let text = try #require(String(data: JSONEncoder().encode(layout()), encoding: .utf8))
        func isConsistent(_ found: String, _ damaged: String) throws -> Bool {
            try #require(text.contains(found), "\(text)")
            let data = Data(text.replacingOccurrences(of: found, with: damaged).utf8)
            return try JSONDecoder().decode(EntityLayout.self, from: data).isConsistent
        }
        #expect(try isConsistent("\"inputSize\":12", "\"inputSize\":12"))
        #expect(try !isConsistent("\"inputSize\":12", "\"inputSize\":10"))
        #expect(try !isConsistent("\"outputSize\":5", "\"outputSize\":3"))
        #expect(try !isConsistent("\"offset\":7", "\"offset\":5"))
        #expect(try !isConsistent("\"offset\":7", "\"offset\":-1"))
        #expect(try !isConsistent("\"count\":3", "\"count\":9223372036854775807"))
        #expect(try !isConsistent("\"width\":2", "\"width\":0"))
        #expect(try !isConsistent("\"observations\":1", "\"observations\":0"))
        #expect(try !isConsistent("\"observations\":1", "\"observations\":2"))
        #expect(try !isConsistent("\"observationSize\":12", "\"observationSize\":11"))
    }
}

extension EntityLayout {
    /// `OFFSET:WIDTHxCOUNT@FIRST OUTPUT`, group by group.
    fileprivate var text: String {
        groups.map { group in
            "\(group.offset):\(group.width)x\(group.count)" + (group.output.map { "@\($0)" } ?? "")
        }.joined(separator: " ")
    }
}
