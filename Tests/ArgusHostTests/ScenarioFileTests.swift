import ArgusEnvAPI
import ArgusHost
import Foundation
import Testing

@Suite("Scenario files")
struct ScenarioFileTests {
    private static let complete = """
        scenario: warehouse/tiny-2ag
        version: 3
        description: Two robots, one aisle.
        environment: warehouse
        parameters: {layout: tiny, agents: 2, speed: 0.5, walls: true, code: "7"}
        horizon: 500
        reward: individual
        state: native
        masks: none
        placement: process
        communication: none
        score: {metric: deliveries, floor: 0.5, ceiling: 22, why: "random play; best published"}
        references:
          - {algorithm: MAPPO, metric: return, mean: 17, steps: 20000000, source: "Table 2", conditions: "own networks"}
          - {algorithm: QMIX, mean: 1.5, ci95: [1, 2], mode: sampled, source: own}
          - {algorithm: Random, mean: 0.1, std: 0.05, source: own}
        training:
          mappo: {recurrent: true, learning_rate: 2e-3}
        """

    private static let minimal = "scenario: a/b\nversion: 1\nenvironment: grid\nhorizon: 10\n"

    private static let descriptor = EnvironmentDescriptor(
        id: "grid", version: "2", summary: "", rules: "",
        parameters: [
            ParameterDescriptor("size", .integer(2...20), default: .integer(8), "cells"),
            ParameterDescriptor("layout", .choice(["tiny", "small"]), default: .string("tiny"), "which"),
            ParameterDescriptor("rate", .number(0...1), default: .number(0.5), "how often"),
        ])

    private func read(_ text: String, id: String? = nil) throws(ArgusError) -> Scenario {
        try ScenarioFile.read(text: text, file: "s.yaml", expectedId: id)
    }

    private func failure(_ body: () throws -> Void) -> ArgusError? {
        do {
            try body()
            Issue.record("no error")
        } catch let error as ArgusError {
            return error
        } catch {
            Issue.record("another error: \(error)")
        }
        return nil
    }

