import ArgusEnvAPI
import Foundation
import Testing

/// Golden values recorded by `Fixtures/numpy_generator.py`.
private struct NumpyRecording: Decodable {
    struct Stream: Decodable {
        let seed: String
        let calls: [Call]
    }

    struct Call: Decodable {
        let call: String
        let low: String?
        let high: String?
        let population: Int?
        let count: Int?
        let values: [Value]
    }

    enum Value: Decodable, Equatable {
        case number(Int)
        case text(String)

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let number = try? container.decode(Int.self) {
                self = .number(number)
            } else {
                self = .text(try container.decode(String.self))
            }
        }
    }

    let numpy: String
    let seeds: [Stream]

    static func load() throws -> NumpyRecording {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/numpy_generator.json")
        return try JSONDecoder().decode(NumpyRecording.self, from: Data(contentsOf: file))
    }
}

@Suite("numpy's random stream")
struct NumpyGeneratorTests {
    private func draw(_ call: NumpyRecording.Call, from generator: inout NumpyGenerator) throws -> [NumpyRecording
        .Value]
    {
        switch call.call {
        case "integers":
            let low = try #require(call.low.flatMap { Int64($0) })
            let high = try #require(call.high.flatMap { Int64($0) })
            return call.values.map { _ in .text(String(generator.integers(low, high))) }
        case "random":
            return call.values.map { _ in
                let digits = String(generator.random().bitPattern, radix: 16)
                return .text(String(repeating: "0", count: 16 - digits.count) + digits)
            }
        case "choice":
            let population = try #require(call.population)
            return generator.choice(population, count: try #require(call.count)).map { .number($0) }
        case "choiceWithReplacement":
            let population = try #require(call.population)
            return generator.choiceWithReplacement(population, count: try #require(call.count)).map { .number($0) }
        case "permutation":
            return generator.permutation(try #require(call.count)).map { .number($0) }
        case "shuffle":
            var letters = "abcdefghijk".map { String($0) }
            generator.shuffle(&letters)
            return letters.map { .text($0) }
        default:
            Issue.record("unknown call \(call.call)")
            return []
        }
    }

    @Test("every recorded draw of every recorded seed is reproduced, in one sequence")
    func reproducesRecordedDraws() throws {
        let recording = try NumpyRecording.load()
        #expect(recording.seeds.count == 11)
        for stream in recording.seeds {
            var generator = NumpyGenerator(seed: try #require(UInt64(stream.seed)))
            for call in stream.calls {
                let drawn = try draw(call, from: &generator)
                #expect(drawn == call.values, "seed \(stream.seed), \(call.call) of \(call.count ?? 0)")
            }
        }
    }

    @Test("a serialised generator goes on identically, also with half a word buffered")
    func serialisedGeneratorContinues() throws {
        var generator = NumpyGenerator(seed: 42)
        for drawn in 0..<9 {
            var bytes: [UInt8] = []
            generator.serialise(into: &bytes)
            #expect(bytes.count == NumpyGenerator.serialisedByteCount)
            var restored = try #require(bytes.withUnsafeBytes { NumpyGenerator(serialised: $0) })
            var original = generator
            #expect(restored == original)
            for _ in 0..<5 {
                #expect(restored.integers(1000) == original.integers(1000))
                #expect(restored.nextUInt64() == original.nextUInt64())
            }
            _ = drawn % 3 == 0 ? generator.integers(1 << 40) : generator.integers(10)
        }
    }

    @Test("bytes that are no generator's state are refused")
    func refusesImpossibleStates() {
        var bytes: [UInt8] = []
        NumpyGenerator(seed: 1).serialise(into: &bytes)
        var evenIncrement = bytes
        evenIncrement[16] &= 0xFE
        var unknownFlag = bytes
        unknownFlag[36] = 2
        for broken in [[], Array(bytes.dropLast()), bytes + [0], evenIncrement, unknownFlag] {
            #expect(broken.withUnsafeBytes { NumpyGenerator(serialised: $0) } == nil)
        }
    }
}
