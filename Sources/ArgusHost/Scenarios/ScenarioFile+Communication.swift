/// The key `communication:` of a scenario file.
extension ScenarioFile {
    /// `none`, or a mapping whose keys are all optional.
    static func communication(_ value: YAMLValue) throws(ArgusError) -> Communication? {
        guard value.isSection else {
            _ = try value.oneOf(["none"])
            return nil
        }
        let section = try value.section()
        try section.allow([
            "topology", "symbols", "characters", "per_step", "per_episode", "delay", "loss", "shuffle",
        ])
        var communication = Communication()
        communication.place.line = "\(value.file):\(value.line)"
        if let value = section["topology"] { communication.topology = try topology(value) }
        if let value = section["symbols"] {
            communication.symbols = try value.integer(in: 0...Communication.symbolLimit)
        }
        if let value = section["characters"] {
            communication.characters = try value.integer(in: 0...Communication.characterLimit)
        }
        if let value = section["per_step"] {
            communication.perStep = try budget(value, limit: Communication.perStepLimit)
        }
        if let value = section["per_episode"] {
            communication.perEpisode = try budget(value, limit: Communication.perEpisodeLimit)
        }
        if let value = section["delay"] { communication.delay = try value.integer(in: 1...Communication.delayLimit) }
        if let value = section["loss"] { communication.loss = try value.number(in: 0...1) }
        if let value = section["shuffle"] { communication.shuffle = try value.boolean() }
        guard communication.symbols > 0 || communication.characters > 0 else {
            throw value.error(
                "a channel for nothing", found: "neither symbols nor characters", expected: "one of them above 0",
                remedy: "'communication: none'")
        }
        return communication
    }

    /// A number of messages, or `none` for no limit.
    private static func budget(_ value: YAMLValue, limit: Int) throws(ArgusError) -> Int? {
        if value.isWord("none") { return nil }
        do {
            return try value.integer(in: 1...limit)
        } catch {
            var error = error
            error.expected += ", or none for no limit"
            throw error
        }
    }

    private static func topology(_ value: YAMLValue) throws(ArgusError) -> Communication.Topology {
        guard value.isList else {
            switch try value.oneOf(Communication.topologyNames) {
            case "ring": return .ring
            case "star": return .star
            default: return .all
            }
        }
        var lists: [[Communication.AgentReference]] = []
        for item in try value.list() {
            var list: [Communication.AgentReference] = []
            for agent in try item.list() {
                // What is written as a number is an index; agents' names are strings.
                if case .integer(let index) = try agent.parameter() {
                    list.append(.index(index))
                } else {
                    list.append(.name(try agent.nonEmptyString()))
                }
            }
            lists.append(list)
        }
        return .receivers(lists)
    }
}
