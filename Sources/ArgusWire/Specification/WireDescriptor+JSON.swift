import ArgusEnvAPI

extension WireDescriptor {
    init(_ fields: JSONFields) throws(WireError) {
        let id = try fields.string("id")
        guard isName(id, upperCase: false, "-") else { throw fields.refused("id", "only a-z, 0-9 and '-'") }
        var parameters: [ParameterDescriptor] = []
        for object in try fields.objects("parameters", atMost: 4096) {
            let parameter = try ParameterDescriptor(object)
            guard !parameters.contains(where: { $0.name == parameter.name }) else {
                throw object.refused("name", "each name once")
            }
            parameters.append(parameter)
        }
        // An id that is not known is of a later minor version: no error.
        let capabilities = try fields.optionalStrings("capabilities") ?? []
        environment = EnvironmentDescriptor(
            id: id, version: try fields.string("version"), summary: try fields.optionalString("summary") ?? "",
            rules: try fields.optionalString("rules") ?? "", source: try fields.optionalString("source") ?? "",
            parameters: parameters, capabilities: Set(capabilities.compactMap(Capability.init(rawValue:))))
        scenario = if let object = try fields.optionalObject("scenario") { try WireScenario(object) } else { nil }
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(environment.id), "version": .string(environment.version),
            "summary": .string(environment.summary), "rules": .string(environment.rules),
            "source": .string(environment.source), "parameters": .array(environment.parameters.map(\.json)),
            "capabilities": .array(environment.capabilities.map(\.rawValue).sorted().map(JSONValue.string)),
        ]
        if let scenario { members["scenario"] = scenario.json }
        return .object(members)
    }
}

extension WireScenario {
    init(_ fields: JSONFields) throws(WireError) {
        id = try fields.string("id")
        version = try fields.integer("version", 0...Int.max)
        horizon = try fields.integer("horizon", 1...Int.max)
        reward = try WireScenario.choice(fields, "reward", ["team", "individual"])
        state = try WireScenario.choice(fields, "state", ["concat", "native"])
        masks = try WireScenario.choice(fields, "masks", ["exact", "none"])
        if let object = try fields.optionalObject("score") {
            score = Score(
                metric: try object.string("metric"), floor: try object.number("floor"),
                ceiling: try object.number("ceiling"), why: try object.optionalString("why") ?? "")
        }
    }

    private static func choice(_ fields: JSONFields, _ key: String, _ choices: [String]) throws(WireError) -> String {
        let found = try fields.string(key)
        guard choices.contains(found) else { throw fields.refused(key, choices.joined(separator: " or ")) }
        return found
    }

    var json: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "version": .integer(version), "horizon": .integer(horizon), "reward": .string(reward),
            "state": .string(state), "masks": .string(masks),
        ]
        if let score {
            members["score"] = [
                "metric": .string(score.metric), "floor": .number(score.floor), "ceiling": .number(score.ceiling),
                "why": .string(score.why),
            ]
        }
        return .object(members)
    }
}

extension ParameterDescriptor {
    fileprivate init(_ fields: JSONFields) throws(WireError) {
        let name = try fields.string("name")
        guard !name.isEmpty else { throw fields.refused("name", "a name") }
        guard var value = try fields.optionalParameterValue("default") else {
            throw fields.refused("default", "a value")
        }
        let kind: ParameterKind
        switch try fields.string("kind") {
        case "integer":
            let low = try fields.optionalInteger("minimum", .min ... .max) ?? .min
            let high = try fields.optionalInteger("maximum", .min ... .max) ?? .max
            guard low <= high else { throw fields.refused("minimum", "minimum <= maximum") }
            kind = .integer(low...high)
        case "number":
            let low = try fields.optionalNumber("minimum") ?? -.infinity
            let high = try fields.optionalNumber("maximum") ?? .infinity
            guard low <= high else { throw fields.refused("minimum", "minimum <= maximum") }
            kind = .number(low...high)
            if case .integer(let whole) = value { value = .number(Double(whole)) }
        case "boolean": kind = .boolean
        case "string": kind = .string
        case "choice":
            let choices = try fields.strings("choices")
            guard !choices.isEmpty else { throw fields.refused("choices", "at least one") }
            kind = .choice(choices)
        default: throw fields.refused("kind", "integer, number, boolean, string or choice")
        }
        let descriptor = ParameterDescriptor(
            name, kind, default: value, try fields.optionalString("description") ?? "")
        do {
            _ = try ParameterValues([name: value], for: [descriptor])
        } catch {
            throw fields.refused("default", error.expected)
        }
        self = descriptor
    }

    fileprivate var json: JSONValue {
        var members: [String: JSONValue] = [
            "name": .string(name), "description": .string(description), "default": defaultValue.json,
        ]
        switch kind {
        case .integer(let range):
            members["kind"] = "integer"
            if range.lowerBound != .min { members["minimum"] = .integer(range.lowerBound) }
            if range.upperBound != .max { members["maximum"] = .integer(range.upperBound) }
        case .number(let range):
            members["kind"] = "number"
            if range.lowerBound.isFinite { members["minimum"] = .number(range.lowerBound) }
            if range.upperBound.isFinite { members["maximum"] = .number(range.upperBound) }
        case .boolean: members["kind"] = "boolean"
        case .string: members["kind"] = "string"
        case .choice(let choices):
            members["kind"] = "choice"
            members["choices"] = .array(choices.map(JSONValue.string))
        }
        return .object(members)
    }
}
