import ArgusEnvAPI
import ArgusWire
import Foundation
import Testing

@Suite struct GoldenSpecificationTests {
    @Test func specificationsReadAndWriteTheSameBytesAndHash() throws {
        let hashes: [String: String] = try GoldenFiles.decoded("specifications/hashes.json")
        let names = try GoldenFiles.names(in: "specifications")
        #expect(names.count == hashes.count && names.count >= 4)
        for name in names {
            let bytes = try GoldenFiles.bytes("specifications/\(name).json")
            let specification = try WireSpecification(bytes: bytes)
            #expect(String(decoding: specification.encoded(), as: UTF8.self) == String(decoding: bytes, as: UTF8.self))
            #expect(specification.hash == SpecificationHash.of(bytes))
            #expect(specification.hash == UInt64(try #require(hashes[name]), radix: 16))
        }
    }

    @Test func spacesOrderAndUnknownKeysDoNotMatter() throws {
        for name in try GoldenFiles.names(in: "specifications") {
            let bytes = try GoldenFiles.bytes("specifications/\(name).json")
            var object = try #require(
                try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
            object["of_a_later_version"] = ["a": [1, NSNull()]]
            let loose = try JSONSerialization.data(withJSONObject: object, options: .prettyPrinted)
            #expect(
                try WireSpecification(bytes: [UInt8](loose)).specification
                    == GoldenFiles.specification(name).specification)
        }
    }

    @Test func mistakesAreRefused() throws {
        struct Mistake: Decodable {
            var why: String
            var document: String
        }
        let mistakes: [Mistake] = try GoldenFiles.decoded("refused-specifications.json")
        #expect(mistakes.count > 100)
        for mistake in mistakes {
            let error = #expect(throws: WireError.self, "\(mistake.why)") {
                _ = try WireSpecification(bytes: Array(mistake.document.utf8))
            }
            #expect(error?.code == .invalidRequest && error?.message.isEmpty == false, "\(mistake.why)")
        }
    }

    @Test func moreAgentsThanTheLimitAreRefused() throws {
        var wire = try GoldenFiles.specification("warehouse")
        wire.specification.agents = (0..<4097).map { AgentSpecification(name: "a\($0)", role: "a") }
        let error = #expect(throws: WireError.self) { _ = try WireSpecification(bytes: wire.encoded()) }
        #expect(error?.message.contains("at most 4096") == true)
    }

    @Test func whatIsMeantIsWhatIsRead() throws {
        let wire = try GoldenFiles.specification("heterogeneous")
        let specification = wire.specification
        #expect(specification.agents.map(\.name) == ["lead", "medic_0", "Gegner_1"])
        #expect(specification.agents[1].actionSizes == [2, 0] && specification.agents[2].group == 1)
        #expect(specification.observationBounds?.low == [0, -1, -.infinity, -0.1])
        #expect(specification.observationBounds?.high == [1, 1, .infinity, 16_777_216])
        #expect(specification.rewardScope == .group && specification.rewardRows == 2)
        #expect(wire.rewardBounds == Bounds(low: [-10], high: [0.3]))
        #expect(specification.state?.size == 3 && specification.state?.bounds?.high[2] == .greatestFiniteMagnitude)
        #expect(wire.offersText && wire.textQuanta == [0, 0.01, 0.5, 1e-10])
        #expect(wire.baselines.map(\.name) == ["greedy", "oracle-2"] && wire.baselines[0].memorySize == 16)
        #expect(wire.metrics.map(\.kind) == [.count, .fraction, .number])
        let continuous = try GoldenFiles.specification("continuous").specification
        #expect(continuous.actions.rowSize == 3 && continuous.agents[1].actionSizes == [1])
    }

    @Test func unboundedIsWrittenTheSameHoweverItIsSaid() throws {
        var wire = try GoldenFiles.specification("minimal")
        let hash = wire.hash
        wire.specification.observationBounds = Bounds(low: [-.infinity], high: [.infinity])
        #expect(wire.hash == hash)
    }

    @Test func numbersAreWrittenWithTheSameDigitsAsInPython() throws {
        struct Number: WireMeta {
            static let place = "number"
            var json: JSONValue
            init(_ json: JSONValue) { self.json = json }
            init(_ fields: JSONFields) { json = .null }
            var text: String { String(decoding: encoded(), as: UTF8.self) }
        }
        let numbers: [String: [[String]]] = try GoldenFiles.decoded("numbers.json")
        let singles = try #require(numbers["f32"])
        let doubles = try #require(numbers["f64"])
        #expect(singles.count > 1000 && doubles.count > 1000)
        for pair in singles {
            let value = Float(bitPattern: try #require(UInt32(pair[0], radix: 16)))
            #expect(Number(.single(value)).text == pair[1])
            #expect(Float(try #require(Double(pair[1]))).bitPattern == value.bitPattern)
        }
        for pair in doubles {
            let value = Double(bitPattern: try #require(UInt64(pair[0], radix: 16)))
            #expect(Number(.number(value)).text == pair[1])
        }
    }
}
