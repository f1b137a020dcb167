import ArgusEnvAPI

extension WireSpecification {
    /// Reads and checks a specification as strictly as a plugin's is.
    ///
    /// - Throws: code `invalid-request`, naming the key.
    public init(bytes: UnsafeRawBufferPointer) throws(WireError) {
        let fields = try JSONFields(bytes: bytes, "specification")
        let observation = try fields.object("observation")
        let width = try observation.integer("width", 1...Limit.width)
        let actions = try SpecificationParts.actions(fields.object("action"))
        let groups = try fields.strings("groups")
        guard Set(groups).count == groups.count else { throw fields.refused("groups", "unique names") }
        let agents = try SpecificationParts.agents(fields, groups: groups.count, observation: width, actions)
        guard groups.count >= 1, groups.count <= agents.count else {
            throw fields.refused("groups", "1 to \(agents.count) names, at most one an agent")
        }
        let reward = try fields.object("reward")
        let scope: RewardScope
        switch try reward.string("scope") {
        case "agent": scope = .agent
        case "group": scope = .group
        default: throw reward.refused("scope", "agent or group")
        }
        specification = EnvironmentSpecification(
            agents: agents, groups: groups, observationSize: width,
            observationBounds: try SpecificationParts.bounds(observation, width: width),
            observationSegments: try SpecificationParts.segments(fields, "observation_segments", width: width),
            actions: actions, rewardScope: scope,
            suggestedHorizon: try fields.optionalInteger("suggested_horizon", 1...Int(UInt32.max)))
        rewardBounds = try SpecificationParts.rewardBounds(reward)
        let rows = [width, specification.legalSize, actions.rowSize].max() ?? width
        guard saturatingProduct(agents.count, rows) <= Limit.copy else {
            throw WireError(
                .invalidRequest,
                "specification: found \(agents.count) rows of \(rows), expected at most \(Limit.copy) elements a copy")
        }
        if let names = try fields.object("action").optionalStrings("names"), !names.isEmpty {
            guard case .discrete = actions, names.count == specification.legalSize else {
                throw try fields.object("action").refused("names", "\(specification.legalSize) names, one a choice")
            }
            specification.actionNames = names
        }
        if let state = try fields.optionalObject("state") {
            let width = try state.integer("width", 1...Limit.width)
            specification.state = StateSpecification(
                size: width, bounds: try SpecificationParts.bounds(state, width: width),
                segments: try SpecificationParts.segments(state, "segments", width: width))
        }
        let text = try fields.optionalObject("text")
        offersText = text != nil
        textQuanta = try text?.optionalSingles("quanta") ?? []
        if let text, !textQuanta.isEmpty {
            guard textQuanta.count == width, textQuanta.allSatisfy({ $0 >= 0 }) else {
                throw text.refused("quanta", "\(width) numbers of 0 or more")
            }
        }
        baselines = try SpecificationParts.baselines(fields)
        metrics = try SpecificationParts.metrics(fields)
    }

    public init(bytes: [UInt8]) throws(WireError) {
        self = try bytes.withUnsafeBufferPointer { bytes throws(WireError) in
            try WireSpecification(bytes: UnsafeRawBufferPointer(bytes))
        }
    }
}

/// Reads the parts of a specification.
private enum SpecificationParts {
    typealias Limit = WireSpecification.Limit

    static func actions(_ fields: JSONFields) throws(WireError) -> ActionSpace {
        guard !fields.contains("heads") else {
            let heads = try fields.integers("heads", 1...Limit.choices)
            guard (1...Limit.heads).contains(heads.count), heads.reduce(0, +) <= Limit.width else {
                throw fields.refused("heads", "1 to \(Limit.heads) sizes with a sum up to \(Limit.width)")
            }
            return .discrete(heads: heads)
        }
        guard fields.contains("width") else { throw fields.refused("heads", "heads, or width, low and high") }
        let width = try fields.integer("width", 1...Limit.width)
        guard let bounds = try bounds(fields, width: width), (bounds.low + bounds.high).allSatisfy(\.isFinite) else {
            throw fields.refused("low", "\(width) finite numbers, and as many for 'high'")
        }
        return .continuous(size: width, bounds: bounds)
    }

    static func agents(
        _ fields: JSONFields, groups: Int, observation: Int, _ actions: ActionSpace
    ) throws(WireError) -> [AgentSpecification] {
        var agents: [AgentSpecification] = []
        var names: Set<String> = []
        var firstOfRole: [String: AgentSpecification] = [:]
        for object in try fields.objects("agents", atMost: Limit.agents, isRequired: true) {
            let name = try object.string("name")
            guard isName(name, upperCase: true, "_"), names.insert(name).inserted else {
                throw object.refused("name", "a unique name of letters, digits and '_'")
            }
            let role = try object.string("role")
            var agent = AgentSpecification(name: name, role: role)
            agent.group = try object.integer("group", 0...max(0, groups - 1))
            agent.observationSize = try object.integer("observation_size", 0...observation)
            switch actions {
            case .discrete(let heads):
                let sizes = try object.integers("head_sizes", 0...Limit.choices)
                guard sizes.count == heads.count, zip(sizes, heads).allSatisfy({ $0 <= $1 }) else {
                    throw object.refused("head_sizes", "\(heads.count) sizes, none above its head's in 'action'")
                }
                agent.actionSizes = sizes
            case .continuous(let width, _):
                agent.actionSizes = [try object.integer("action_size", 0...width)]
            }
            if let other = firstOfRole[role] {
                guard other.observationSize == agent.observationSize, other.actionSizes == agent.actionSizes else {
                    throw WireError(
                        .invalidRequest,
                        "agents '\(other.name)' and '\(name)' of the role '\(role.prefix(40))' have different sizes, "
                            + "expected the same in one role")
                }
            } else {
                firstOfRole[role] = agent
            }
            agents.append(agent)
        }
        guard !agents.isEmpty else { throw fields.refused("agents", "1 to \(Limit.agents) agents") }
        return agents
    }