    @Test func everyKeyIsRead() throws {
        let scenario = try read(Self.complete, id: "warehouse/tiny-2ag")
        #expect(scenario.id == "warehouse/tiny-2ag")
        #expect(scenario.version == 3)
        #expect(scenario.description == "Two robots, one aisle.")
        #expect(scenario.environment == "warehouse")
        #expect(
            scenario.parameters == [
                "layout": .string("tiny"), "agents": .integer(2), "speed": .number(0.5), "walls": .boolean(true),
                "code": .string("7"),
            ])
        #expect(scenario.horizon == 500)
        #expect(scenario.reward == .individual)
        #expect(scenario.state == .native)
        #expect(scenario.masks == .none)
        #expect(scenario.placement == .process)
        #expect(scenario.training.mapValues(\.values) == ["mappo": ["recurrent": "true", "learning_rate": "0.002"]])
        #expect(scenario.training["mappo"]?.place == "s.yaml:18, key 'training.mappo'")
        #expect(
            scenario.score
                == Scenario.Score(metric: "deliveries", floor: 0.5, ceiling: 22, why: "random play; best published"))
        #expect(scenario.references.count == 3)
        #expect(scenario.references[0].steps == 20_000_000)
        #expect(scenario.references[0].conditions == "own networks")
        #expect(scenario.references[1].conditions == nil)
        #expect(scenario.references[1].ci95 == 1...2)
        #expect(scenario.references[0].mode == nil && scenario.references[1].mode == .sampled)
        #expect(scenario.references[1].metric == "return")
        #expect(scenario.references[2].std == 0.05)
        #expect(scenario.file == "s.yaml")
    }

    @Test func defaultsAreTheDocumentedOnes() throws {
        let scenario = try read(Self.minimal)
        #expect(
            scenario == Scenario(id: "a/b", version: 1, environment: "grid", horizon: 10, file: "s.yaml"))
        #expect(scenario.reward == .team)
        #expect(scenario.state == .concat)
        #expect(scenario.masks == .exact)
        #expect(scenario.scoreOf(3) == nil)
    }

    @Test func scoreIsLinearAndNotClipped() throws {
        let score = Scenario.Score(floor: 2, ceiling: 6)
        #expect(score.scoreOf(2) == 0)
        #expect(score.scoreOf(6) == 1)
        #expect(score.scoreOf(0) == -0.5)
        #expect(score.scoreOf(8) == 1.5)
    }

    @Test(arguments: [
        ("version: 1", "version: 0", "value out of range", 2, "version"),
        ("version: 1", "version: two", "wrong type", 2, "version"),
        ("version: 1", "versoin: 1", "unknown key", 2, "versoin"),
        ("version: 1", "", "missing key", 1, "version"),
        ("scenario: a/b", "scenario: ../b", "bad scenario id", 1, "scenario"),
        ("scenario: a/b", "scenario: a//b", "bad scenario id", 1, "scenario"),
        ("scenario: a/b", "scenario: 'a b'", "bad scenario id", 1, "scenario"),
        ("scenario: a/b", "scenario: 5", "wrong type", 1, "scenario"),
        ("environment: grid", "environment: Grid World", "bad environment id", 3, "environment"),
        ("environment: grid", "environment: [grid]", "wrong type", 3, "environment"),
        ("environment: grid", "environment: {peer: []}", "no peer", 3, "environment.peer"),
        (
            "environment: grid", "environment: {peer: \"connect:127.0.0.1\"}", "bad address of a peer", 3,
            "environment.peer"
        ),
        ("environment: grid", "environment: {peer: x, processes: 0}", "value out of range", 3, "environment.processes"),
        (
            "environment: grid", "environment: {peer: \"connect:tcp://127.0.0.1:1\", processes: 2}",
            "processes of a peer that is running already", 3, "environment.processes"
        ),
        (
            "environment: grid", "environment: {peer: x}\nplacement: process", "a peer in the host's process", 4,
            "placement"
        ),
        ("environment: grid", "environment: {pear: x}", "unknown key", 3, "environment.pear"),
        ("horizon: 10", "horizon: 0", "value out of range", 4, "horizon"),
        ("horizon: 10", "horizon: 1000001", "value out of range", 4, "horizon"),
        ("horizon: 10", "horizon: 10.5", "wrong type", 4, "horizon"),
        ("horizon: 10", "horizon: -1", "value out of range", 4, "horizon"),
        ("horizon: 10", "horizon: 10\nreward: teem", "unknown value", 5, "reward"),
        ("horizon: 10", "horizon: 10\nstate: naive", "unknown value", 5, "state"),
        ("horizon: 10", "horizon: 10\nmasks: true", "unknown value", 5, "masks"),
        ("horizon: 10", "horizon: 10\nplacement: isolate", "unknown value", 5, "placement"),
        ("horizon: 10", "horizon: 10\ntimeouts: {step: 0}", "value out of range", 5, "timeouts.step"),
        ("horizon: 10", "horizon: 10\ntimeouts: {stop: 3}", "unknown key", 5, "timeouts.stop"),
        (
            "horizon: 10", "horizon: 10\ncommunication: {topology: [[1], [0]], symbol: 3}", "unknown key", 5,
            "communication.symbol"
        ),
        ("horizon: 10", "horizon: 10\ncommunication: all", "unknown value", 5, "communication"),
        ("horizon: 10", "horizon: 10\ndescription:", "wrong type", 5, "description"),
        ("horizon: 10", "horizon: 10\nparameters: [1]", "wrong type", 5, "parameters"),
        ("horizon: 10", "horizon: 10\nparameters: {a: [1]}", "wrong type", 5, "parameters.a"),
        ("horizon: 10", "horizon: 10\nparameters: {a: }", "missing value", 5, "parameters.a"),
        ("horizon: 10", "horizon: 10\nparameters: {a: .nan}", "value out of range", 5, "parameters.a"),
        ("horizon: 10", "horizon: 10\nscore: {floor: 1}", "missing key", 5, "score.ceiling"),
        ("horizon: 10", "horizon: 10\nscore: {floor: 1, ceiling: 1}", "value out of range", 5, "score.ceiling"),
        ("horizon: 10", "horizon: 10\nscore: {floor: 1, ceiling: .inf}", "value out of range", 5, "score.ceiling"),
        ("horizon: 10", "horizon: 10\nscore:\n  flor: 1", "unknown key", 6, "score.flor"),
        ("horizon: 10", "horizon: 10\nreferences: {a: 1}", "wrong type", 5, "references"),
        ("horizon: 10", "horizon: 10\nreferences: [x]", "wrong type", 5, "references[0]"),
        ("horizon: 10", "horizon: 10\nreferences: [{algorithm: A, mean: 1}]", "missing key", 5, "references[0].source"),
        (
            "horizon: 10", "horizon: 10\nreferences: [{algorithm: A, mean: 1, source: s, ci95: [2, 1]}]",
            "value out of range", 5, "references[0].ci95"
        ),
        (
            "horizon: 10", "horizon: 10\nreferences: [{algorithm: A, mean: 1, source: s, ci95: [1, 2], std: 1}]",
            "two measures of spread", 5, "references[0].ci95"
        ),
    ])
    func badInputIsRefusedWithLineAndKey(old: String, new: String, what: String, line: Int, key: String) {
        let error = failure { _ = try read(Self.minimal.replacingOccurrences(of: old, with: new)) }
        #expect(error?.what == what)
        #expect(error?.place == "s.yaml:\(line), key '\(key)'")
        #expect(error?.code == .configuration)
    }

    @Test func aPeerIsReadWithItsAddressesAndTimeouts() throws {
        let text = """
            scenario: a/b
            version: 1
            environment: {peer: ["python my env.py", "connect:tcp://10.0.0.5:5555", "listen:ipc:///run/x"], id: spread,
              keys: own.key, server: /etc/server.pub, allowed: [a.pub]}
            horizon: 10
            timeouts: {start: 5, step: 0.5, heartbeat: 2}
            """
        let scenario = try ScenarioFile.read(text: text, file: "folder/s.yaml")
        let peer = try #require(scenario.peer)
        #expect(
            peer.addresses == [
                .command("python my env.py"), .connect("tcp://10.0.0.5:5555"), .listen("ipc:///run/x"),
            ])
        #expect(scenario.environment == "spread" && peer.folder == "folder" && peer.processes == 1)
        #expect(peer.keys == "folder/own.key" && peer.server == "/etc/server.pub" && peer.allowed == ["folder/a.pub"])
        #expect(scenario.timeouts.start == 5 && scenario.timeouts.step == 0.5 && scenario.timeouts.heartbeat == 2)
        #expect(scenario.placement == nil)
        let one = try read(
            Self.minimal.replacingOccurrences(of: "environment: grid", with: "environment: {peer: x, processes: 4}"))
        #expect(one.environment.isEmpty && one.peer?.processes == 4)
        let plain = try read(Self.minimal)
        #expect(one.hash != plain.hash)
        let isolated = try read(Self.minimal + "placement: isolated\n")
        #expect(isolated.placement == .isolated && isolated.hash == plain.hash)
    }

    @Test func idMustEqualThePathInsideScenarios() throws {
        let error = failure { _ = try read(Self.minimal, id: "a/c") }
        #expect(error?.what == "scenario id differs from the file's path")
        #expect(error?.place == "s.yaml:1, key 'scenario'")
        #expect(error?.expected == "'a/c'")
    }

    @Test func parametersAreCheckedAgainstTheEnvironment() throws {
        let scenario = try read(Self.minimal + "parameters:\n  rate: 1\n  size: 4\n")
        let values = try scenario.completeParameters(for: Self.descriptor)
        #expect(try values.integer("size") == 4)
        #expect(try values.number("rate") == 1)
        #expect(try values.string("layout") == "tiny")

        let unknown = failure {
            _ = try read(Self.minimal + "parameters:\n  rate: 1\n  sizes: 4\n").completeParameters(for: Self.descriptor)
        }
        #expect(unknown?.place == "s.yaml:7, key 'parameters.sizes'")
        #expect(unknown?.remedy == "'size'")
        let bad = failure {
            _ = try read(Self.minimal + "parameters: {layout: tny}\n").completeParameters(for: Self.descriptor)
        }
        #expect(bad?.place == "s.yaml:5, key 'parameters.layout'")
        #expect(bad?.remedy == "'tiny'")
    }

    @Test func hashDependsOnWhatResultsDependOn() throws {
        let base = try read(Self.minimal)
        #expect(base.hash.hasPrefix("fnv1a64:") && base.hash.count == 24)
        var same = base
        same.description = "words"
        same.score = Scenario.Score(floor: 0, ceiling: 1)
        same.file = "elsewhere.yaml"
        #expect(same.hash == base.hash)
        let changes: [(inout Scenario) -> Void] = [
            { $0.id = "a/c" }, { $0.version = 2 }, { $0.environment = "maze" }, { $0.horizon = 11 },
            { $0.reward = .individual }, { $0.state = .native }, { $0.masks = .none },
            { $0.parameters = ["size": .integer(9)] }, { $0.communication = Communication() },
        ]
        for change in changes {
            var other = base
            change(&other)
            #expect(other.hash != base.hash)
        }
    }

    @Test func hashWithDescriptorSeesDefaultsAndRules() throws {
        let base = try read(Self.minimal)
        let spelledOut = try read(Self.minimal + "parameters: {size: 8, rate: 0.5}\n")
        #expect(try base.hash(for: Self.descriptor) == spelledOut.hash(for: Self.descriptor))
        var newDefault = Self.descriptor
        newDefault.parameters[0].defaultValue = .integer(9)
        #expect(try base.hash(for: newDefault) != base.hash(for: Self.descriptor))
        var newRules = Self.descriptor
        newRules.version = "3"
        #expect(try base.hash(for: newRules) != base.hash(for: Self.descriptor))
        #expect(
            try base.canonicalText(for: Self.descriptor) == """
                scenario: a/b
                version: 1
                environment: grid
                rules: 2
                parameters: {"layout":"tiny","rate":0.5,"size":8}
                horizon: 10
                reward: team
                state: concat
                masks: exact
                communication: none

                """)
    }

    // MARK: Catalogue

    private func catalogFolder() throws -> (TemporaryFolder, ScenarioCatalog) {
        let folder = try TemporaryFolder()
        for id in ["warehouse/tiny", "warehouse/small", "foraging/8x8"] {
            try folder.write(Self.minimal.replacingOccurrences(of: "a/b", with: id), to: "Scenarios/\(id).yaml")
        }
        try folder.write("suite: quick\n", to: "Scenarios/suites/quick.yaml")
        try folder.write("words", to: "Scenarios/README.md")
        return (folder, ScenarioCatalog(root: folder.path + "/Scenarios"))
    }

    @Test func catalogueListsAndFindsByIdAndPath() throws {
        let (folder, catalog) = try catalogFolder()
        #expect(try catalog.all().map(\.id) == ["foraging/8x8", "warehouse/small", "warehouse/tiny"])
        #expect(try catalog.suites().map(\.id) == ["quick"])
        #expect(try catalog.scenario(named: "warehouse/tiny").id == "warehouse/tiny")
        #expect(try catalog.scenario(named: folder.path + "/Scenarios/warehouse/tiny.yaml").id == "warehouse/tiny")
        let outside = try folder.write(Self.minimal, to: "own.yaml")
        #expect(try catalog.scenario(named: outside).id == "a/b")
        #expect(try catalog.suitePath(named: "quick") == folder.path + "/Scenarios/suites/quick.yaml")
        #expect(try catalog.suitePath(named: "x/other.yaml") == "x/other.yaml")
    }

    @Test func catalogueNamesTheNearestId() throws {
        let (folder, catalog) = try catalogFolder()
        #expect(
            failure { _ = try catalog.scenario(named: "warehose/tiny") }?.remedy?.hasPrefix("'warehouse/tiny'") == true)
        #expect(failure { _ = try catalog.scenario(named: "tiny") }?.remedy?.hasPrefix("'warehouse/tiny'") == true)
        #expect(failure { _ = try catalog.scenario(named: "../own") }?.what == "unknown scenario")
        #expect(failure { _ = try catalog.suitePath(named: "quik") }?.remedy?.hasPrefix("'quick'") == true)
        #expect(failure { _ = try catalog.scenario(named: folder.path + "/no.yaml") }?.code == .file)
        let wrong = try folder.write(Self.minimal, to: "Scenarios/warehouse/odd.yaml")
        #expect(failure { _ = try catalog.scenario(named: wrong) }?.expected == "'warehouse/odd'")
        #expect(failure { _ = try catalog.all() }?.place == "\(wrong):1, key 'scenario'")
    }

    @Test func catalogueIsFoundByVariableOrAboveTheExecutable() throws {
        let (folder, catalog) = try catalogFolder()
        let deep = try folder.folder(".build/release")
        #expect(try ScenarioCatalog.find(environment: [:], executableFolder: deep) == catalog)
        #expect(try ScenarioCatalog.find(environment: ["ARGUS_HOME": folder.path], executableFolder: nil) == catalog)
        let wrong = failure { _ = try ScenarioCatalog.find(environment: ["ARGUS_HOME": deep], executableFolder: nil) }
        #expect(wrong?.place == "ARGUS_HOME=\(deep)")
    }
}
