import ArgusHost
import Testing

@Suite("Snapshots of talking copies")
struct ChannelSnapshotTests {
    private static let channel = Communication.with {
        $0.delay = 3
        $0.loss = 0.3
        $0.perEpisode = 15
        $0.perStep = 2
    }

    private func future(_ talk: TalkingPlayers, _ copy: Int, steps: Int = 12) throws -> [[Float]] {
        let play = RandomPlay(talk.vector)
        return try (0..<steps).map { step in
            if step == 2 { _ = talk.send("from the future", 1, copy: copy) }
            try play.step()
            return play.part(talk.vector.local.observations, copy)
                + (0..<3).flatMap { talk.inbox($0, copy: copy).map { Float($0.text.count) } }
        }
    }

    @Test("A copy that is saved with messages on their way goes on as it would have, in another copy too")
    func roundTrip() throws {
        let talk = try TalkingPlayers(Self.channel, copies: 4, threads: 2)
        let play = RandomPlay(talk.vector)
        try talk.vector.reset(.list([5, 6, 7, 8]))
        for step in 0..<5 {
            _ = talk.send("letter \(step)", step % 3)
            try play.step()
        }
        _ = talk.send("handed in", 0)
        let bytes = try talk.vector.snapshot(copy: 0)
        let inboxes = (0..<3).map { talk.inbox($0) }
        let expected = try future(talk, 0)
        #expect(inboxes.contains { !$0.isEmpty })
        try talk.vector.restore(copy: 3, from: bytes)
        #expect((0..<3).map { talk.inbox($0, copy: 3) } == inboxes)
        #expect(try talk.vector.snapshot(copy: 3) == bytes)
        #expect(try future(talk, 3) == expected)
        // Counts go on too.
        let metrics = { (copy: Int) in play.part(talk.vector.outcome.episodeMetrics, copy) }
        try talk.vector.restore(copy: 0, from: bytes)
        try talk.vector.restore(copy: 1, from: bytes)
        while talk.vector.outcome.end(0) == .running {
            talk.vector.actions.allDiscrete.update(repeating: 0)
            try talk.vector.step()
        }
        #expect(metrics(0) == metrics(1) && metrics(0).contains { $0 > 4 })
    }

    @Test("With a chance seed other messages are lost")
    func branches() throws {
        let talk = try TalkingPlayers(
            .with {
                $0.loss = 0.5
                $0.perEpisode = nil
            }, copies: 3)
        try talk.vector.reset(.stream(run: 1))
        let bytes = try talk.vector.snapshot(copy: 0)
        for (copy, seed) in [(0, 1), (1, 1), (2, 2)] as [(Int, UInt64)] {
            try talk.vector.restore(copy: copy, from: bytes, chanceSeed: seed)
        }
        var heard: [[Int]] = [[], [], []]
        for _ in 0..<30 {
            talk.vector.actions.allDiscrete.update(repeating: 0)
            for copy in 0..<3 { talk.vector.actions.discrete(copy: copy, agent: 0)[1] = 1 }
            try talk.vector.step()
            for copy in 0..<3 { heard[copy] += talk.heard(1, copy: copy) }
        }
        #expect(heard[0] == heard[1] && heard[0] != heard[2])
    }

    @Test("Snapshots of another channel are refused, and the copy is as it was")
    func otherChannel() throws {
        let talk = try TalkingPlayers(Self.channel)
        try talk.vector.reset(.stream(run: 1))
        try talk.say([0: 1, 1: 2])
        for change in [{ $0.delay = 2 }, { $0.characters = 0 }] as [(inout Communication) -> Void] {
            var channel = Self.channel
            change(&channel)
            let other = try TalkingPlayers(channel)
            #expect(other.vector.specificationHash == talk.vector.specificationHash)
            try other.vector.reset(.stream(run: 1))
            try other.say([2: 5])
            let before = try other.vector.snapshot(copy: 0)
            let error = argusError { try other.vector.restore(copy: 0, from: try talk.vector.snapshot(copy: 0)) }
            #expect(error?.code == .checkpoint)
            #expect(try other.vector.snapshot(copy: 0) == before)
        }
    }

    @Test("Bytes that no channel wrote are refused, or restored to something that can be saved and goes on")
    func damagedBytes() throws {
        let talk = try TalkingPlayers(Self.channel)
        let play = RandomPlay(talk.vector)
        try talk.vector.reset(.stream(run: 1))
        for _ in 0..<4 {
            _ = talk.send("some words", 1)
            try play.step()
        }
        let good = try talk.vector.snapshot(copy: 0)
        var refused = 0
        // Each byte of the channel's part in turn, with a checksum that fits again.
        let body = good.dropLast(8)
        for index in 88..<min(body.count, 500) {
            for change in [1, 0x80] as [UInt8] {
                var bytes = Array(body)
                bytes[index] ^= change
                let checksum = Fingerprint.fnv1a64(bytes)
                withUnsafeBytes(of: checksum.littleEndian) { bytes += Array($0) }
                try talk.vector.restore(copy: 0, from: good)
                do {
                    try talk.vector.restore(copy: 0, from: bytes)
                } catch {
                    refused += 1
                    #expect(error.code == .checkpoint)
                    #expect(try talk.vector.snapshot(copy: 0) == good, "byte \(index)")
                }
                try play.step()
            }
        }
        #expect(refused > 100)
    }
}