    /// Both bounds or neither; null, and so nil for all of a row, is unbounded.
    static func bounds(_ fields: JSONFields, width: Int) throws(WireError) -> Bounds? {
        let low = try fields.optionalSingles("low", unbounded: -.infinity)
        let high = try fields.optionalSingles("high", unbounded: .infinity)
        guard low != nil || high != nil else { return nil }
        guard let low, let high, low.count == width, high.count == width else {
            throw fields.refused(low?.count == width ? "high" : "low", "\(width) numbers or null, as 'width' says")
        }
        for index in 0..<width where low[index] > high[index] {
            throw WireError(
                .invalidRequest,
                "bounds of component \(index) of \(fields.place): found \(low[index]) and \(high[index]), "
                    + "expected low <= high")
        }
        guard (low + high).contains(where: \.isFinite) else { return nil }
        return Bounds(low: low, high: high)
    }

    static func rewardBounds(_ fields: JSONFields) throws(WireError) -> Bounds? {
        func single(_ key: String) throws(WireError) -> Float? {
            guard let number = try fields.optionalNumber(key) else { return nil }
            guard Float(number).isFinite else { throw fields.refused(key, "a 32-bit float") }
            return Float(number)
        }
        let low = try single("low")
        let high = try single("high")
        guard low != nil || high != nil else { return nil }
        let bounds = Bounds(low: [low ?? -.infinity], high: [high ?? .infinity])
        guard bounds.low[0] <= bounds.high[0] else { throw fields.refused("low", "low <= high") }
        return bounds
    }

    static func segments(_ fields: JSONFields, _ key: String, width: Int) throws(WireError) -> [Segment] {
        var segments: [Segment] = []
        var end = 0
        for object in try fields.objects(key, atMost: Limit.segments) {
            let offset = try object.integer("offset", 0...width)
            let count = try object.integer("count", 0...width)
            guard offset == end, count <= width - offset else {
                throw object.refused("offset", "segments that cover 0..<\(width) in order")
            }
            end += count
            segments.append(
                Segment(
                    try object.string("name"), offset: offset, count: count,
                    try object.optionalString("description") ?? ""))
        }
        guard segments.isEmpty || end == width else {
            throw fields.refused(key, "segments that cover 0..<\(width); these end at \(end)")
        }
        return segments
    }

    static func baselines(_ fields: JSONFields) throws(WireError) -> [BaselineDescriptor] {
        var baselines: [BaselineDescriptor] = []
        for object in try fields.objects("baselines", atMost: Limit.baselines) {
            let name = try object.string("name")
            guard isName(name, upperCase: false, "-"), !baselines.contains(where: { $0.name == name }) else {
                throw object.refused("name", "a unique name of a-z, 0-9 and '-'")
            }
            baselines.append(
                BaselineDescriptor(
                    name: name, description: try object.optionalString("description") ?? "",
                    seesState: try object.boolean("sees_state"),
                    memorySize: try object.optionalInteger("memory_size", 0...Limit.memory) ?? 0))
        }
        return baselines
    }

    static func metrics(_ fields: JSONFields) throws(WireError) -> [MetricDescriptor] {
        var metrics: [MetricDescriptor] = []
        for object in try fields.objects("metrics", atMost: Limit.metrics) {
            let name = try object.string("name")
            guard isName(name, upperCase: false, "_"), !metrics.contains(where: { $0.name == name }) else {
                throw object.refused("name", "a unique name of a-z, 0-9 and '_'")
            }
            let word = try object.string("kind")
            guard
                let kind = [.count, .fraction, .number].first(where: { (kind: MetricDescriptor.Kind) in
                    kind.word == word
                })
            else { throw object.refused("kind", "count, fraction or number") }
            metrics.append(
                MetricDescriptor(
                    name: name, kind: kind, description: try object.optionalString("description") ?? ""))
        }
        return metrics
    }
}

/// True for a name of lower-case letters, digits and `mark`, with upper-case letters if `upperCase`.
func isName(_ name: String, upperCase: Bool, _ mark: Unicode.Scalar) -> Bool {
    !name.isEmpty
        && name.unicodeScalars.allSatisfy { scalar in
            switch scalar {
            case "a"..."z", "0"..."9", mark: true
            case "A"..."Z": upperCase
            default: false
            }
        }
}
