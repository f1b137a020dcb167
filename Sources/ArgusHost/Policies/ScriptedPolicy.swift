import ArgusEnvAPI

/// A baseline of the environment that sees the state: centralised execution.
final class JointScriptedPolicy: JointPolicy {
    private let baseline: Int

    init(baseline: Int) { self.baseline = baseline }

    func act(on environment: VectorEnvironment, agents: [UInt8]) throws(ArgusError) {
        let layout = environment.layout
        let stride = layout.actionSize * 4
        for copy in 0..<environment.copies where environment.isActive(copy) {
            let (instance, index) = environment.instance(of: copy)
            let offset = copy * layout.agents * layout.actionSize
            let rows =
                layout.isDiscrete
                ? UnsafeMutableRawPointer(environment.tensors.actions.pointer + offset)
                : UnsafeMutableRawPointer(environment.tensors.continuousActions.pointer + offset)
            try instance.actJointly(baseline: baseline, copy: index, agents: agents, actions: rows, stride: stride)
        }
    }
}

/// A baseline of the environment that decides for one agent from its observation row.
final class LocalScriptedPolicy: AgentPolicy {
    private let baseline: Int
    private let memorySize: Int
    /// From one copy's memory to the next's: aligned for any type that a baseline may keep there.
    private let memoryStride: Int
    private let instance: EnvironmentInstance
    /// [copy, byte], zeroed when an episode starts.
    private let memory: AlignedBuffer<UInt8>

    init(baseline: Int, memorySize: Int, instance: EnvironmentInstance, copies: Int) {
        self.baseline = baseline
        self.memorySize = memorySize
        self.instance = instance
        memoryStride = (memorySize + 15) / 16 * 16
        memory = AlignedBuffer(count: copies * memoryStride, zero: 0)
    }

    func act(_ rows: LocalRows, into actions: AgentActionRows) throws(ArgusError) {
        for copy in 0..<rows.copies {
            let own = memory.pointer + copy * memoryStride
            // Also where the agent is not acting at first: it must not remember the episode before.
            if rows.isStart(copy) { own.update(repeating: 0, count: memorySize) }
            guard rows.isActing(copy), let observation = rows.observation(copy).baseAddress else { continue }
            let action =
                actions.isDiscrete
                ? UnsafeMutableRawPointer(actions.discrete(copy).baseAddress)
                : UnsafeMutableRawPointer(actions.continuous(copy).baseAddress)
            guard let action else { continue }
            try instance.actLocally(
                baseline: baseline, agent: rows.agent, observation: observation,
                legal: rows.legal(copy)?.baseAddress, memory: memorySize > 0 ? UnsafeMutableRawPointer(own) : nil,
                action: action)
        }
    }
}

/// `scripted` and `scripted:NAME`: the environment's own baselines.
public struct ScriptedPolicyProvider: PolicyProvider {
    public let name = "scripted"

    public init() {}

    public func makePolicies(
        argument: String?, agents: [Int], environment: VectorEnvironment, settings: PolicySettings
    ) throws(ArgusError) -> [TeamMember] {
        let names = environment.baselines.map(\.name)
        guard !names.isEmpty else {
            throw ArgusError(
                .policy, "no scripted policy", at: "scenario \(environment.scenario.id)",
                found: "an environment without any", expected: "another policy", remedy: "'random'")
        }
        guard let index = argument.map({ names.firstIndex(of: $0) }) ?? 0 else {
            let wanted = argument ?? ""
            throw ArgusError(
                .policy, "unknown scripted policy", at: "scenario \(environment.scenario.id)", found: "'\(wanted)'",
                expected: "one of \(names.joined(separator: ", "))",
                remedy: nearestName(to: wanted, in: names).map { "'scripted:\($0)'" })
        }
        let baseline = environment.baselines[index]
        if baseline.seesState { return [.joint(JointScriptedPolicy(baseline: index))] }
        let (instance, _) = environment.instance(of: 0)
        return agents.map { _ in
            .local(
                LocalScriptedPolicy(
                    baseline: index, memorySize: baseline.memorySize, instance: instance, copies: environment.copies))
        }
    }
}
