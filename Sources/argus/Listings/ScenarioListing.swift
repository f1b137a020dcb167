import ArgusHost

/// Every scenario, with sizes as the environment specifies them for its parameters.
struct ScenarioListing: Listing {
    struct Item: Encodable {
        var scenario: String
        var version: Int
        var environment: String
        var agents: Int?
        var horizon: Int
        var observationSize: Int?
        var views: [String]
        var description: String?

        enum CodingKeys: String, CodingKey {
            case scenario, version, environment, agents, horizon, views, description
            case observationSize = "observation_size"
        }

        /// Fills in what only the environment itself tells.
        mutating func look(at environment: VectorEnvironment) {
            agents = environment.specification.agents.count
            observationSize = environment.specification.observationSize
            views = environment.offersText ? ["vector", "text"] : ["vector"]
        }
    }

    private(set) var items: [Item] = []
    private(set) var problems: [ArgusError] = []

    init(_ host: EnvironmentHost) throws(ArgusError) {
        for id in try host.scenarios.ids() {
            do throws(ArgusError) {
                let scenario = try host.scenarios.scenario(named: id)
                var item = Item(
                    scenario: id, version: scenario.version, environment: scenario.environment, agents: nil,
                    horizon: scenario.horizon, observationSize: nil, views: [], description: scenario.description)
                // Nothing is started for a list.
                if let peer = scenario.peer {
                    item.environment = "peer \(peer.addresses[0])"
                } else {
                    do throws(ArgusError) {
                        try item.look(at: host.makeVectorEnvironment(scenario, copies: 1))
                    } catch {
                        problems.append(error)
                    }
                }
                items.append(item)
            } catch {
                problems.append(error)
            }
        }
        // One missing plugin is one problem, however many scenarios want it.
        var seen: Set<ArgusError> = []
        problems = problems.filter { seen.insert($0).inserted }
    }

    var table: TextTable {
        TextTable(
            columns: [
                .name("scenario"), .number("agents"), .number("horizon"), .number("obs"), .name("views"),
                .words("description"),
            ],
            rows: items.map {
                [
                    $0.scenario, $0.agents.map { "\($0)" } ?? "-", "\($0.horizon)",
                    $0.observationSize.map { "\($0)" } ?? "-", $0.views.joined(separator: ", "), $0.description ?? "",
                ]
            })
    }

    var note: String? { "obs: numbers in each agent's row. 'argus describe SCENARIO' tells more." }
}
