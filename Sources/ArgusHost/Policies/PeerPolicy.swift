import ArgusEnvAPI
import ArgusWire
import Foundation

/// Policies in another process that play several agents: one request a step for all of them.
///
/// Each agent's rows go in frames of their own and never the global state, so that execution stays decentralised as far
/// as this side can see to it.
final class PolicyPeer {
    private let connection: PeerConnection
    private let generation: Int
    private let instance: UInt32
    private let specificationHash: UInt64
    private let frames: ActFrames
    private let agents: [Int]
    private let copies: Int
    private let run: CounterRandom
    /// Where texts come from; nil: the policy gets none.
    private weak var texts: VectorEnvironment?
    private let isDiscrete: Bool
    private let legalSize: Int
    private let rowSize: Int
    /// [frame]: what is sent.
    private var memory: [FrameMemory] = []
    private var sizes: [Int] = []
    /// [agent of the list]: rows that wait for the others of this step.
    private var waiting: [(rows: LocalRows, actions: AgentActionRows)?]

    /// Starts or finds the peer and joins.
    init(
        _ connection: PeerConnection, agents: [Int], environment: VectorEnvironment, settings: PolicySettings
    ) throws {
        self.connection = connection
        self.agents = agents
        copies = environment.copies
        run = CounterRandom(run: settings.seed, purpose: .action)
        try connection.revive()
        generation = connection.generation
        let wantsTexts = connection.identity?.capabilities.contains(Capability.text.rawValue) ?? false
        let withTexts = wantsTexts && environment.offersText
        texts = withTexts ? environment : nil
        frames = ActFrames(environment.specification, agents: agents, batch: copies, withTexts: withTexts)
        isDiscrete = environment.layout.isDiscrete
        legalSize = environment.layout.legalSize
        rowSize = environment.layout.actionSize * 4
        waiting = Array(repeating: nil, count: agents.count)
        let specification = WireSpecification(
            environment.specification, offersText: environment.offersText, textQuanta: environment.textQuanta,
            baselines: environment.baselines, metrics: environment.metrics
        ).encoded()
        specificationHash = SpecificationHash.of(specification)
        instance = try PolicyPeer.join(
            connection, generation, specification, agents: agents, environment: environment, settings: settings,
            withTexts: withTexts)
        memory = frames.request.frames.map { FrameMemory(byteCount: $0.byteCount) }
        sizes = frames.request.frames.map(\.byteCount)
    }

    deinit { connection.close() }

    /// Notes one agent's rows; with the last of the step's the peer is asked and all actions are written.
    func act(_ position: Int, _ rows: LocalRows, _ actions: AgentActionRows) throws(ArgusError) {
        waiting[position] = (rows, actions)
        guard waiting.allSatisfy({ $0 != nil }) else { return }
        do {
            for (position, agent) in waiting.enumerated() {
                if let agent { try fill(position, agent.rows) }
            }
            try exchange()
        } catch let error as ArgusError {
            throw error
        } catch {
            throw PolicyPeer.failed("\(error)", connection.name)
        }
        for position in waiting.indices { waiting[position] = nil }
    }

    // MARK: Messages

    private static func join(
        _ connection: PeerConnection, _ generation: Int, _ specification: [UInt8], agents: [Int],
        environment: VectorEnvironment, settings: PolicySettings, withTexts: Bool
    ) throws -> UInt32 {
        let join = JoinRequest(
            scenario: environment.scenario.id, agents: agents, copies: environment.copies, seed: settings.seed,
            mode: settings.mode.flatMap { JoinRequest.Mode(rawValue: $0.rawValue) },
            horizon: environment.scenario.horizon)
        var contents = [specification]
        if withTexts {
            let rules = try WireTexts(agents.map { agent in try environment.textRules(agent: agent) })
            contents += [rules.offsetBytes(), rules.utf8]
        }
        let memory = contents.map { bytes in
            let memory = FrameMemory(byteCount: bytes.count)
            memory.bytes.copyBytes(from: bytes)
            return memory
        }
        var request = PeerRequest(message: .join, batch: environment.copies, meta: join.encoded())
        request.frames = zip(memory, contents).map { UnsafeRawBufferPointer(rebasing: $0.bytes[..<$1.count]) }
        // The frames point into `memory`, which is not mentioned any more.
        let reply = try withExtendedLifetime(memory) {
            try connection.exchange(
                request, generation: generation, seconds: connection.settings.timeouts.start
            ) { _, _, _ in nil }
        }
        try requireDone(reply)
        return reply.header.instance
    }

    private func fill(_ position: Int, _ rows: LocalRows) throws(ArgusError) {
        let index = { (role: ActFrames.Role) in self.frames.request.index(role, position: position) }
        guard let acting = memory[index(.acting)].pointer(UInt8.self),
            let start = memory[index(.start)].pointer(UInt8.self),
            let random = memory[index(.random)].pointer(UInt64.self),
            let observation = memory[index(.observation)].pointer(Float.self),
            let legal = memory[index(.legal)].pointer(UInt8.self)
        else { return }
        for copy in 0..<copies {
            acting[copy] = rows.isActing(copy) ? 1 : 0
            start[copy] = rows.isStart(copy) ? 1 : 0
            random[copy] = rows.random(run, copy).bits(0)
            if let base = rows.observation(copy).baseAddress {
                (observation + copy * rows.observationSize).update(from: base, count: rows.observationSize)
            }
            if let base = rows.legal(copy)?.baseAddress {
                (legal + copy * legalSize).update(from: base, count: legalSize)
            }
        }
        if let texts { try fillTexts(position, rows, texts) }
    }

