import ArgusEnvAPI

/// Reads scenario files: strict, with one precise error for whatever is wrong.
public enum ScenarioFile {
    static let keys = [
        "scenario", "version", "description", "environment", "parameters", "horizon", "reward", "state", "masks",
        "placement", "timeouts", "communication", "score", "references", "training",
    ]

    /// - Parameter expectedId: what `scenario:` must say; nil accepts any id.
    /// - Throws: ``ArgusError``: `file` for a file that cannot be read, `configuration` with file, line and key for one
    ///   that says something unknown or impossible.
    public static func read(path: String, expectedId: String? = nil) throws(ArgusError) -> Scenario {
        try scenario(YAMLSection(contentsOf: path), expectedId: expectedId)
    }

    /// The same from a text; `file` is what messages call it.
    public static func read(text: String, file: String, expectedId: String? = nil) throws(ArgusError) -> Scenario {
        try scenario(YAMLSection(text: text, file: file), expectedId: expectedId)
    }

    private static func scenario(_ root: YAMLSection, expectedId: String?) throws(ArgusError) -> Scenario {
        try root.allow(keys)
        let environment = try environment(root.required("environment"))
        var scenario = Scenario(
            id: try id(root.required("scenario"), expectedId), version: try root.integer("version", in: 1 ... .max),
            environment: environment.id, horizon: try root.integer("horizon", in: 1...Scenario.horizonLimit),
            file: root.file)
        scenario.peer = environment.peer
        if let value = root["description"] { scenario.description = try value.nonEmptyString() }
        if let parameters = try root["parameters"]?.section() {
            scenario.parameters = try parameters.parameters()
            scenario.parameterLines = parameters.keyLines
        }
        if let value = root["reward"] { scenario.reward = try value.oneOf(Scenario.Reward.self) }
        if let value = root["state"] { scenario.state = try value.oneOf(Scenario.State.self) }
        if let value = root["masks"] { scenario.masks = try value.oneOf(Scenario.Masks.self) }
        if let value = root["placement"] {
            let placement = try value.oneOf(Scenario.Placement.self)
            guard scenario.peer == nil || placement == .isolated else {
                throw value.error("a peer in the host's process", expected: "'isolated', or no placement at all")
            }
            scenario.placement = placement
        }
        if let value = root["timeouts"] {
            var timeouts = ScenarioPeer.Timeouts()
            try self.timeouts(value.section(), into: &timeouts)
            scenario.timeouts = timeouts
        }
        if let value = root["communication"] { scenario.communication = try communication(value) }
        if let value = root["score"] { scenario.score = try score(value.section()) }
        if let value = root["references"] {
            for item in try value.list() { scenario.references.append(try reference(item.section())) }
        }
        if let section = try root["training"]?.section() {
            for name in section.keys {
                let settings = try section.required(name).section()
                let values = try settings.parameters().mapValues(\.description)
                scenario.training[name] = Scenario.Training(values: values, place: settings.place)
            }
        }
        return scenario
    }

    private static func id(_ value: YAMLValue, _ expected: String?) throws(ArgusError) -> String {
        let id = try value.string()
        guard Scenario.isValidId(id) else {
            throw value.error(
                "bad scenario id", expected: "parts of letters, digits, '-', '_' and '.', separated by '/'",
                remedy: "a name such as 'warehouse/tiny-2ag'")
        }
        if let expected, id != expected {
            throw value.error(
                "scenario id differs from the file's path", found: "'\(id)'", expected: "'\(expected)'",
                remedy: "renaming the scenario or moving the file")
        }
        return id
    }

    private static func score(_ section: YAMLSection) throws(ArgusError) -> Scenario.Score {
        try section.allow(["metric", "floor", "ceiling", "why"])
        var score = Scenario.Score(floor: try section.number("floor"), ceiling: try section.number("ceiling"))
        if let value = section["metric"] { score.metric = try value.nonEmptyString() }
        if let value = section["why"] { score.why = try value.string() }
        guard score.ceiling > score.floor, (score.ceiling - score.floor).isFinite else {
            throw try section.required("ceiling").error(
                "value out of range", found: "ceiling \(score.ceiling), floor \(score.floor)",
                expected: "a ceiling above the floor")
        }
        return score
    }

    private static func reference(_ section: YAMLSection) throws(ArgusError) -> Scenario.Reference {
        try section.allow(["algorithm", "metric", "mean", "ci95", "std", "steps", "mode", "source", "conditions"])
        var reference = Scenario.Reference(
            algorithm: try section.required("algorithm").nonEmptyString(), mean: try section.number("mean"),
            source: try section.required("source").nonEmptyString())
        if let value = section["metric"] { reference.metric = try value.nonEmptyString() }
        if let value = section["conditions"] { reference.conditions = try value.nonEmptyString() }
        if let value = section["steps"] { reference.steps = try value.integer(in: 0 ... .max) }
        if let value = section["mode"] { reference.mode = try value.oneOf(PolicySettings.Mode.self) }
        if let value = section["std"] { reference.std = try value.number(in: 0...Double.greatestFiniteMagnitude) }
        if let value = section["ci95"] {
            guard reference.std == nil else {
                throw value.error("two measures of spread", found: "ci95 and std", expected: "one of them")
            }
            let ends = try value.list()
            guard ends.count == 2 else {
                throw value.error("wrong length", found: "\(ends.count) values", expected: "[low, high]")
            }
            let (low, high) = (try ends[0].number(), try ends[1].number())
            guard low <= high else {
                throw value.error("value out of range", found: "[\(low), \(high)]", expected: "low <= high")
            }
            reference.ci95 = low...high
        }
        return reference
    }
}
