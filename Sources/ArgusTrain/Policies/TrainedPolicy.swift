import ArgusEnvAPI
public import ArgusHost
import ArgusTensor
import Foundation

/// What is needed to act as a run learnt to: the actor, and how observations are encoded for it.
struct TrainedPolicy {
    /// Written beside the weights; a policy is used only where all of this fits.
    struct Description: Codable, Hashable {
        var algorithm: String
        var scenario: String
        var specificationHash: String
        var encoding: InputEncoding
        var rule: ActionRule
        /// See ``TeamActor/components``.
        var components: [Int]
        var usesMasks: Bool
        var agents: [String]
        var actor: Network.Shape
        /// One network for all agents, or one for each.
        var sharesParameters: Bool

        /// What a user would set to have it, as `--set` names it.
        private var settings: [(name: String, value: String)] {
            [
                ("algorithm", algorithm), ("hidden", "\(actor.hidden)"), ("layers", "\(actor.layers)"),
                ("activation", actor.activation), ("layer_norm", "\(actor.layerNorm != .none)"),
                ("recurrent", "\(actor.recurrent)"), ("entities", "\(actor.entities != nil)"),
                ("share_parameters", "\(sharesParameters)"), ("agent_ids", "\(encoding.agentIds)"),
            ]
        }

        /// Where two of one scenario differ, such as `hidden=64`: what this one has there, and the other.
        func differences(from other: Description) -> (own: String, others: String) {
            let pairs = zip(settings, other.settings).filter { $0.value != $1.value }
            guard !pairs.isEmpty else { return ("observations scaled otherwise", "scaled as here") }
            func list(_ settings: [(name: String, value: String)]) -> String {
                settings.map { "\($0.name)=\($0.value)" }.joined(separator: ", ")
            }
            return (list(pairs.map(\.0)), list(pairs.map(\.1)))
        }

        /// Refuses what no training writes, before memory is laid out by it.
        func requireConsistent() throws(TensorError) {
            // Sizes first, so that no sum or product of them is too large.
            let sizes = [encoding.observationSize, encoding.agents, actor.outputs, actor.inputs]
            guard sizes.allSatisfy({ (1...1 << 26).contains($0) }), rule.isConsistent, encoding.isConsistent,
                encoding.inputSize == actor.inputs, agents.count == encoding.agents, rule.outputs == actor.outputs,
                components.count == agents.count, components.allSatisfy({ (0...actor.outputs).contains($0) }),
                (1...8192).contains(actor.hidden), (1...16).contains(actor.layers),
                sharesParameters || agents.count <= 4096,
                actor.entities.map({
                    $0.isConsistent && $0.inputSize == actor.inputs && $0.outputSize == actor.outputs
                }) ?? true
            else {
                throw TensorError(code: .fileFormat, message: "the policy's description contradicts itself")
            }
        }
    }

    let description: Description
    let network: TeamNetwork
    /// Continuous actions: see ``TeamActor/logDeviation``.
    let logDeviation: Tensor?

    init(description: Description, network: TeamNetwork, logDeviation: Tensor?) {
        self.description = description
        self.network = network
        self.logDeviation = logDeviation
    }

    /// What the actor of rollouts does now.
    init(_ player: RolloutPlayer, task: LearningTask) {
        self.init(player.actor, encoding: player.encoding, usesMasks: player.usesMasks, task: task)
    }

    /// What an actor that trains does now.
    init(_ actor: TeamActor, encoding: InputEncoding, usesMasks: Bool, task: LearningTask) {
        let environment = task.environment
        self.init(
            description: Description(
                algorithm: task.algorithm, scenario: environment.scenario.id,
                specificationHash: environment.specificationHash, encoding: encoding, rule: actor.rule,
                components: actor.components, usesMasks: usesMasks,
                agents: environment.specification.agents.map(\.name),
                actor: actor.network.shape, sharesParameters: actor.network.isShared),
            network: actor.network, logDeviation: actor.logDeviation)
    }

    /// The weights, as files have them.
    var parameters: [(name: String, tensor: Tensor)] {
        network.parameters(under: "actor") + (logDeviation.map { [("actor.log_deviation", $0)] } ?? [])
    }

    /// Policies for some agents of a vector environment.
    func makePolicies(agents: [Int], copies: Int, settings: PolicySettings) throws -> [NetworkPolicy] {
        let deviations: [Float] = try logDeviation?.values() ?? []
        let size = deviations.count / network.networks.count
        return try agents.map { agent in
            let first = network.isShared ? 0 : agent * size
            return try NetworkPolicy(
                network: network.network(of: agent), encoding: description.encoding, rule: description.rule,
                logDeviations: Array(deviations[first..<first + size]), components: description.components[agent],
                usesMasks: description.usesMasks, agent: agent, copies: copies, settings: settings)
        }
    }
}

/// `run:DIR`: the best policy of a training run.
public struct RunPolicyProvider: PolicyProvider {
    public let name = "run"

    public init() {}

    public func makePolicies(
        argument: String?, agents: [Int], environment: VectorEnvironment, settings: PolicySettings
    ) throws(ArgusError) -> [TeamMember] {
        guard let folder = argument, !folder.isEmpty else {
            throw ArgusError(
                .policy, "bad policy", at: "run", found: "no folder", expected: "run:DIR",
                remedy: "'run:results/my-run'")
        }
        try Libtorch.require()
        // A decision is small: more threads cost more than they bring, and would not repeat it bit for bit.
        do {
            try TorchThreads.set(1)
        } catch {
            throw ArgusError(
                .policy, "libtorch refuses", at: "run:\(folder)", found: "\(error)", expected: "one thread")
        }
        let policy = try PolicyFile.read(folder: folder)
        guard policy.description.specificationHash == environment.specificationHash else {
            throw ArgusError(
                .checkpoint, "policy of another scenario", at: "run:\(folder)",
                found: "a policy trained on \(policy.description.scenario)",
                expected: "one trained on \(environment.scenario.id) with the same parameters")
        }
        // The hash fits, so this fails only for a file that was changed by hand.
        let specification = environment.specification
        guard policy.description.rule.fits(environment),
            specification.agents.count == policy.description.encoding.agents,
            specification.observationSize == policy.description.encoding.observationSize
        else {
            throw ArgusError(
                .checkpoint, "unusable policy file", at: "run:\(folder)", found: "sizes of another scenario",
                expected: "those of \(environment.scenario.id)", remedy: "training again")
        }
        do {
            return try policy.makePolicies(agents: agents, copies: environment.copies, settings: settings)
                .map { .local($0) }
        } catch {
            throw ArgusError(
                .policy, "cannot use policy", at: "run:\(folder)", found: "\(error)", expected: "a network")
        }
    }
}
