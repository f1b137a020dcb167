import ArgusHost

/// What may stand in a team: the general policies, and each environment's scripted ones.
struct PolicyListing: Listing {
    struct Item: Encodable {
        var policy: String
        /// Nil: any.
        var environment: String?
        /// Ids of this installation's scenarios that have it; nil: any.
        var scenarios: [String]?
        var seesState: Bool
        var description: String

        enum CodingKeys: String, CodingKey {
            case policy, environment, scenarios, description
            case seesState = "sees_state"
        }
    }

    private(set) var items: [Item]
    private(set) var problems: [ArgusError]

    init(_ host: EnvironmentHost) throws(ArgusError) {
        items = [
            Item(policy: "random", seesState: false, description: "Chooses uniformly among the legal actions."),
            Item(
                policy: "run:DIR", seesState: false,
                description: "The best policy of the run in folder DIR, on the scenario it was trained on."),
            Item(
                policy: "llm:MODEL", seesState: false,
                description: "A language model, in this process or behind the server whose address MODEL is."),
            Item(
                policy: "peer:COMMAND", seesState: false,
                description: "A policy in another process: peer:\"python my_policy.py\", or where one is served."),
            Item(
                policy: "human", seesState: false,
                description: "You, at the keyboard, from the words that a language model would get; in argus play."),
        ]
        var ids: [String: [String]] = [:]
        let (plugins, broken) = try host.plugins.plugins()
        problems = broken
        for id in try host.scenarios.ids() {
            do throws(ArgusError) {
                ids[try host.scenarios.scenario(named: id).environment, default: []].append(id)
            } catch {
                problems.append(error)
            }
        }
        var seen: Set<String> = []
        for manifest in plugins.flatMap(\.manifest.environments) where seen.insert(manifest.descriptor.id).inserted {
            for (index, baseline) in manifest.baselines.enumerated() {
                items.append(
                    Item(
                        policy: index == 0 ? "scripted" : "scripted:\(baseline.name)",
                        environment: manifest.descriptor.id, scenarios: ids[manifest.descriptor.id] ?? [],
                        seesState: baseline.seesState,
                        description: (index == 0 ? "Short for \(baseline.name): " : "") + baseline.description)
                )
            }
        }
    }

    var table: TextTable {
        TextTable(
            columns: [
                .name("policy"), .name("environment"), .words("scenarios"), .words("sees"), .words("description"),
            ],
            rows: items.map { item in
                [
                    item.policy, item.environment ?? "any", item.scenarios.map(PolicyListing.short) ?? "any",
                    item.seesState ? "the state (centralised)" : "its own observation", item.description,
                ]
            })
    }

    var note: String? {
        "Used as --team POLICY for all agents, or --team AGENT=POLICY,*=POLICY. All ids of scenarios: --json."
    }

    /// `11 in foraging`.
    private static func short(_ ids: [String]) -> String {
        guard let first = ids.first else { return "files of your own" }
        let domain = first.split(separator: "/").first.map(String.init) ?? first
        let isOne = ids.allSatisfy { $0.hasPrefix("\(domain)/") }
        return ids.count == 1 ? first : isOne ? "\(ids.count) in \(domain)" : ids.joined(separator: " ")
    }
}
