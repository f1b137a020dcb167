public import ArgusEnvAPI

/// Numbers of copies, agents and the like in metas.
let counts = 0...Int(UInt32.max)

/// Meta of CREATE.
public struct CreateRequest: WireMeta {
    public static let place = "meta of CREATE"
    public var environment: String
    public var parameters: [String: ParameterValue]
    /// May be 0.
    public var copies: Int

    public init(environment: String, parameters: [String: ParameterValue] = [:], copies: Int) {
        self.environment = environment
        self.parameters = parameters
        self.copies = copies
    }

    public init(_ fields: JSONFields) throws(WireError) {
        environment = try fields.string("environment")
        copies = try fields.integer("copies", counts)
        parameters = try fields.optionalObject("parameters")?.parameterValues() ?? [:]
    }

    public var json: JSONValue {
        [
            "environment": .string(environment), "copies": .integer(copies),
            "parameters": .object(parameters.mapValues(\.json)),
        ]
    }
}

/// Meta of SAVE and LOAD.
public struct CopyRequest: WireMeta {
    public static let place = "meta of SAVE or LOAD"
    public var copy: Int

    public init(copy: Int) { self.copy = copy }
    public init(_ fields: JSONFields) throws(WireError) { copy = try fields.integer("copy", counts) }
    public var json: JSONValue { ["copy": .integer(copy)] }
}

/// Meta of TEXT.
public enum TextRequest: WireMeta {
    public static let place = "meta of TEXT"
    case rules
    case situation(copy: Int)
    case actions(copy: Int)

    public init(_ fields: JSONFields) throws(WireError) {
        switch try fields.string("what") {
        case "rules": self = .rules
        case "situation": self = .situation(copy: try fields.integer("copy", counts))
        case "actions": self = .actions(copy: try fields.integer("copy", counts))
        default: throw fields.refused("what", "rules, situation or actions")
        }
    }

    public var json: JSONValue {
        switch self {
        case .rules: ["what": "rules"]
        case .situation(let copy): ["what": "situation", "copy": .integer(copy)]
        case .actions(let copy): ["what": "actions", "copy": .integer(copy)]
        }
    }

    /// How many texts the reply has.
    public func count(_ specification: EnvironmentSpecification) -> Int {
        if case .actions = self { return saturatingProduct(specification.agents.count, specification.legalSize) }
        return specification.agents.count
    }
}

/// Meta of RENDER.
public struct RenderRequest: WireMeta {
    public static let place = "meta of RENDER"
    public var copy: Int
    /// ANSI colour sequences may be used.
    public var color: Bool

    public init(copy: Int, color: Bool = false) {
        self.copy = copy
        self.color = color
    }

    public init(_ fields: JSONFields) throws(WireError) {
        copy = try fields.integer("copy", counts)
        color = try fields.optionalBoolean("color") ?? false
    }

    public var json: JSONValue { ["copy": .integer(copy), "color": .boolean(color)] }
}

/// Meta of METRICS.
public struct MetricsRequest: WireMeta {
    public static let place = "meta of METRICS"
    public var copies: [Int]

    public init(copies: [Int]) { self.copies = copies }
    public init(_ fields: JSONFields) throws(WireError) { copies = try fields.integers("copies", counts) }
    public var json: JSONValue { ["copies": .array(copies.map(JSONValue.integer))] }
}

/// Meta of BASELINE.
public enum BaselineRequest: WireMeta {
    public static let place = "meta of BASELINE"
    /// One that sees the state decides for agents of a copy.
    case joint(baseline: Int, copy: Int)
    /// A local one decides for each of these agents from its own row.
    case local(baseline: Int, agents: [Int])

    public init(_ fields: JSONFields) throws(WireError) {
        let baseline = try fields.integer("baseline", counts)
        if fields.contains("agents") {
            self = .local(baseline: baseline, agents: try fields.integers("agents", counts))
        } else {
            self = .joint(baseline: baseline, copy: try fields.integer("copy", counts))
        }
    }

    public var json: JSONValue {
        switch self {
        case .joint(let baseline, let copy): ["baseline": .integer(baseline), "copy": .integer(copy)]
        case .local(let baseline, let agents):
            ["baseline": .integer(baseline), "agents": .array(agents.map(JSONValue.integer))]
        }
    }
}

extension JSONFields {
    /// All members as parameter values.
    func parameterValues() throws(WireError) -> [String: ParameterValue] {
        var values: [String: ParameterValue] = [:]
        for key in keys {
            guard let value = try optionalParameterValue(key) else { throw refused(key, JSONFields.parameterKinds) }
            values[key] = value
        }
        return values
    }

    func optionalParameterValue(_ key: String) throws(WireError) -> ParameterValue? {
        switch value(key) {
        case nil: return nil
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .number(let value): return .number(value)
        case .string(let value): return .string(value)
        default: throw refused(key, JSONFields.parameterKinds)
        }
    }

    private static let parameterKinds = "an integer, a number, true, false or a string"
}

extension ParameterValue {
    var json: JSONValue {
        switch self {
        case .integer(let value): .integer(value)
        case .number(let value): .number(value)
        case .boolean(let value): .boolean(value)
        case .string(let value): .string(value)
        }
    }
}
