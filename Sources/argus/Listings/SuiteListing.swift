import ArgusBench
import ArgusHost

/// Every suite of this installation.
struct SuiteListing: Listing {
    struct Item: Encodable {
        var suite: String
        var description: String?
        var scenarios: [String]
        var entries: [String]
        var seeds: [UInt64]
        var file: String
    }

    private(set) var items: [Item] = []
    private(set) var problems: [ArgusError] = []

    init(_ host: EnvironmentHost) throws(ArgusError) {
        for (id, path) in try host.scenarios.suites() {
            do throws(ArgusError) {
                let suite = try SuiteFile.read(path: path, catalog: host.scenarios) { $0.hash }
                items.append(
                    Item(
                        suite: id, description: suite.description, scenarios: suite.tasks.map(\.scenario.id),
                        entries: suite.entries.map(\.name), seeds: suite.measurement.seeds, file: path))
            } catch {
                problems.append(error)
            }
        }
    }

    var table: TextTable {
        TextTable(
            columns: [
                .name("suite"), .words("scenarios"), .words("entries"), .number("seeds"), .words("description"),
            ],
            rows: items.map {
                [
                    $0.suite, $0.scenarios.joined(separator: " "), $0.entries.joined(separator: " "),
                    "\($0.seeds.count)", $0.description ?? "",
                ]
            })
    }

    var note: String? { "'argus bench SUITE' runs one; 'argus bench SUITE --dry-run' tells what it would take." }
}
