/// Pairs of entries that play together: the first agent's policy from one, all others' from the other. How well an
/// entry does with partners that it does not know is seen beside the diagonal, where it plays with itself.
public enum CrossPlay {
    /// One side of a pair.
    public enum Member: Sendable, Hashable {
        /// A team as it is.
        case team(String)
        /// What an entry of the suite has trained with the same seed.
        case trained(entry: String)
    }

    /// The entry that plays the pair.
    static func name(_ first: String, _ rest: String) -> String { "\(first)--\(rest)" }
}

extension Suite {
    /// The tasks on which entries play with each other.
    public var crossTasks: [Task] {
        crossplayScenarios.isEmpty ? tasks : tasks.filter { crossplayScenarios.contains($0.scenario.id) }
    }

    /// An entry for every ordered pair of different entries of ``crossplay``.
    public var crossEntries: [Entry] {
        let members = crossplay.compactMap { name in entries.first { $0.name == name } }
        return members.flatMap { first in
            members.filter { $0.name != first.name }.map { rest in
                Entry(
                    name: CrossPlay.name(first.name, rest.name), work: .cross(first: first.member, rest: rest.member),
                    place: first.place)
            }
        }
    }
}

extension Suite.Entry {
    /// What it puts into a pair.
    fileprivate var member: CrossPlay.Member {
        if case .evaluate(let team) = work { .team(team) } else { .trained(entry: name) }
    }
}
