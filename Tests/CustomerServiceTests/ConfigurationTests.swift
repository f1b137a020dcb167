import ArgusEnvAPI
import CustomerServiceRules
import Testing

@Suite("customer service: parameters and specification")
struct ConfigurationTests {
    private func refusal(_ given: [String: ParameterValue]) -> String? {
        do {
            _ = try CentreRun(given)
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test("tables may be written in full, by repetition, or as one number for all")
    func tables() throws {
        func speeds(_ text: String) throws -> [Double] {
            let parameters = try ParameterValues(
                ["speed": .string(text), "experts": .integer(4)],
                for: CustomerServiceEnvironment.descriptor.parameters)
            return try ServiceConfiguration(parameters: parameters.with("resolution", .string("1"))).speeds
        }
        let full = [1.0, 0, 1, 0, 1, 0, 0.5, 2]
        #expect(try speeds("1 0; 1 0; 1 0; 0.5 2") == full)
        #expect(try speeds("3x 1 0; 0.5 2") == full)
        #expect(try speeds("3x 1, 0\n0.5, 2;") == full)
        #expect(try speeds("1") == Array(repeating: 1, count: 8))
        #expect(try speeds("1 2") == [1, 2, 1, 2, 1, 2, 1, 2])
    }

    @Test("what does not fit is refused by the parameter's name, with what was found and expected")
    func refusals() throws {
        #expect(refusal([:]) == nil)
        let cases: [(String, ParameterValue)] = [
            ("kinds", .string("billing nonsense")), ("kinds", .string("")), ("kinds", .string("billing billing")),
            ("arrivals", .string("1 2 3")), ("arrivals", .string("-1")), ("arrivals", .string("many")),
            ("speed", .string("1 0; 0 1")), ("speed", .string("9x 1 1")), ("speed", .string("1 0")),
            ("speed", .string("nan")), ("resolution", .string("1.5")), ("profile", .string("")),
            ("follow_up", .string("0.6 0.6")), ("backlog", .integer(150)), ("handling", .string("0")),
            ("patience", .string("1 inf")), ("priorities", .string("0")), ("priorities", .string("1.5 2")),
            ("tick", .number(0)),
        ]
        for (name, value) in cases {
            let message = try #require(refusal([name: value]), "\(name): \(value) is taken")
            #expect(message.contains("'\(name)'") && message.contains("found") && message.contains("expected"))
        }
        #expect(refusal(["day": .number(0), "profile": .string("1 2")])?.contains("'profile'") == true)
    }

    @Test("a day too short to be divided into its profile's parts is over at once")
    func shortestDay() throws {
        var run = try CentreRun(["day": .number(Double.leastNonzeroMagnitude), "profile": .string("1 2")])
        run.step([0, 0, 0])
        #expect(run.ended == 1)
    }

    @Test("agents, choices and group are as scenarios' readers expect")
    func names() throws {
        let specification = try CentreRun([:]).specification
        #expect(specification.agents.map(\.name) == ["expert_0", "expert_1", "expert_2"])
        #expect(specification.rewardScope == .group)
        #expect(
            specification.actionNames == [
                "wait", "take_billing", "take_technical", "answer", "transfer_billing", "transfer_technical",
                "consult_expert_0", "consult_expert_1", "consult_expert_2",
            ])
    }

    @Test("segments cover observation and state without gaps", arguments: TextTests.tasks)
    func segments(task: [String: ParameterValue]) throws {
        let specification = try CentreRun(task).specification
        let state = try #require(specification.state)
        for (segments, size) in [
            (specification.observationSegments, specification.observationSize), (state.segments, state.size),
        ] {
            #expect(segments.flatMap { $0.offset..<$0.offset + $0.count } == Array(0..<size))
        }
    }
}

extension ParameterValues {
    fileprivate func with(_ name: String, _ value: ParameterValue) throws -> ParameterValues {
        try ParameterValues(
            values.merging([name: value]) { $1 }, for: CustomerServiceEnvironment.descriptor.parameters)
    }
}
