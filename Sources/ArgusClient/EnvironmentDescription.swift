import ArgusEnvAPI
import ArgusHost
import Foundation

/// The JSON object of `argus_client_describe`; the header lists its keys.
struct EnvironmentDescription: Encodable {
    struct ScenarioPart: Encodable {
        var id: String
        var version: Int
        var description: String?
        var file: String
        var horizon: Int
        var reward: String
        var state: String
        var masks: String
        var communication: Communication?
        var score: Scenario.Score?
        var references: [Scenario.Reference]
    }

    struct Agent: Encodable {
        var name: String
        var role: String
        var group: Int
        var observationSize: Int
        var actionSizes: [Int]
    }

    struct Row: Encodable {
        var size: Int
        var low: [Float]?
        var high: [Float]?
        var segments: [SegmentPart]
    }

    struct SegmentPart: Encodable {
        var name: String
        var offset: Int
        var count: Int
        var description: String
    }

    struct Actions: Encodable {
        var kind: String
        var heads: [Int]?
        var names: [String]?
        var size: Int?
        var low: [Float]?
        var high: [Float]?
    }

    struct Metric: Encodable {
        var name: String
        var kind: String
        var description: String
    }

    struct Baseline: Encodable {
        var name: String
        var seesState: Bool
        var description: String
    }

    var scenario: ScenarioPart
    var environment: String
    var copies: Int
    var threads: Int
    var agents: [Agent]
    var groups: [String]
    var observation: Row
    var actions: Actions
    var state: Row
    var metrics: [Metric]
    var baselines: [Baseline]
    var text: Bool
    var snapshot: Bool
    var render: Bool
    var textQuanta: [Float]?
    var specification: String

    /// The object as UTF-8.
    func json() throws(ClientFailure) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.nonConformingFloatEncodingStrategy = .convertToString(
            positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
        do { return Array(try encoder.encode(self)) } catch {
            throw ClientFailure(
                ArgusError(
                    .plugin, "cannot describe the environment", at: scenario.id, found: "\(error)",
                    expected: "plain values"))
        }
    }
}

extension EnvironmentDescription {
    init(_ client: ClientEnvironment) {
        let environment = client.environment
        let specification = environment.specification
        scenario = ScenarioPart(environment.scenario)
        self.environment = environment.environmentId
        copies = environment.copies
        threads = client.threads
        groups = specification.groups
        observation = Row(
            size: specification.observationSize, bounds: specification.observationBounds,
            segments: specification.observationSegments)
        let full: [Int]
        switch specification.actions {
        case .discrete(let heads):
            full = heads
            let names = specification.actionNames
            actions = Actions(kind: "discrete", heads: heads, names: names.isEmpty ? nil : names)
        case .continuous(let size, let bounds):
            full = [size]
            actions = Actions(kind: "continuous", size: size, low: bounds.low, high: bounds.high)
        }
        agents = specification.agents.map { agent in
            Agent(
                name: agent.name, role: agent.role, group: agent.group,
                observationSize: agent.observationSize ?? specification.observationSize,
                actionSizes: agent.actionSizes ?? full)
        }
        if environment.scenario.state == .native, let native = specification.state {
            state = Row(size: native.size, bounds: native.bounds, segments: native.segments)
        } else {
            let bounds = specification.observationBounds
            let count = specification.agents.count
            state = Row(
                size: environment.central.size,
                low: bounds.map { bounds in (0..<count).flatMap { _ in bounds.low } },
                high: bounds.map { bounds in (0..<count).flatMap { _ in bounds.high } },
                segments: specification.agents.enumerated().map { index, agent in
                    SegmentPart(
                        name: agent.name, offset: index * specification.observationSize,
                        count: specification.observationSize, description: "observation of \(agent.name)")
                })
        }
        metrics = environment.metrics.map {
            Metric(name: $0.name, kind: "\($0.kind)", description: $0.description)
        }
        baselines = environment.baselines.map {
            Baseline(name: $0.name, seesState: $0.seesState, description: $0.description)
        }
        text = environment.offersText
        snapshot = environment.offersSnapshot
        render = environment.offersRender
        textQuanta = environment.textQuanta.isEmpty ? nil : environment.textQuanta
        self.specification = environment.specificationHash
    }
}

extension EnvironmentDescription.Row {
    init(size: Int, bounds: Bounds?, segments: [Segment]) {
        self.init(
            size: size, low: bounds?.low, high: bounds?.high,
            segments: segments.map {
                EnvironmentDescription.SegmentPart(
                    name: $0.name, offset: $0.offset, count: $0.count, description: $0.description)
            })
    }
}

extension EnvironmentDescription.ScenarioPart {
    init(_ scenario: Scenario) {
        self.init(
            id: scenario.id, version: scenario.version, description: scenario.description, file: scenario.file,
            horizon: scenario.horizon, reward: scenario.reward.rawValue, state: scenario.state.rawValue,
            masks: scenario.masks.rawValue, communication: scenario.communication, score: scenario.score,
            references: scenario.references)
    }
}
