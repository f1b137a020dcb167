import ArgusEnvAPI
import Foundation
import ResearchTeamRules
import Testing

/// The parameters of the shipped scenarios, read from their files.
struct ScenarioTask: Sendable, CustomTestStringConvertible {
    let name: String
    let parameters: [String: ParameterValue]

    var testDescription: String { name }

    static let all: [ScenarioTask] = {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Scenarios/research-team")
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "yaml" }.sorted { $0.path < $1.path }.compactMap(ScenarioTask.init)
    }()

    /// Reads the flow mapping after `parameters:`, which may go over several lines.
    private init?(_ file: URL) {
        guard let text = try? String(contentsOf: file, encoding: .utf8),
            let start = text.firstRange(of: #/parameters:\s*{/#),
            let end = text[start.upperBound...].firstIndex(of: "}")
        else { return nil }
        name = file.deletingPathExtension().lastPathComponent
        var parameters: [String: ParameterValue] = [:]
        for entry in text[start.upperBound..<end].split(separator: ",") {
            let parts = entry.split(separator: ":").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
            guard parts.count == 2 else { return nil }
            parameters[parts[0]] =
                Int(parts[1]).map { .integer($0) } ?? Double(parts[1]).map { .number($0) }
                ?? Bool(parts[1]).map { .boolean($0) } ?? .string(parts[1])
        }
        self.parameters = parameters
    }

    static func named(_ name: String) -> [String: ParameterValue] {
        guard let task = all.first(where: { $0.name == name }) else {
            Issue.record("no scenario \(name)")
            return [:]
        }
        return task.parameters
    }

    func configuration() throws -> ResearchConfiguration {
        try ResearchEnvironment(parameters: ParameterValues(parameters, for: ResearchEnvironment.descriptor.parameters))
            .game.configuration
    }
}
