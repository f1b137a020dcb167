import ArgusHost
import PluginFixtures
import Testing

@Suite("Symbols between agents")
struct ChannelTests {
    @Test(
        "A symbol arrives after the delay, with its receivers alone, and stays for one decision", arguments: [1, 2, 5])
    func delay(delay: Int) throws {
        let talk = try TalkingPlayers(
            .with {
                $0.topology = .receivers([[.index(2)], [.index(0), .index(2)], []])
                $0.delay = delay
            })
        try talk.vector.reset(.stream(run: 1))
        var spoken: [[Int: Int]] = []
        for step in 0..<20 {
            let now = step % 3 == 2 ? [:] : [0: 1 + step % 8, 1: 1 + (step + 3) % 8]
            spoken.append(now)
            try talk.say(now)
            let arriving = step + 1 >= delay ? spoken[step + 1 - delay] : [:]
            #expect(talk.heard(0) == [arriving[1] ?? 0, 0])
            // Player 1 hears nobody, and player 2 both.
            #expect(talk.heard(1) == [0, 0])
            #expect(talk.heard(2) == [arriving[0] ?? 0, arriving[1] ?? 0])
        }
    }

    @Test("Symbols wait for receivers that are not acting; senders that are not acting send nothing")
    func waitingReceiver() throws {
        var scenario = PluginFixture.probeScenario(horizon: 30)
        scenario.communication = .with { $0.perEpisode = nil }
        let vector = try VectorEnvironment(try PluginFixture.probe(), scenario: scenario, copies: 1)
        try vector.reset(.stream(run: 1))
        // Agent 1 acts at odd steps only. Its first slot is agent 0's.
        func slot() -> [Float] { Array(vector.local.rows(agent: 1).observation(0)[3..<11]) }
        func say(_ agent: Int, _ symbol: Int32) throws {
            vector.actions.allDiscrete.update(repeating: 0)
            vector.actions.discrete(copy: 0, agent: agent)[1] = symbol
            try vector.step()
        }
        #expect(!vector.local.rows(agent: 1).isActing(0))
        try say(0, 3)
        #expect(vector.local.rows(agent: 1).isActing(0) && slot().firstIndex(of: 1) == 2)
        try say(0, 5)
        #expect(!vector.local.rows(agent: 1).isActing(0) && slot().firstIndex(of: 1) == 4)
        // Nothing new, and agent 1 has not decided yet.
        try say(0, 0)
        #expect(slot().firstIndex(of: 1) == 4)
        try say(0, 0)
        #expect(slot().allSatisfy { $0 == 0 })
        // Not acting: silence is all that is legal, and what it would say is ignored.
        #expect(vector.local.rows(agent: 1).legal(0).map(Array.init)?.suffix(9) == [1, 0, 0, 0, 0, 0, 0, 0, 0])
        try say(1, 7)
        #expect(vector.local.rows(agent: 0).observation(0)[3..<11].allSatisfy { $0 == 0 })
        #expect(vector.lastMessages(copy: 0).isEmpty)
    }

    @Test("What one player says changes the rows of its receivers and no other's")
    func othersSeeNothing() throws {
        let channel = Communication.with {
            $0.topology = .receivers([[.index(1)], [.index(0)], [.index(3)], [.index(2)]])
            $0.loss = 0.3
        }
        let (one, other) = (try TalkingPlayers(channel, players: 4), try TalkingPlayers(channel, players: 4))
        try one.vector.reset(.list([7]))
        try other.vector.reset(.list([7]))
        var differences = 0
        for step in 0..<40 {
            try one.say([0: 1 + step % 8, 2: 2])
            try other.say([0: 1 + (step + 1) % 8, 2: 2])
            for player in [0, 2, 3] {
                let rows = [one, other].map { Array($0.vector.local.rows(agent: player).observation(0)) }
                #expect(rows[0] == rows[1], "player \(player), step \(step)")
            }
            if one.part(1) != other.part(1) { differences += 1 }
        }
        #expect(differences > 10)
    }

