import ArgusEnvAPI
import ArgusHost
import CArgusEnv

/// Saving and continuing.
let snapshotChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "snapshot-continues",
        proves: "A restored copy continues bit for bit as the saved one, in whatever copy it was restored.",
        remedy: "Save everything that step() and observe() use: counters and the random generator too."
    ) { subject in
        let steps = max(4, min(subject.horizon, subject.effort / 60))
        // Chance may come into play seldom, so more than one episode.
        for round in 0..<UInt64(max(2, subject.effort / 300)) where subject.hasTime {
            let seeds = ConformanceSubject.seeds(2, 100 + round)
            for moment in round == 0 ? [0, 1, steps / 2, steps] : [Int(round) % steps] {
                var source = try subject.makePlayer(seeds: seeds)
                guard let snapshot = source.instance.snapshot else { return .skipped("no argus.snapshot/1") }
                for _ in 0..<moment { try source.step() }
                let bytes = try source.instance.save(snapshot, copy: 1)
                try require(try source.instance.save(snapshot, copy: 1) == bytes, "two savings of one state differ")
                var target = try subject.makePlayer(seeds: ConformanceSubject.seeds(3, 14))
                for _ in 0..<3 { try target.step() }
                guard let load = target.instance.snapshot else {
                    return .failed("an instance without argus.snapshot/1")
                }
                try target.instance.succeed("load", target.instance.load(load, copy: 2, bytes))
                // load() writes these rows.
                let roles: [TensorRole] = [.observation, .legal, .acting, .state]
                try requireEqual(
                    [RowDigest(source, copy: 1, roles: roles)], [RowDigest(target.instance, copy: 2, roles: roles)],
                    "rows when saved and after load")
                target.assume(copy: 2, seed: source.seeds[1], step: source.steps[1])
                let future = try source.record(steps)[1].dropFirst()
                let again = try target.record(steps)[2].dropFirst()
                try requireEqual(
                    Array(future), Array(again),
                    "an episode that goes on, and the same saved and restored at step "
                        + "\(moment)")
            }
        }
        return .passed
    },
    ConformanceCheck(
        "snapshot-refuses", proves: "Bytes that are no state are refused, and the copy goes on as if nothing had been.",
        remedy: "Check size, indices and ranges of everything in the bytes before the copy is changed; return "
            + "ARGUS_DISCARD."
    ) { subject in
        let seeds = ConformanceSubject.seeds(1, 15)
        var player = try subject.makePlayer(seeds: seeds)
        guard let snapshot = player.instance.snapshot else { return .skipped("no argus.snapshot/1") }
        for _ in 0..<5 { try player.step() }
        let bytes = try player.instance.save(snapshot, copy: 0)
        var random = SplitMix64(seed: 1)
        var bad: [(String, [UInt8])] = [
            ("an empty state", []), ("one byte short", Array(bytes.dropLast())),
            ("half of a state", Array(bytes[..<(bytes.count / 2)])),
            ("a byte too many", bytes + [0]), ("twice a state", bytes + bytes),
        ]
        for round in 0..<20 {
            let size = round % 2 == 0 ? bytes.count : Int(random.next() % 300)
            bad.append(("\(size) random bytes", (0..<size).map { _ in UInt8(truncatingIfNeeded: random.next()) }))
        }
        let reports = player.instance.reports.count
        for (what, content) in bad where content != bytes {
            let status = player.instance.load(snapshot, copy: 0, content)
            try require(
                status != ARGUS_OK, "load() takes this for a state: \(what)")
            try require(status == ARGUS_DISCARD, "status \(status) for \(what), expected ARGUS_DISCARD")
            try require(
                try player.instance.save(snapshot, copy: 0) == bytes,
                "the copy is another one after a refusal: \(what)")
        }
        try require(player.instance.reports.count > reports, "no report about refused bytes")
        return .passed
    },
    ConformanceCheck(
        "snapshot-survives-damage", proves: "A state with flipped bits is refused, or plays on within the rules.",
        remedy: "Check every field against the rules: what load() accepts must not crash step() or observe()."
    ) { subject in
        var player = try subject.makePlayer(seeds: ConformanceSubject.seeds(1, 16))
        guard let snapshot = player.instance.snapshot else { return .skipped("no argus.snapshot/1") }
        var random = SplitMix64(seed: 2)
        for _ in 0..<max(20, subject.effort / 10) where subject.hasTime {
            var bytes = try player.instance.save(snapshot, copy: 0)
            for _ in 0...Int(random.next() % 3) {
                guard !bytes.isEmpty else { continue }
                bytes[Int(random.next() % UInt64(bytes.count))] ^= 1 << UInt8(random.next() % 8)
            }
            let status = player.instance.load(snapshot, copy: 0, bytes)
            try require(status == ARGUS_OK || status == ARGUS_DISCARD, "status \(status) for a damaged state")
            try player.step()
            for agent in subject.specification.agents.indices {
                let row = player.instance.floats(.observation, 0, agent)
                try require(row.allSatisfy(\.isFinite), "an observation that is not finite after a damaged state")
            }
            if status == ARGUS_OK { try player.begin([random.next()]) }
        }
        return .passed
    },
    ConformanceCheck(
        "host-snapshot-refuses",
        proves: "The host refuses every truncated, damaged or foreign snapshot, and the copy goes on as it was.",
        remedy: "This is the host's: report it."
    ) { subject in
        let environment = try VectorEnvironment(subject.source, scenario: subject.scenario, copies: 2)
        guard environment.offersSnapshot else { return .skipped("no argus.snapshot/1") }
        try environment.reset(.stream(run: 1))
        let bytes = try environment.snapshot(copy: 0)
        var random = SplitMix64(seed: 3)
        var bad: [[UInt8]] = [[], Array("ARGUSNAP".utf8), bytes + [0], Array(bytes.dropLast())]
        for _ in 0..<40 {
            var flipped = bytes
            flipped[Int(random.next() % UInt64(bytes.count))] ^= 1 << UInt8(random.next() % 8)
            bad.append(flipped)
            bad.append(Array(bytes[..<Int(random.next() % UInt64(bytes.count))]))
            bad.append((0..<bytes.count).map { _ in UInt8(truncatingIfNeeded: random.next()) })
        }
        for content in bad {
            do {
                try environment.restore(copy: 0, from: content)
                return .failed("\(content.count) damaged bytes are taken for a snapshot")
            } catch let error as ArgusError {
                try require(error.code == .checkpoint, "an error of another kind: \(error)")
            }
            try require(try environment.snapshot(copy: 0) == bytes, "the copy is another one after a refusal")
        }
        try environment.restore(copy: 1, from: bytes)
        try require(try environment.snapshot(copy: 1) == bytes, "a restored copy saves other bytes")
        return .passed
    },
]
