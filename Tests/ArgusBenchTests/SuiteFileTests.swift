import ArgusBench
import ArgusHost
import Foundation
import Testing

@Suite("Suite files")
struct SuiteFileTests {
    private let runs: SyntheticRuns

    init() throws { runs = try SyntheticRuns() }

    @Test("a suite is read with its defaults, and a count of seeds stands for 0 to n - 1")
    func defaults() throws {
        let suite = try runs.suite(
            """
            suite: demo
            protocol: {seeds: 2}
            scenarios: [demo/one]
            entries:
              - {name: Random, team: random}
              - {name: MAPPO, train: mappo, steps: 1000, set: {hidden: 128, rate: 5e-4, gru: true}}
            """)
        #expect(suite.measurement == EvaluationProtocol(seeds: [0, 1]))
        #expect(suite.measurement.evaluationEpisodes == 32)
        #expect(suite.measurement.evaluations == 20)
        #expect(suite.measurement.absoluteEpisodes == 320)
        #expect(
            suite.entries[1].work
                == .train(
                    algorithm: "mappo", steps: 1000, settings: ["hidden": "128", "rate": "0.0005", "gru": "true"]))
    }

    @Test("listed seeds, a path beside the suite file, and the record in a result folder")
    func record() throws {
        try runs.write(
            "scenario: mine\nversion: 2\nenvironment: demo\nhorizon: 5\n", to: "Scenarios/suites/other/mine.yaml")
        let suite = try runs.suite(
            """
            suite: demo
            description: What it shows.
            protocol: {seeds: [7, 3]}
            scenarios: [demo/one, \(runs.root)/Scenarios/demo/two.yaml]
            entries: [{name: a.b-c_1, team: "robot_0=random,*=scripted"}]
            """)
        #expect(suite.measurement.seeds == [7, 3])
        #expect(suite.tasks.map(\.scenario.id) == ["demo/one", "demo/two"])
        try AtomicFile.makeFolder(runs.out)
        try SuiteRecord(suite).write(to: runs.out)
        let read = try #require(try SuiteRecord.read(from: runs.out))
        #expect(read.name == suite.name && read.description == suite.description)
        #expect(read.measurement == suite.measurement)
        #expect(read.tasks.map(\.hash) == suite.tasks.map(\.hash))
        #expect(read.tasks.map(\.scenario.references) == suite.tasks.map(\.scenario.references))
        #expect(read.entries.map(\.work) == suite.entries.map(\.work))
    }

    @Test("entries that are crossed make a job for every ordered pair, after those that it needs")
    func crossplay() throws {
        let suite = try runs.suite(SyntheticRuns.crossed)
        let jobs = Job.all(of: suite, out: "o")
        #expect(jobs.count == 3 + 6)
        let pair = try #require(jobs.first { $0.entry.name == "Random--MAPPO" })
        #expect(
            pair.arguments(resuming: false).prefix(6) == [
                "evaluate", pair.task.file, "--team", "random", "--partner", "run:o/demo/one/MAPPO/seed-0",
            ])
        let model = try #require(jobs.first { $0.entry.name == "Model--Random" })
        let arguments = model.arguments(resuming: false)
        #expect(arguments.contains("--cache") && arguments.contains("o/replies.sqlite"))
        #expect(model.arguments(resuming: false, replay: "r").contains("--replay"))
        #expect(!pair.arguments(resuming: false).contains("--cache"))
        let order = jobs.map(\.entry.name)
        #expect(try #require(order.firstIndex(of: "MAPPO")) < (try #require(order.firstIndex(of: "Random--MAPPO"))))
        try AtomicFile.makeFolder(runs.out)
        try SuiteRecord(suite).write(to: runs.out)
        #expect(try SuiteRecord.read(from: runs.out)?.crossEntries.map(\.work) == suite.crossEntries.map(\.work))
    }

    @Test("entries meet on the scenarios that are named, and on no others")
    func crossplayScenarios() throws {
        let text = SyntheticRuns.crossed.replacingOccurrences(of: "[demo/one]", with: "[demo/one, demo/two]")
        let everywhere = try runs.suite(text)
        #expect(everywhere.crossTasks.map(\.scenario.id) == ["demo/one", "demo/two"])
        let suite = try runs.suite(
            text.replacingOccurrences(
                of: "[Random, MAPPO, Model]", with: "{entries: [Random, MAPPO], scenarios: [demo/two]}"))
        let pairs = Job.all(of: suite, out: "o").filter { $0.entry.name.contains("--") }
        #expect(pairs.map(\.entry.name) == ["Random--MAPPO", "MAPPO--Random"])
        #expect(pairs.allSatisfy { $0.task.scenario.id == "demo/two" })
        try AtomicFile.makeFolder(runs.out)
        try SuiteRecord(suite).write(to: runs.out)
        #expect(try SuiteRecord.read(from: runs.out)?.crossplayScenarios == ["demo/two"])
    }

    private static let good = """
        suite: demo
        protocol: {seeds: 3}
        scenarios: [demo/one]
        entries:
          - {name: MAPPO, train: mappo, steps: 1000}
        """

    /// Replaces a part of a good file and says what the error must contain.
    struct Fault: CustomTestStringConvertible, Sendable {
        let part: String
        let replacement: String
        let words: [String]
        init(_ part: String, _ replacement: String, _ words: String...) {
            self.part = part
            self.replacement = replacement
            self.words = words
        }
        var testDescription: String { replacement }
    }

    static let allFaults = [
        Fault("suite: demo", "suite: demo\ntournament: true", "demo.yaml:2", "unknown key", "'tournament'"),
        Fault("suite: demo", "suite: demo\ncrossplay: true", "demo.yaml:2", "wrong type", "'crossplay'", "a list"),
        Fault(
            "suite: demo", "suite: demo\ncrossplay: {entry: [A]}", "unknown key", "crossplay.entry",
            "entries, scenarios"),
        Fault(
            "suite: demo", "suite: demo\ncrossplay: {entries: [MAPPO, B], scenarios: [demo/one]}",
            "crossplay.entries[1]", "'B'"),
        Fault(
            "steps: 1000}",
            "steps: 1000}\n  - {name: B, team: random}\ncrossplay: {entries: [MAPPO, B], scenarios: [demo/two]}",
            "crossplay.scenarios[0]", "demo/two", "demo/one"),
        Fault("scenarios:", "scenario:", "demo.yaml:3", "unknown key", "Try 'scenarios'"),
        Fault("suite: demo", "suite: ../demo", "bad name", "key 'suite'"),
        Fault("seeds: 3", "seeds: 0", "key 'protocol.seeds'", "at least 1", "1 to 10000"),
        Fault("seeds: 3", "seeds: [1, 2, 1]", "protocol.seeds[2]", "repeated seed"),
        Fault("seeds: 3", "seeds: [-1]", "at least 0"),
        Fault("seeds: 3", "seeds: []", "no seeds"),
        Fault("seeds: 3", "seeds: many", "an integer"),
        Fault("seeds: 3", "evaluations: 3", "missing key", "protocol.seeds"),
        Fault("seeds: 3", "seeds: 3, evaluations: 0", "protocol.evaluations"),
        Fault("seeds: 3", "seeds: 3, evaluation_episode: 8", "Try 'evaluation_episodes'"),
        Fault("[demo/one]", "[]", "no scenarios"),
        Fault("[demo/one]", "[demo/one, demo/one]", "scenarios[1]", "repeated scenario"),
        Fault("[demo/one]", "[demo/onee]", "demo.yaml:3", "scenarios[0]", "unknown scenario", "demo/one"),
        Fault("[demo/one]", "demo/one", "a list"),
        Fault("name: MAPPO", "name: M/A", "bad name"),
        Fault("name: MAPPO", "name: ..", "bad name"),
        Fault("train: mappo", "train: mapo", "entries[0].train", "'mapo'", "Try 'mappo'"),
        Fault("train: mappo", "team: random", "entries[0].steps", "'steps' with 'team'"),
        Fault("train: mappo", "train: mappo, team: random", "exactly one"),
        Fault("train: mappo, steps: 1000", "steps: 1000", "neither 'train' nor 'team'"),
        Fault("train: mappo, steps: 1000", "team: \"a=random,a=\"", "entries[0].team"),
        Fault(", steps: 1000", "", "missing key", "entries[0].steps"),
        Fault("steps: 1000", "steps: 0", "at least 1"),
        Fault("steps: 1000", "steps: 1e6", "Try '1000000'"),
        Fault("steps: 1000", "steps: 1000, set: 3", "a mapping"),
        Fault("steps: 1000", "steps: 1000, set: {hidden: [1]}", "entries[0].set.hidden"),
        Fault("steps: 1000}", "steps: 1000}\n  - {name: MAPPO, team: random}", "demo.yaml:6", "repeated entry"),
        Fault("suite: demo", "suite: demo\nsuite: demo", "duplicate"),
        Fault("  - {name", "\t- {name", "tab"),
    ]

    @Test("a fault gets one error with file, line, key and the nearest name", arguments: allFaults)
    func fault(_ fault: Fault) throws {
        #expect(SuiteFileTests.good.contains(fault.part))
        let text = SuiteFileTests.good.replacingOccurrences(of: fault.part, with: fault.replacement)
        let error = #expect(throws: ArgusError.self) { _ = try runs.suite(text) }
        let words = error?.description ?? ""
        for word in fault.words where !(word == "at least 1" && words.contains("1 to")) {
            #expect(words.contains(word), "\(words)")
        }
        #expect(words.contains("demo.yaml"), "\(words)")
    }

    @Test("a fault inside a scenario's file keeps its own place")
    func faultInScenario() throws {
        try runs.write("scenario: demo/bad\nversion: 1\nhorizn: 3\n", to: "Scenarios/demo/bad.yaml")
        let text = SuiteFileTests.good.replacingOccurrences(of: "demo/one", with: "demo/bad")
        let error = #expect(throws: ArgusError.self) { _ = try runs.suite(text) }
        #expect(error?.description.contains("bad.yaml:3") == true)
    }
}
