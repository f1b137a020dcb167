import ArgusEnvAPI
import ArgusHost

/// An agent's action in words: choices by their names or, where these differ from agent to agent, as the text view says.
struct ActionNames {
    private let specification: EnvironmentSpecification

    init(_ specification: EnvironmentSpecification) { self.specification = specification }

    /// Heads joined by `+`. To be called before the step, whose choices they are.
    func words(_ environment: VectorEnvironment, agent: Int) throws(ArgusError) -> String {
        let rows = environment.actions
        switch specification.actions {
        case .discrete(let heads):
            var offset = 0
            var words: [String] = []
            let sizes = specification.agents[agent].actionSizes ?? heads
            for (head, choice) in rows.discrete(copy: 0, agent: agent).enumerated() {
                let index = offset + Int(choice)
                // Whatever else a policy has written, the step will refuse.
                let isThere = (0..<max(1, sizes[head])).contains(Int(choice))
                if isThere, specification.actionNames.indices.contains(index) {
                    words.append(specification.actionNames[index])
                } else if isThere, environment.offersText {
                    words.append(try environment.textAction(copy: 0, agent: agent, choice: index))
                } else {
                    words.append("\(choice)")
                }
                offset += heads[head]
            }
            return words.joined(separator: " + ")
        case .continuous:
            let row = rows.continuous(copy: 0, agent: agent)
            return "[" + row.map { NumberFormat.short(Double($0)) }.joined(separator: ", ") + "]"
        }
    }
}
