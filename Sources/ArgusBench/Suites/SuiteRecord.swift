public import ArgusHost
import Foundation

/// `suite.json` in a result folder: the suite as it was run, with its scenarios' files.
///
/// Written before the first job, so that `argus bench --resume DIR` and `argus report DIR` need nothing else.
public struct SuiteRecord: Codable, Sendable, Hashable {
    struct ScenarioRecord: Codable, Sendable, Hashable {
        var scenario: String
        var file: String
        var hash: String
        var text: String
    }

    struct EntryRecord: Codable, Sendable, Hashable {
        var name: String
        var train: String?
        var steps: Int?
        var set: [String: String]?
        var team: String?
    }

    var format = 1
    var suite: String
    var description: String?
    var measurement: EvaluationProtocol
    var scenarios: [ScenarioRecord]
    var entries: [EntryRecord]
    var crossplay: [String]?
    var crossplayScenarios: [String]?

    enum CodingKeys: String, CodingKey {
        case format, suite, description, scenarios, entries, crossplay
        case crossplayScenarios = "crossplay_scenarios"
        case measurement = "protocol"
    }

    public init(_ suite: Suite) {
        self.suite = suite.name
        description = suite.description
        measurement = suite.measurement
        scenarios = suite.tasks.map {
            ScenarioRecord(scenario: $0.scenario.id, file: $0.file, hash: $0.hash, text: $0.text)
        }
        entries = suite.entries.map { entry in
            switch entry.work {
            case .train(let algorithm, let steps, let settings):
                EntryRecord(name: entry.name, train: algorithm, steps: steps, set: settings.isEmpty ? nil : settings)
            case .evaluate(let team): EntryRecord(name: entry.name, team: team)
            // Pairs follow from the names.
            case .cross: EntryRecord(name: entry.name)
            }
        }
        crossplay = suite.crossplay.isEmpty ? nil : suite.crossplay
        crossplayScenarios = suite.crossplayScenarios.isEmpty ? nil : suite.crossplayScenarios
    }

    public static func path(in folder: String) -> String { folder + "/suite.json" }

    public func write(to folder: String) throws(ArgusError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let path = SuiteRecord.path(in: folder)
        guard let data = try? encoder.encode(self) else {
            throw ArgusError(.output, "cannot encode the suite", at: path, found: "\(suite)", expected: "plain values")
        }
        try AtomicFile.write(data + Data("\n".utf8), to: path)
    }

    /// The suite of a result folder, or nil if the folder has none.
    ///
    /// - Throws: ``ArgusError`` (file) for a `suite.json` that is damaged or of a later version.
    public static func read(from folder: String) throws(ArgusError) -> Suite? {
        let path = SuiteRecord.path(in: folder)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        let text = try TextFile.read(path, limit: 100_000_000)
        do {
            let record = try JSONDecoder().decode(SuiteRecord.self, from: Data(text.utf8))
            guard record.format == 1 else {
                throw damaged(path, "format \(record.format)")
            }
            return try record.suite(path)
        } catch let error as ArgusError {
            throw error
        } catch {
            throw damaged(path, "text that is not its JSON")
        }
    }

    private func suite(_ path: String) throws(ArgusError) -> Suite {
        var tasks: [Suite.Task] = []
        for record in scenarios {
            let scenario: Scenario
            do throws(ArgusError) {
                scenario = try ScenarioFile.read(text: record.text, file: record.file, expectedId: record.scenario)
            } catch {
                var error = error
                error.place = "\(path), its copy of \(error.place)"
                throw error
            }
            tasks.append(Suite.Task(scenario: scenario, file: record.file, text: record.text, hash: record.hash))
        }
        var entries: [Suite.Entry] = []
        for record in self.entries {
            guard Suite.isValidName(record.name) else { throw SuiteRecord.damaged(path, "entry '\(record.name)'") }
            let work: Suite.Work
            if let algorithm = record.train, let steps = record.steps {
                work = .train(algorithm: algorithm, steps: steps, settings: record.set ?? [:])
            } else if let team = record.team {
                work = .evaluate(team: team)
            } else {
                throw SuiteRecord.damaged(path, "entry '\(record.name)' without 'train' or 'team'")
            }
            entries.append(Suite.Entry(name: record.name, work: work, place: path))
        }
        return Suite(
            name: suite, description: description, measurement: measurement, tasks: tasks, entries: entries,
            crossplay: crossplay ?? [], crossplayScenarios: crossplayScenarios ?? [])
    }

    private static func damaged(_ path: String, _ found: String) -> ArgusError {
        ArgusError(
            .file, "damaged result folder", at: path, found: found, expected: "a suite.json that 'argus bench' wrote",
            remedy: "a new run with another --out")
    }
}
