import ArgusEnvAPI
public import ArgusHost
import Foundation

/// Reads suite files: strict, with one precise error that names file, line, key and the nearest valid name.
public enum SuiteFile {
    /// - Parameters:
    ///   - catalog: Where scenario ids are looked up.
    ///   - algorithms: The names that `train:` may have; nil accepts any.
    ///   - hash: The fingerprint of a scenario as runs record it.
    /// - Throws: ``ArgusError``: `file` for a file that cannot be read, `configuration` for one that says something
    ///   unknown or impossible, and what reading its scenarios throws.
    public static func read(
        path: String, catalog: ScenarioCatalog, algorithms: [String]? = nil,
        hash: (Scenario) throws(ArgusError) -> String
    ) throws(ArgusError) -> Suite {
        let root = try YAMLSection(contentsOf: path)
        try root.allow(["suite", "description", "protocol", "scenarios", "entries", "crossplay"])
        let nameValue = try root.required("suite")
        let name = try nameValue.string()
        guard Suite.isValidName(name) else { throw badName(nameValue) }
        var suite = Suite(
            name: name, description: try root["description"]?.nonEmptyString(),
            measurement: try measurement(root.section("protocol")),
            tasks: try tasks(root.required("scenarios"), catalog, hash),
            entries: try entries(root.required("entries"), algorithms))
        if let value = root["crossplay"] { try crossplay(value, &suite) }
        return suite
    }

    // MARK: Protocol

    private static func measurement(_ section: YAMLSection) throws(ArgusError) -> EvaluationProtocol {
        try section.allow(["seeds", "evaluation_episodes", "evaluations", "absolute_episodes"])
        var result = EvaluationProtocol(seeds: try seeds(section.required("seeds")))
        if let value = section["evaluation_episodes"] {
            result.evaluationEpisodes = try value.integer(in: 1...1_000_000)
        }
        if let value = section["evaluations"] { result.evaluations = try value.integer(in: 1...1_000_000) }
        if let value = section["absolute_episodes"] { result.absoluteEpisodes = try value.integer(in: 1...1_000_000) }
        return result
    }

    /// A count n stands for 0 to n - 1.
    private static func seeds(_ value: YAMLValue) throws(ArgusError) -> [UInt64] {
        guard value.isList else { return (0..<UInt64(try value.integer(in: 1...10_000))).map { $0 } }
        var seeds: [UInt64] = []
        for item in try value.list() {
            let seed = UInt64(try item.integer(in: 0 ... .max))
            guard !seeds.contains(seed) else {
                throw item.error("repeated seed", found: "\(seed) a second time", expected: "distinct seeds")
            }
            seeds.append(seed)
        }
        guard !seeds.isEmpty else { throw value.error("no seeds", found: "an empty list", expected: "at least one") }
        return seeds
    }

    // MARK: Scenarios

    private static func tasks(
        _ value: YAMLValue, _ catalog: ScenarioCatalog, _ hash: (Scenario) throws(ArgusError) -> String
    ) throws(ArgusError) -> [Suite.Task] {
        var tasks: [Suite.Task] = []
        for item in try value.list() {
            let scenario = try scenario(item, catalog)
            guard !tasks.contains(where: { $0.scenario.id == scenario.id }) else {
                throw item.error("repeated scenario", found: "'\(scenario.id)' a second time", expected: "each once")
            }
            tasks.append(
                Suite.Task(
                    scenario: scenario, file: absolute(scenario.file), text: try TextFile.read(scenario.file),
                    hash: try hash(scenario)))
        }
        guard !tasks.isEmpty else {
            throw value.error("no scenarios", found: "an empty list", expected: "at least one scenario")
        }
        return tasks
    }

    /// By id, or by a path that is relative to the suite file, else to the current folder.
    private static func scenario(_ item: YAMLValue, _ catalog: ScenarioCatalog) throws(ArgusError) -> Scenario {
        let name = try item.nonEmptyString()
        do throws(ArgusError) {
            if name.hasSuffix(".yaml") || name.hasSuffix(".yml"), !name.hasPrefix("/") {
                let beside = (item.file as NSString).deletingLastPathComponent
                let path = beside.isEmpty ? name : beside + "/" + name
                if FileManager.default.fileExists(atPath: path) { return try catalog.scenario(named: path) }
            }
            return try catalog.scenario(named: name)
        } catch {
            // What is wrong inside the scenario's file has its own place; a name that leads nowhere has its place here.
            let isName = error.place == catalog.root || error.place == name
            guard isName else { throw error }
            throw item.error(error.what, found: error.found, expected: error.expected, remedy: error.remedy)
        }
    }

