import ArgusEnvAPI

extension WireSpecification {
    /// The JSON document: equal specifications have equal bytes, on every machine and in both codecs.
    public func encoded() -> [UInt8] { JSONWriter.bytes(of: json) }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "agents": .array(specification.agents.map(json(of:))),
            "groups": .array(specification.groups.map(JSONValue.string)),
            "observation": .object(
                ["width": .integer(specification.observationSize)].with(specification.observationBounds)),
            "action": actionJSON,
            "reward": rewardJSON,
            "baselines": .array(baselines.map(\.json)),
            "metrics": .array(metrics.map(\.json)),
        ]
        if let state = specification.state {
            var stateMembers = ["width": JSONValue.integer(state.size)].with(state.bounds)
            if !state.segments.isEmpty { stateMembers["segments"] = .array(state.segments.map(\.json)) }
            members["state"] = .object(stateMembers)
        }
        if !specification.observationSegments.isEmpty {
            members["observation_segments"] = .array(specification.observationSegments.map(\.json))
        }
        if let horizon = specification.suggestedHorizon { members["suggested_horizon"] = .integer(horizon) }
        if offersText {
            members["text"] = .object(
                textQuanta.isEmpty ? [:] : ["quanta": .array(textQuanta.map(JSONValue.single))])
        }
        return .object(members)
    }

    private func json(of agent: AgentSpecification) -> JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(agent.name), "role": .string(agent.role), "group": .integer(agent.group),
            "observation_size": .integer(agent.observationSize ?? specification.observationSize),
        ]
        switch specification.actions {
        case .discrete(let heads):
            members["head_sizes"] = .array((agent.actionSizes ?? heads).map(JSONValue.integer))
        case .continuous(let size, _):
            members["action_size"] = .integer(agent.actionSizes?.first ?? size)
        }
        return .object(members)
    }

    private var actionJSON: JSONValue {
        switch specification.actions {
        case .discrete(let heads):
            var members: [String: JSONValue] = ["heads": .array(heads.map(JSONValue.integer))]
            if !specification.actionNames.isEmpty {
                members["names"] = .array(specification.actionNames.map(JSONValue.string))
            }
            return .object(members)
        case .continuous(let size, let bounds):
            return [
                "width": .integer(size), "low": .array(bounds.low.map(JSONValue.single)),
                "high": .array(bounds.high.map(JSONValue.single)),
            ]
        }
    }

    private var rewardJSON: JSONValue {
        var members: [String: JSONValue] = ["scope": specification.rewardScope == .agent ? "agent" : "group"]
        if let low = rewardBounds?.low.first, low.isFinite { members["low"] = .single(low) }
        if let high = rewardBounds?.high.first, high.isFinite { members["high"] = .single(high) }
        return .object(members)
    }
}

extension [String: JSONValue] {
    /// With the keys `low` and `high`, unless nothing is bounded.
    fileprivate func with(_ bounds: Bounds?) -> [String: JSONValue] {
        guard let bounds, (bounds.low + bounds.high).contains(where: \.isFinite) else { return self }
        var members = self
        members["low"] = .array(bounds.low.map(JSONValue.single))
        members["high"] = .array(bounds.high.map(JSONValue.single))
        return members
    }
}

extension Segment {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "offset": .integer(offset), "count": .integer(count),
            "description": .string(description),
        ]
    }
}

extension BaselineDescriptor {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "sees_state": .boolean(seesState), "description": .string(description),
            "memory_size": .integer(memorySize),
        ]
    }
}

extension MetricDescriptor {
    fileprivate var json: JSONValue {
        ["name": .string(name), "kind": .string(kind.word), "description": .string(description)]
    }
}

extension MetricDescriptor.Kind {
    /// As it stands in JSON.
    var word: String {
        switch self {
        case .count: "count"
        case .fraction: "fraction"
        case .number: "number"
        }
    }
}
