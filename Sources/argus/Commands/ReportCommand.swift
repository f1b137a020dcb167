import ArgumentParser
import ArgusBench
import ArgusHost

/// `argus report`
struct ReportCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "report", abstract: "Tables and files over one or several result folders.",
        discussion: """
            Example:
              argus report results/quick-20260101-120000
              argus report results/first results/second --format md,csv --out both

            DIR is what 'argus bench', 'argus train' or 'argus evaluate' has written. The files are report.md, \
            results.csv (every episode of the reported numbers, and the means of evaluations in training), summary.csv and \
            results.json.
            """)

    @Argument(help: "Result folders.")
    var folders: [String]

    @Option(help: "Files to write, separated by commas: md, csv, json. Default: all.")
    var format: String?

    @Option(help: "Folder for the files. Default: the first DIR.")
    var out: String?

    @Flag(help: "Print the results as JSON.")
    var json = false

    func run() throws {
        try RunDirectory.requireName(out, option: "--out")
        let formats = try format.map { text throws(ArgusError) in try Report.Format.parse(text) }
        // References of scenarios that no suite recorded come from here; without them the report is still whole.
        let host = try? EnvironmentHost()
        let status = try Report.run(
            folders: folders, formats: formats ?? Report.Format.allCases, out: out, json: json,
            catalog: host?.scenarios ?? (try? ScenarioCatalog.find()),
            scenarioHash: { scenario throws(ArgusError) in
                // A report starts no peer to ask it.
                guard let host, scenario.peer == nil else { return nil }
                return try scenario.hash(for: try host.descriptor(for: scenario))
            })
        if status != 0 { throw ExitCode(status) }
    }
}