    @Test(
        "Budgets leave silence alone; without masks, sends beyond them are dropped and counted",
        arguments: [true, false])
    func budgets(hasMasks: Bool) throws {
        let talk = try TalkingPlayers(
            .with { $0.perEpisode = 3 }, horizon: 6, masks: hasMasks ? .exact : .none)
        try talk.vector.reset(.stream(run: 1))
        for step in 0..<6 {
            let isSpent = step >= 3
            #expect(talk.left(0) == max(0, 3 - step))
            #expect(talk.mask(0) == [1] + Array(repeating: isSpent && hasMasks ? 0 : 1, count: 8))
            #expect(talk.left(1) == 3)
            try talk.say([0: 2])
            #expect(talk.vector.lastMessages(copy: 0).map(\.dropped) == [isSpent ? .episodeBudget : nil])
            if step < 5 { #expect(talk.heard(1)[0] == (isSpent ? 0 : 2)) }
        }
        #expect(
            talk.counts() == [
                "messages_sent": 3, "characters_sent": 0, "messages_dropped": 3, "messages_lost": 0,
            ])
        // The next episode begins with whole budgets, empty slots and no count.
        #expect(talk.left(0) == 3 && talk.heard(1) == [0, 0])
        for _ in 0..<6 { try talk.say() }
        #expect(talk.counts().values.allSatisfy { $0 == 0 })
    }

    @Test("Messages on their way do not reach the next episode")
    func episodesAreApart() throws {
        let talk = try TalkingPlayers(.with { $0.delay = 3 }, horizon: 4)
        try talk.vector.reset(.stream(run: 1))
        for _ in 0..<4 { try talk.say([0: 1, 1: 2, 2: 3]) }
        for _ in 0..<4 {
            #expect((0..<3).allSatisfy { talk.heard($0) == [0, 0] })
            try talk.say()
        }
    }

