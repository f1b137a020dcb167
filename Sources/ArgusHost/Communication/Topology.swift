import ArgusEnvAPI

extension Communication {
    /// Who hears whom. The named ones stay within each group (team); only a list crosses them.
    public enum Topology: Sendable, Hashable, CustomStringConvertible {
        /// Everybody hears everybody.
        case all
        /// Everybody hears the agents before and after, in the order of the agents, around.
        case ring
        /// The group's first agent hears all others, and they hear it.
        case star
        /// For each agent, in order, who hears it.
        case receivers([[AgentReference]])

        public var description: String {
            switch self {
            case .all: "all"
            case .ring: "ring"
            case .star: "star"
            case .receivers(let lists):
                "[" + lists.map { "[" + $0.map(\.description).joined(separator: ", ") + "]" }.joined(separator: ", ")
                    + "]"
            }
        }
    }

    /// An agent by its index or by its name.
    public enum AgentReference: Sendable, Hashable, CustomStringConvertible {
        case index(Int)
        case name(String)

        public var description: String {
            switch self {
            case .index(let index): "\(index)"
            case .name(let name): name
            }
        }
    }

    static let topologyNames = ["all", "ring", "star"]

    /// [agent]: indices of those that hear it, ascending.
    ///
    /// - Throws: ``ArgusError`` (configuration) for a list that does not fit these agents.
    func receivers(among agents: [AgentSpecification]) throws(ArgusError) -> [[Int]] {
        if case .receivers(let lists) = topology { return try receivers(lists, agents.map(\.name)) }
        return agents.indices.map { sender in
            let group = agents.indices.filter { agents[$0].group == agents[sender].group }
            let position = group.firstIndex(of: sender) ?? 0
            let others = Set(group).subtracting([sender])
            switch topology {
            case .ring:
                let last = group.count - 1
                let before = group[position == 0 ? last : position - 1]
                let after = group[position == last ? 0 : position + 1]
                return others.intersection([before, after]).sorted()
            case .star where position > 0: return [group[0]]
            default: return others.sorted()
            }
        }
    }

    private func receivers(_ lists: [[AgentReference]], _ names: [String]) throws(ArgusError) -> [[Int]] {
        func refused(_ found: String, _ expected: String, _ remedy: String? = nil) -> ArgusError {
            ArgusError(
                .configuration, "bad topology", at: place(of: "topology"), found: found, expected: expected,
                remedy: remedy)
        }
        guard lists.count == names.count else {
            throw refused(
                "\(lists.count) lists of receivers", "\(names.count), one an agent: \(names.joined(separator: ", "))")
        }
        var receivers: [[Int]] = []
        for (sender, list) in lists.enumerated() {
            var indices: [Int] = []
            for reference in list {
                var index: Int?
                switch reference {
                case .index(let number): index = names.indices.contains(number) ? number : nil
                case .name(let name): index = names.firstIndex(of: name)
                }
                guard let index else {
                    throw refused(
                        "the receiver '\(reference)' of \(names[sender])",
                        "0 to \(names.count - 1), or one of \(names.joined(separator: ", "))",
                        nearestName(to: "\(reference)", in: names).map { "'\($0)'" })
                }
                guard index != sender, !indices.contains(index) else {
                    throw refused(
                        index == sender ? "\(names[sender]) among its own receivers" : "\(names[index]) twice",
                        "each other agent at most once")
                }
                indices.append(index)
            }
            receivers.append(indices.sorted())
        }
        return receivers
    }
}
