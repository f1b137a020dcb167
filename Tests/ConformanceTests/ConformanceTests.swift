import ArgusHost
import ArgusTesting
import Foundation
import Testing

/// What is checked: every scenario of the catalogue, and those of the examples where `ARGUS_EXAMPLES` says that they are
/// built.
private enum Subjects {
    /// Ids, and paths of the examples' files.
    static func names() throws -> [String] {
        try ScenarioCatalog.find().ids() + examples.filter { exampleLibrary($0.environment) != nil }.map(\.file)
    }

    static func subject(_ name: String) throws -> ConformanceSubject {
        let scenario = try ScenarioCatalog.find().scenario(named: name)
        let library = try exampleLibrary(scenario.environment) ?? plugins.library(for: scenario.environment).path
        // `script/test --long` looks longer.
        let isLong = ProcessInfo.processInfo.environment["ARGUS_LONG"] == "1"
        return try ConformanceSubject(
            try PluginLibrary(path: library), scenario: scenario, effort: isLong ? 20_000 : 1500)
    }

    private static let plugins = PluginCatalog()

    private static let examples: [(environment: String, file: String, library: String)] = {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent("Examples").path
        return [
            ("gridworld-c", "\(root)/gridworld-c/gridworld-c.yaml", "libgridworld-c.so"),
            ("gridworld", "\(root)/gridworld-swift/gridworld.yaml", "gridworld-swift/release/libGridWorld.so"),
        ]
    }()

    private static func exampleLibrary(_ environment: String) -> String? {
        guard let folder = ProcessInfo.processInfo.environment["ARGUS_EXAMPLES"],
            let example = examples.first(where: { $0.environment == environment })
        else { return nil }
        let path = "\(folder)/\(example.library)"
        return FileManager.default.fileExists(atPath: path) ? path : nil
    }
}

@Suite("Every environment keeps the contract")
struct ConformanceTests {
    @Test("Scenario passes every conformance check", arguments: try Subjects.names())
    func passes(_ name: String) throws {
        let subject = try Subjects.subject(name)
        // Other tests run in this process; `argus validate` makes those checks, of our own plugins too.
        for check in ConformanceCheck.all where !check.needsOwnProcess {
            let result = check.run(subject)
            guard result.verdict != .pass, result.verdict != .skip else { continue }
            // The matrix games have no chance in them, which the check may only warn of.
            if name.hasPrefix("matrix-games/"), check.name == "seeds-differ", result.verdict == .warn { continue }
            let place = result.seed.map { ", seed \($0), step \(result.step ?? 0)" } ?? ""
            Issue.record("\(subject), \(check): \(result.reason)\(place). To mend it: \(check.remedy)")
        }
    }

    @Test("Checks have unique names")
    func names() {
        let names = ConformanceCheck.all.map(\.name)
        #expect(Set(names).count == names.count)
        #expect(names.allSatisfy { $0.allSatisfy { $0.isLowercase || $0 == "-" } })
    }
}