    @Test("Loss comes at its rate, for each receiver by itself, and is counted", arguments: [0.0, 0.25, 1.0])
    func loss(loss: Double) throws {
        let talk = try TalkingPlayers(
            .with {
                $0.loss = loss
                $0.perEpisode = nil
            }, copies: 20, horizon: 101)
        try talk.vector.reset(.stream(run: 1))
        var arrived = [0, 0]
        var both = 0
        let steps = 100
        for _ in 0..<steps {
            talk.vector.actions.allDiscrete.update(repeating: 0)
            for copy in 0..<20 { talk.vector.actions.discrete(copy: copy, agent: 0)[1] = 1 }
            try talk.vector.step()
            for copy in 0..<20 {
                let got = [1, 2].map { talk.heard($0, copy: copy)[0] }
                for receiver in 0..<2 { arrived[receiver] += got[receiver] }
                both += got[0] * got[1]
            }
        }
        // 2000 messages to each receiver: four standard deviations are below 0.04.
        let sent = Double(20 * steps)
        for receiver in 0..<2 { #expect(abs(Double(arrived[receiver]) / sent - (1 - loss)) < 0.04) }
        #expect(abs(Double(both) / sent - (1 - loss) * (1 - loss)) < 0.04)
        try talk.say()
        let lost = (0..<20).reduce(0.0) { $0 + (talk.counts(copy: $1)["messages_lost"] ?? 0) }
        #expect(lost == 2 * sent - Double(arrived[0] + arrived[1]))
    }

    @Test("Shuffled symbols come when they would have come, and say nothing")
    func shuffle() throws {
        let channel = Communication.with {
            $0.perEpisode = nil
            $0.loss = 0.2
            $0.symbols = 4
        }
        var shuffled = channel
        shuffled.shuffle = true
        let (plain, control) = (try TalkingPlayers(channel, copies: 50), try TalkingPlayers(shuffled, copies: 50))
        #expect(plain.vector.specificationHash == control.vector.specificationHash)
        try plain.vector.reset(.stream(run: 1))
        try control.vector.reset(.stream(run: 1))
        var counts = Array(repeating: 0, count: 5)
        for _ in 0..<40 {
            for talk in [plain, control] {
                talk.vector.actions.allDiscrete.update(repeating: 0)
                for copy in 0..<50 { talk.vector.actions.discrete(copy: copy, agent: 0)[1] = 2 }
                try talk.vector.step()
            }
            for copy in 0..<50 {
                let (said, heard) = (plain.heard(1, copy: copy)[0], control.heard(1, copy: copy)[0])
                #expect((said == 0) == (heard == 0))
                #expect(said == 0 || said == 2)
                counts[heard] += 1
            }
        }
        // About 1600 arrivals, 400 of each symbol: four standard deviations are 70.
        #expect(counts.dropFirst().allSatisfy { abs($0 - 400) < 90 }, "\(counts)")
    }

    @Test("The number of copies and threads changes nothing", arguments: [(1, 1), (8, 1), (8, 3)])
    func determinism(copies: Int, threads: Int) throws {
        func play(_ copies: Int, _ threads: Int) throws -> [UInt64: [Double]] {
            let talk = try TalkingPlayers(
                .with {
                    $0.loss = 0.4
                    $0.delay = 2
                    $0.shuffle = true
                    $0.perEpisode = 9
                }, copies: copies, threads: threads, horizon: 20)
            let play = RandomPlay(talk.vector)
            var found: [UInt64: [Double]] = [:]
            var sums = Array(repeating: 0.0, count: copies)
            try talk.vector.reset(.list(Array(1...8)))
            while talk.vector.hasActiveCopies {
                for copy in 0..<copies where talk.vector.isActive(copy) {
                    for (index, value) in play.part(talk.vector.local.observations, copy).enumerated() {
                        sums[copy] += Double(value) * Double(index + 1) * Double(talk.vector.local.steps[copy] + 1)
                    }
                }
                try play.step()
                for copy in 0..<copies where talk.vector.outcome.end(copy) != .running {
                    found[talk.vector.outcome.episodeSeeds[copy]] =
                        [sums[copy]] + talk.counts(copy: copy).sorted { $0.key < $1.key }.map(\.value)
                    sums[copy] = 0
                }
            }
            return found
        }
        let expected = try play(2, 1)
        #expect(expected.count == 8)
        #expect(try play(copies, threads) == expected)
    }

    @Test("Scripted policies are silent and play as without a channel; random ones use every head")
    func policies() throws {
        for (name, seesState) in [("scripted:planner", true), ("scripted:greedy", false), ("random", false)] {
            func play(_ communication: Communication?) throws -> PlayedEpisodes {
                let host = try EnvironmentHost()
                var scenario = try host.scenarios.scenario(named: "foraging/8x8-2p-2f-coop")
                scenario.communication = communication
                let vector = try host.makeVectorEnvironment(scenario, copies: 4)
                let team = try Team(
                    TeamSpecification(policy: name), environment: vector,
                    providers: [RandomPolicyProvider(), ScriptedPolicyProvider()], settings: PolicySettings(seed: 1))
                #expect(team.isCentralised == seesState)
                return try vector.play(seeds: Array(1...10)) { () throws(ArgusError) in
                    // Whatever stood in the channel's head before.
                    for index in vector.actions.allDiscrete.indices { vector.actions.allDiscrete[index] = 1 }
                    try team.act(on: vector)
                }
            }
            let talking = try play(Communication())
            let sent = try #require(talking.metrics["messages_sent"])
            if name == "random" {
                // 89 on average in 50 steps of two players, and never more than the budgets of both.
                #expect(sent.allSatisfy { $0 > 60 && $0 <= 80 })
            } else {
                #expect(sent.allSatisfy { $0 == 0 })
                #expect(try play(nil).lengths == talking.lengths)
            }
        }
    }

    @Test("A final observation holds what arrived with the last step")
    func finalRows() throws {
        let talk = try TalkingPlayers(Communication(), horizon: 3)
        try talk.vector.reset(.stream(run: 1))
        for _ in 0..<3 { try talk.say([0: 6]) }
        let width = talk.vector.specification.observationSize
        let row = Array(talk.vector.outcome.finalObservations.elements[width..<2 * width])
        #expect(row[talk.own] == 40 && row[(talk.own + 1)...].firstIndex(of: 1) == talk.own + 1 + 5)
        #expect(talk.heard(1) == [0, 0])
    }
}