    private func fillTexts(
        _ position: Int, _ rows: LocalRows, _ environment: VectorEnvironment
    ) throws(ArgusError) {
        var situations = WireTexts()
        var actions = WireTexts()
        do {
            for copy in 0..<copies {
                let isActing = rows.isActing(copy)
                try situations.append(isActing ? environment.textSituation(copy: copy, agent: rows.agent) : "")
                for choice in 0..<legalSize {
                    let isLegal = isActing && rows.legal(copy)?[choice] == 1
                    try actions.append(
                        isLegal ? environment.textAction(copy: copy, agent: rows.agent, choice: choice) : "")
                }
            }
        } catch let error as ArgusError {
            throw error
        } catch {
            throw PolicyPeer.failed("\(error)", connection.name)
        }
        replace(.situationOffsets, position, situations.offsetBytes())
        replace(.situations, position, situations.utf8)
        replace(.actionOffsets, position, actions.offsetBytes())
        replace(.actions, position, actions.utf8)
    }

    private func replace(_ role: ActFrames.Role, _ position: Int, _ bytes: [UInt8]) {
        let index = frames.request.index(role, position: position)
        if memory[index].bytes.count < bytes.count { memory[index] = FrameMemory(byteCount: bytes.count) }
        memory[index].bytes.copyBytes(from: bytes)
        sizes[index] = bytes.count
    }

    private func exchange() throws {
        var request = PeerRequest(
            message: .act, instance: instance, specification: specificationHash, batch: copies)
        request.frames = zip(memory, sizes).map { UnsafeRawBufferPointer(rebasing: $0.bytes[..<$1]) }
        let layouts = frames.reply.frames
        var received = 0
        let reply = try connection.exchange(
            request, generation: generation, seconds: connection.settings.timeouts.step
        ) { header, index, bytes in
            guard index < layouts.count, bytes.count == layouts[index].byteCount else {
                return "frame \(index) of the reply to ACT has \(bytes.count) bytes, expected "
                    + (index < layouts.count ? layouts[index].shapeText : "\(layouts.count) frames")
            }
            received += 1
            guard let agent = waiting[index], let source = bytes.baseAddress else { return nil }
            for copy in 0..<copies where agent.rows.isActing(copy) {
                let target =
                    isDiscrete
                    ? UnsafeMutableRawPointer(agent.actions.discrete(copy).baseAddress)
                    : UnsafeMutableRawPointer(agent.actions.continuous(copy).baseAddress)
                target?.copyMemory(from: source + copy * rowSize, byteCount: rowSize)
            }
            return nil
        }
        try PolicyPeer.requireDone(reply)
        guard received == layouts.count else {
            throw WireError(
                .invalidRequest, "the reply to ACT has \(received) frames, expected \(layouts.count), one an agent")
        }
        try sendTexts(ActReply(bytes: reply.meta))
    }

    /// Sends what the policy's agents want to tell others; what budgets do not allow is dropped there.
    private func sendTexts(_ reply: ActReply) throws(WireError) {
        for message in reply.texts {
            guard waiting.indices.contains(message.agent), message.copy < copies else {
                throw WireError(
                    .invalidRequest,
                    "the reply to ACT has a text of agent \(message.agent) in copy \(message.copy), expected one of "
                        + "\(waiting.count) agents and \(copies) copies")
            }
            _ = waiting[message.agent]?.actions.send(text: message.text, message.copy)
        }
    }

    private static func requireDone(_ reply: PeerReply) throws(WireError) {
        guard reply.header.status != .done else { return }
        guard let error = try ErrorReports(bytes: reply.meta).errors.first else { return }
        throw WireError(error.code, "the policy says: \(PeerInstance.words(error))")
    }

    static func failed(_ found: String, _ name: String) -> ArgusError {
        ArgusError(
            .policy, "the policy failed", at: "policy 'peer:\(name)'", found: found,
            expected: "a policy peer that acts")
    }
}

/// One agent of a policy peer.
private final class PeerPolicy: AgentPolicy {
    private let peer: PolicyPeer
    private let position: Int

    init(_ peer: PolicyPeer, position: Int) {
        self.peer = peer
        self.position = position
    }

    func act(_ rows: LocalRows, into actions: AgentActionRows) throws(ArgusError) {
        try peer.act(position, rows, actions)
    }
}

/// `peer:COMMAND`, `peer:connect:tcp://…` and `peer:listen:tcp://…`: a policy in another process, in any language.
public struct PeerPolicyProvider: PolicyProvider {
    public let name = "peer"
    private let timeouts: ScenarioPeer.Timeouts

    public init(timeouts: ScenarioPeer.Timeouts = ScenarioPeer.Timeouts()) { self.timeouts = timeouts }

    public func makePolicies(
        argument: String?, agents: [Int], environment: VectorEnvironment, settings: PolicySettings
    ) throws(ArgusError) -> [TeamMember] {
        guard let argument, !argument.isEmpty else {
            throw ArgusError(
                .policy, "bad policy", at: "team, policy 'peer'", found: "no command",
                expected: "a command, connect:ENDPOINT or listen:ENDPOINT", remedy: "'peer:python my_policy.py'")
        }
        var peerSettings = PeerSettings(ScenarioPeer([.init(argument)]), worker: 0, timeouts: timeouts)
        peerSettings.capabilities = environment.offersText ? [Capability.text.rawValue] : []
        do {
            let connection = PeerConnection(peerSettings, role: .policy)
            let peer = try PolicyPeer(connection, agents: agents, environment: environment, settings: settings)
            return agents.indices.map { .local(PeerPolicy(peer, position: $0)) }
        } catch {
            throw PolicyPeer.failed((error as? PeerFault)?.reason ?? "\(error)", argument)
        }
    }
}
