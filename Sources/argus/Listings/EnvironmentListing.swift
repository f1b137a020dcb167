import ArgusHost

/// Every environment that plugins offer, as their manifests tell it; no library is opened.
struct EnvironmentListing: Listing {
    struct Item: Encodable {
        var environment: String
        var version: String
        var agents: Int?
        var observationSize: Int?
        var horizon: Int?
        var parameters: [String]
        var capabilities: [String]
        var description: String
        var source: String
        var library: String

        enum CodingKeys: String, CodingKey {
            case environment, version, agents, horizon, parameters, capabilities, description, source, library
            case observationSize = "observation_size"
        }
    }

    let items: [Item]
    let problems: [ArgusError]

    init(_ host: EnvironmentHost) throws(ArgusError) {
        let (plugins, problems) = try host.plugins.plugins()
        var items: [Item] = []
        for plugin in plugins {
            for manifest in plugin.manifest.environments {
                let descriptor = manifest.descriptor
                // The first on the search path is the one that is used.
                if items.contains(where: { $0.environment == descriptor.id }) { continue }
                items.append(
                    Item(
                        environment: descriptor.id, version: descriptor.version, agents: manifest.agentCount,
                        observationSize: manifest.observationSize, horizon: manifest.suggestedHorizon,
                        parameters: descriptor.parameters.map(\.name),
                        capabilities: descriptor.capabilities.map(\.rawValue).sorted(),
                        description: descriptor.summary, source: descriptor.source, library: plugin.library))
            }
        }
        self.items = items.sorted { $0.environment < $1.environment }
        self.problems = problems
    }

    var table: TextTable {
        TextTable(
            columns: [
                .name("environment"), .name("version"), .number("agents"), .number("observation"),
                .words("description"), .words("library"),
            ],
            rows: items.map {
                [
                    $0.environment, $0.version, $0.agents.map { "\($0)" } ?? "-",
                    $0.observationSize.map { "\($0)" } ?? "-", $0.description,
                    $0.library.split(separator: "/").last.map(String.init) ?? $0.library,
                ]
            })
    }

    var note: String? { "agents and observation: with default parameters. Paths and parameters: --json." }
}
