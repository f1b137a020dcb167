import ArgusEnvAPI
import ArgusWire
import Foundation
import Testing

/// Whatever arrives, the codec gives a value or a ``WireError``: it never traps.
@Suite struct MutatedMessageTests {
    /// Messages to try: `ARGUS_LONG=1` asks for ten times as many.
    static let count = ProcessInfo.processInfo.environment["ARGUS_LONG"] == "1" ? 10_000_000 : 1_000_000

    private struct Sample {
        var parts: [[UInt8]]
        var frames: ExpectedFrames
    }

    private static let insertions: [[UInt8]] =
        [
            [0], [255, 255, 255, 255], Array(repeating: UInt8(ascii: "["), count: 70),
        ]
        + ["\"", "}", ",", "1e999", "-", "\\ud800", "\"a\":1,", "null", "9999999999999999999999", "[]", ":{"].map {
            Array($0.utf8)
        }
    private static let numbers: [UInt32] = [0, 1, 2, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 1 << 24]

    @Test func aMillionMutatedMessagesTrapNowhere() throws {
        let samples = try GoldenFiles.messages().map { message in
            Sample(parts: message.bytes, frames: try ExpectedFrames(message, checkedHeader(message.bytes)))
        }
        var random = SplitMix64(seed: 11)
        var refused = 0
        for _ in 0..<MutatedMessageTests.count {
            let sample = samples[random.below(samples.count)]
            let parts = mutated(sample.parts, samples, &random)
            do throws(WireError) {
                try readAll(parts, sample.frames)
            } catch {
                refused += 1
            }
        }
        #expect(refused > MutatedMessageTests.count / 2 && refused < MutatedMessageTests.count)
    }

    @Test func mutatedSpecificationsAreRefusedOrReadAndWrittenTheSame() throws {
        let samples = try GoldenFiles.names(in: "specifications").map { name in
            try GoldenFiles.bytes("specifications/\(name).json")
        }
        var random = SplitMix64(seed: 12)
        var read = 0
        for _ in 0..<MutatedMessageTests.count / 10 {
            var bytes = samples[random.below(samples.count)]
            for _ in 0...random.below(2) { mutate(&bytes, &random) }
            guard let specification = try? WireSpecification(bytes: bytes) else { continue }
            read += 1
            let canonical = specification.encoded()
            #expect(try WireSpecification(bytes: canonical).encoded() == canonical)
        }
        #expect(read > 100)
    }

    /// One to three things wrong: parts left out, inserted or of another message; bits, lengths and bytes changed.
    private func mutated(_ parts: [[UInt8]], _ samples: [Sample], _ random: inout SplitMix64) -> [[UInt8]] {
        var parts = parts
        for _ in 0...random.below(3) {
            let kind = random.below(10)
            if kind == 0, !parts.isEmpty {
                parts.remove(at: random.below(parts.count))
            } else if kind == 1 {
                let other = samples[random.below(samples.count)].parts
                parts.insert(other[random.below(other.count)], at: random.below(parts.count + 1))
            } else if kind == 2 {
                let cut = random.below(parts.count + 1)
                parts = Array(parts[..<cut] + samples[random.below(samples.count)].parts.dropFirst(cut))
            } else if !parts.isEmpty {
                let index = parts.count > 1 && random.below(2) == 0 ? 1 : random.below(parts.count)
                mutate(&parts[index], &random)
            }
        }
        return parts
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout SplitMix64) {
        let place = random.below(bytes.count + 1)
        switch random.below(4) {
        case 0:
            for _ in 0...random.below(4) where !bytes.isEmpty {
                bytes[random.below(bytes.count)] ^= 1 << UInt8(random.below(8))
            }
        case 1: bytes.removeSubrange(place...)
        case 2:
            let insertions = MutatedMessageTests.insertions
            bytes.insert(contentsOf: insertions[random.below(insertions.count)], at: place)
        default:
            let numbers = MutatedMessageTests.numbers
            let number = numbers[random.below(numbers.count)]
            bytes.replaceSubrange(
                place..<min(place + 4, bytes.count),
                with: withUnsafeBytes(of: number.littleEndian) { [UInt8]($0) })
        }
    }

    /// Everything that the codec can read of a message.
    private func readAll(_ parts: [[UInt8]], _ frames: ExpectedFrames) throws(WireError) {
        let header = try checkedHeader(parts)
        guard header.encoded() == parts[0] else { throw WireError(.malformed, "another header") }
        let meta = try reencodedMeta(header, parts[1])
        guard try reencodedMeta(header, meta) == meta else { throw WireError(.malformed, "another meta") }
        _ = try frames.check(parts[2...])
        guard parts.count > 2 else { return }
        if header.message == .create || header.message == .join {
            _ = try WireSpecification(bytes: parts[2]).encoded()
        }
        if header.message == .text, parts.count == 4 {
            _ = try decodedTexts(parts[2], parts[3], count: max(0, parts[2].count / 4 - 1))
        }
        if header.message == .step, !header.isReply, parts.count == 5 {
            try withBytes(parts[2]) { plan throws(WireError) in
                try StepFrames(
                    EnvironmentSpecification(agents: [], observationSize: 1, actions: .discrete(heads: [1])), batch: 0
                )
                .check(plan: plan, seedBytes: parts[4].count)
            }
        }
    }
}