    static func absolute(_ path: String) -> String { URL(fileURLWithPath: path).standardizedFileURL.path }

    // MARK: Entries

    private static func entries(_ value: YAMLValue, _ algorithms: [String]?) throws(ArgusError) -> [Suite.Entry] {
        var entries: [Suite.Entry] = []
        for item in try value.list() {
            let section = try item.section()
            try section.allow(["name", "train", "team", "steps", "set"])
            let nameValue = try section.required("name")
            let name = try nameValue.string()
            guard Suite.isValidName(name) else { throw badName(nameValue) }
            guard !entries.contains(where: { $0.name == name }) else {
                throw nameValue.error(
                    "repeated entry", found: "'\(name)' a second time", expected: "a name of its own for each entry")
            }
            entries.append(
                Suite.Entry(
                    name: name, work: try work(section, algorithms), place: "\(section.file):\(section.line)"))
        }
        guard !entries.isEmpty else {
            throw value.error("no entries", found: "an empty list", expected: "at least one entry")
        }
        return entries
    }

    private static func work(_ section: YAMLSection, _ algorithms: [String]?) throws(ArgusError) -> Suite.Work {
        switch (section["train"], section["team"]) {
        case (let train?, nil):
            let algorithm = if let algorithms { try train.oneOf(algorithms) } else { try train.nonEmptyString() }
            let steps = try section.integer("steps", in: 1 ... .max)
            return .train(algorithm: algorithm, steps: steps, settings: try settings(section))
        case (nil, let team?):
            for key in ["steps", "set"] {
                if let value = section[key] {
                    throw value.error(
                        "key without use", found: "'\(key)' with 'team'",
                        expected: "'\(key)' only in entries with 'train' (a team is evaluated as it is)")
                }
            }
            let text = try team.nonEmptyString()
            do throws(ArgusError) {
                _ = try TeamSpecification([text])
            } catch {
                throw team.error(error.what, found: error.found, expected: error.expected, remedy: error.remedy)
            }
            return .evaluate(team: text)
        case (let train?, _?):
            throw train.error("two kinds of entry", found: "'train' and 'team'", expected: "exactly one of them")
        case (nil, nil):
            throw section.error(
                "no kind of entry", found: "neither 'train' nor 'team'", expected: "exactly one of them",
                remedy: "'train: mappo' with 'steps', or 'team: random'")
        }
    }

    private static func settings(_ section: YAMLSection) throws(ArgusError) -> [String: String] {
        guard let values = try section["set"]?.section().parameters() else { return [:] }
        return values.mapValues(\.description)
    }

    // MARK: Cross-play

    /// A list of entries, or a mapping of the entries and the scenarios on which they meet.
    private static func crossplay(_ value: YAMLValue, _ suite: inout Suite) throws(ArgusError) {
        guard value.isSection else {
            suite.crossplay = try crossed(value, suite.entries)
            return
        }
        let section = try value.section()
        try section.allow(["entries", "scenarios"])
        suite.crossplay = try crossed(section.required("entries"), suite.entries)
        guard let scenarios = section["scenarios"] else { return }
        suite.crossplayScenarios = try names(scenarios, of: suite.tasks.map(\.scenario.id), "repeated scenario")
        guard !suite.crossplayScenarios.isEmpty else {
            throw scenarios.error("no scenarios", found: "an empty list", expected: "at least one of the suite's")
        }
    }

    /// Distinct names, each one of `known`.
    private static func names(
        _ value: YAMLValue, of known: [String], _ repeated: String
    ) throws(ArgusError) -> [String] {
        var names: [String] = []
        for item in try value.list() {
            let name = try item.oneOf(known)
            guard !names.contains(name) else {
                throw item.error(repeated, found: "'\(name)' a second time", expected: "each once")
            }
            names.append(name)
        }
        return names
    }

    private static func crossed(_ value: YAMLValue, _ entries: [Suite.Entry]) throws(ArgusError) -> [String] {
        let names = try names(value, of: entries.map(\.name), "repeated entry")
        guard names.count > 1 else {
            throw value.error("nothing to cross", found: "\(names.count) entries", expected: "at least two")
        }
        for first in names {
            for rest in names where entries.contains(where: { $0.name == CrossPlay.name(first, rest) }) {
                throw value.error(
                    "repeated entry", found: "an entry '\(CrossPlay.name(first, rest))', as the pair is called",
                    expected: "another name of the entry")
            }
        }
        return names
    }

    private static func badName(_ value: YAMLValue) -> ArgusError {
        value.error(
            "bad name", expected: "letters, digits, '.', '_' and '-', not beginning with '.' (it names a folder)")
    }
}
