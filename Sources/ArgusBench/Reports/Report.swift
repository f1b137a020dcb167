public import ArgusHost
import Foundation

/// `argus report`: what result folders come to, as tables and files.
public enum Report {
    /// A form in which results are written.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        case markdown = "md"
        case csv
        case json

        /// - Parameter names: As given, such as `md,csv`.
        /// - Throws: ``ArgusError`` (configuration) for a form that is unknown or comes with a later version.
        public static func parse(_ names: String) throws(ArgusError) -> [Format] {
            var formats: [Format] = []
            for name in names.split(separator: ",", omittingEmptySubsequences: false).map(String.init) {
                guard let format = Format(rawValue: name.trimmingPrefix(" ").lowercased()) else {
                    let isLater = ["html", "marl-eval"].contains(name.lowercased())
                    throw ArgusError(
                        .configuration, isLater ? "format is not available in this version" : "unknown format",
                        at: "--format", found: "'\(name)'",
                        expected: "one of \(allCases.map(\.rawValue).joined(separator: ", "))", remedy: "'md,csv,json'")
                }
                if !formats.contains(format) { formats.append(format) }
            }
            return formats
        }
    }

    public static func standardOutput(_ text: String) { StandardStream.writeResult(text) }

    /// Prints the tables and writes the files.
    ///
    /// - Parameters:
    ///   - folders: Result folders, at least one.
    ///   - out: Where the files go; nil: the first folder.
    ///   - json: Prints the results as JSON instead of tables.
    ///   - catalog: Where references come from when the folders have no suite.
    ///   - output: Takes what is printed.
    ///   - scenarioHash: The fingerprint of a scenario of the catalogue; nil where it is not known, and its version believed.
    /// - Returns: The exit status, 0.
    public static func run(
        folders: [String], formats: [Format] = Format.allCases, out: String? = nil, json: Bool = false,
        catalog: ScenarioCatalog? = nil, output: (String) -> Void = Report.standardOutput,
        scenarioHash: (Scenario) throws(ArgusError) -> String? = { _ in nil }
    ) throws(ArgusError) -> Int32 {
        guard let first = folders.first else {
            throw ArgusError(
                .configuration, "no result folder", at: "argus report", found: "no argument", expected: "at least one")
        }
        let results = try BenchmarkResults(folders: folders, catalog: catalog, scenarioHash: scenarioHash)
        let files = try write(results, formats, to: out ?? first)
        if json {
            output(String(decoding: try JSONReport.data(results), as: UTF8.self))
        } else {
            let words = TextReport.text(results, terminal: .of(descriptor: 1))
            output(words + "\nWritten: \(files.joined(separator: ", "))\n")
        }
        return 0
    }

    private static func write(
        _ results: BenchmarkResults, _ formats: [Format], to folder: String
    ) throws(ArgusError) -> [String] {
        try AtomicFile.makeFolder(folder)
        var files: [String] = []
        for format in formats {
            switch format {
            case .markdown:
                files.append(folder + "/report.md")
                try AtomicFile.write(Data(MarkdownReport.text(results).utf8), to: folder + "/report.md")
            case .csv:
                files += [folder + "/results.csv", folder + "/summary.csv"]
                try AtomicFile.write(CSVReport.episodes(results), to: folder + "/results.csv")
                try AtomicFile.write(CSVReport.summary(results), to: folder + "/summary.csv")
            case .json:
                files.append(folder + "/results.json")
                try AtomicFile.write(try JSONReport.data(results), to: folder + "/results.json")
            }
        }
        return files
    }
}
