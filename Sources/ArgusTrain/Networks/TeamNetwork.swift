package import ArgusEnvAPI
package import ArgusTensor

/// The networks of all agents: one that they share, or one for each.
///
/// Rows come in groups of `agents`, agents in order: row = group · agents + agent.
package final class TeamNetwork {
    package let networks: [Network]
    let agents: Int
    /// The same networks for acting; empty where they do not act.
    private let inference: [NetworkInference]

    /// - Parameter outputGain: see ``Network``.
    package init(
        _ shape: Network.Shape, agents: Int, isShared: Bool, outputGain: Double, using generator: inout SplitMix64
    ) throws {
        self.agents = agents
        var networks: [Network] = []
        for _ in 0..<(isShared ? 1 : agents) {
            networks.append(try Network(shape, outputGain: outputGain, using: &generator))
        }
        self.networks = networks
        inference = networks.compactMap(\.inference)
    }

    var shape: Network.Shape { networks[0].shape }
    var isShared: Bool { networks.count == 1 }

    /// The network that decides for an agent.
    func network(of agent: Int) -> Network { isShared ? networks[0] : networks[agent] }

    func parameters(under prefix: String) -> [(name: String, tensor: Tensor)] {
        if isShared { return networks[0].parameters(under: prefix) }
        return networks.enumerated().flatMap { $1.parameters(under: "\(prefix).\($0)") }
    }

    /// Memory of `rows` rows at the start of an episode; see ``Network/initialHidden(rows:)``.
    package func initialHidden(rows: Int) throws -> Tensor { try networks[0].initialHidden(rows: rows) }

    /// Inputs [rows, inputs] to outputs [rows, outputs], without memory.
    package func callAsFunction(_ inputs: Tensor) throws -> Tensor {
        if isShared { return try networks[0](inputs) }
        return try each(inputs) { try $0($1) }
    }

    /// One step without gradients, into memory that exists already. Inputs [rows, inputs]; `starts` [groups, 1], 1 where an
    /// episode begins; `hidden` [rows, hidden], the memory, moves on; outputs [rows, outputs].
    package func infer(_ inputs: Tensor, hidden: Tensor, starts: Tensor, into outputs: Tensor) throws {
        guard !inference.isEmpty else {
            throw TensorError(code: .invalidArgument, message: "a critic of several observations does not act")
        }
        for agent in inference.indices {
            try inference[agent].step(
                inputs, first: agent, stride: inference.count, starts: starts, hidden: hidden, into: outputs)
        }
    }

    /// One step; see ``Network/step(_:hidden:starts:)``.
    package func step(_ inputs: Tensor, hidden: Tensor, starts: Tensor) throws -> (outputs: Tensor, hidden: Tensor) {
        if isShared { return try networks[0].step(inputs, hidden: hidden, starts: starts) }
        var outputs: [Tensor] = []
        var memories: [Tensor] = []
        for (agent, network) in networks.enumerated() {
            let (output, memory) = try network.step(
                rows(of: agent, inputs), hidden: rows(of: agent, hidden), starts: rows(of: agent, starts))
            outputs.append(output)
            memories.append(memory)
        }
        return (try joined(outputs), try joined(memories))
    }

    /// A whole sequence; see ``Network/sequence(_:hidden:starts:)``.
    package func sequence(
        _ inputs: Tensor, hidden: Tensor, starts: Tensor
    ) throws -> (outputs: Tensor, memories: Tensor) {
        if isShared { return try networks[0].sequence(inputs, hidden: hidden, starts: starts) }
        let steps = inputs.shape[0]
        let groups = inputs.shape[1] / agents
        func ofAgent(_ agent: Int, _ tensor: Tensor) throws -> Tensor {
            try tensor.reshaped(to: [steps, groups, agents, tensor.shape[2]]).selected(axis: 2, index: agent)
        }
        var outputs: [Tensor] = []
        var memories: [Tensor] = []
        for (agent, network) in networks.enumerated() {
            let (output, memory) = try network.sequence(
                ofAgent(agent, inputs), hidden: rows(of: agent, hidden), starts: ofAgent(agent, starts))
            outputs.append(output)
            memories.append(memory)
        }
        return (try joined(outputs), try joined(memories))
    }

    /// Takes over another network's weights: entirely (`weight` 1), or by a part of the way there.
    func move(to other: TeamNetwork, weight: Double) throws {
        try moveParameters(parameters(under: ""), to: other.parameters(under: ""), weight: weight)
    }

    private func each(_ inputs: Tensor, _ apply: (Network, Tensor) throws -> Tensor) throws -> Tensor {
        var outputs: [Tensor] = []
        for (agent, network) in networks.enumerated() { outputs.append(try apply(network, rows(of: agent, inputs))) }
        return try joined(outputs)
    }

    private func rows(of agent: Int, _ tensor: Tensor) throws -> Tensor {
        let shape = tensor.shape
        return try tensor.reshaped(to: [shape[0] / agents, agents, shape[1]]).selected(axis: 1, index: agent)
    }

    /// Each agent's [groups, width] to [groups · agents, width].
    private func joined(_ parts: [Tensor]) throws -> Tensor {
        let shape = parts[0].shape
        return try Tensor.stack(parts, axis: 1).reshaped(to: [shape[0] * agents, shape[1]])
    }
}
