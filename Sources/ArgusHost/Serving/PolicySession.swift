import ArgusEnvAPI
import ArgusWire

/// A session of the policy role: this program's policies play agents of a driver elsewhere.
final class PolicySession: ServedSession {
    /// What makes policies for so many copies of the served scenario.
    struct Offer {
        let team: TeamSpecification
        let scenario: Scenario
        let host: EnvironmentHost
        let providers: [any PolicyProvider]
    }

    private let offer: Offer
    private var players: [UInt32: PolicyPlayer] = [:]
    private var lastNumber: UInt32 = 0

    init(_ offer: Offer) { self.offer = offer }

    func answer(_ request: ServedRequest) throws(WireError) -> ServedReply {
        switch request.header.message {
        case .join:
            lastNumber += 1
            let player = try PolicyPlayer(offer, request)
            players[lastNumber] = player
            var reply = ServedReply()
            reply.instance = lastNumber
            reply.specification = player.specificationHash
            return reply
        case .act:
            guard let player = players[request.header.instance] else { throw unknown(request) }
            guard request.header.specification == player.specificationHash else {
                throw WireError(
                    .specification,
                    "the specification's hash is \(request.header.specification), expected \(player.specificationHash)")
            }
            return try player.act(request)
        case .destroy:
            guard players.removeValue(forKey: request.header.instance) != nil else { throw unknown(request) }
            return ServedReply()
        default: throw WireError(.unknownMessage, "\(request.header.message) is not for a policy")
        }
    }

    private func unknown(_ request: ServedRequest) -> WireError {
        WireError(.unknownInstance, "no instance \(request.header.instance) in this session")
    }
}

/// Policies that play the listed agents of one driver's copies.
///
/// The rows that come are written where a vector environment of the same scenario would have its own; that environment
/// is never stepped.
final class PolicyPlayer {
    /// Of the specification that JOIN brought.
    let specificationHash: UInt64
    private let environment: VectorEnvironment
    private let agents: [Int]
    private let copies: Int
    private let frames: ActFrames
    private var policies: [any AgentPolicy] = []
    private let actions: [FrameMemory]

    init(_ offer: PolicySession.Offer, _ request: ServedRequest) throws(WireError) {
        let join = try JoinRequest(bytes: request.meta)
        guard (1...1 << 20).contains(join.copies) else {
            throw WireError(.badParameters, "\(join.copies) copies, expected 1 to \(1 << 20)")
        }
        guard request.frameCount >= 1 else {
            throw WireError(.invalidRequest, "JOIN has no frames, expected the specification")
        }
        let bytes = Array(request.frame(0))
        specificationHash = SpecificationHash.of(bytes)
        let specification = try WireSpecification(bytes: bytes).specification
        do throws(ArgusError) {
            environment = try offer.host.makeVectorEnvironment(offer.scenario, copies: join.copies)
        } catch {
            throw WireError(.badParameters, error.found)
        }
        guard specification == environment.specification else {
            throw WireError(
                .badParameters,
                "another specification than that of \(offer.scenario.id), which these policies play (\(join.scenario))")
        }
        for agent in join.agents where !specification.agents.indices.contains(agent) {
            throw WireError(.badParameters, "agent \(agent), expected 0 to \(specification.agents.count - 1)")
        }
        guard Set(join.agents).count == join.agents.count, !join.agents.isEmpty else {
            throw WireError(.badParameters, "agents \(join.agents), expected each once, and at least one")
        }
        agents = join.agents
        copies = join.copies
        frames = ActFrames(specification, agents: join.agents, batch: join.copies, withTexts: false)
        actions = frames.reply.frames.map { FrameMemory(byteCount: $0.byteCount) }
        let settings = PolicySettings(
            seed: join.seed, mode: join.mode.flatMap { PolicySettings.Mode(rawValue: $0.rawValue) })
        do throws(ArgusError) {
            policies = try PolicyPlayer.policies(offer, agents, environment, settings)
        } catch {
            throw WireError(.badParameters, "\(error)")
        }
        for copy in 0..<copies { environment.progress.active[copy] = 1 }
    }

    private static func policies(
        _ offer: PolicySession.Offer, _ agents: [Int], _ environment: VectorEnvironment, _ settings: PolicySettings
    ) throws(ArgusError) -> [any AgentPolicy] {
        let names = try offer.team.policies(for: environment.specification.agents.map(\.name))
        var policies: [any AgentPolicy] = []
        for agent in agents {
            let name = String(names[agent].prefix { $0 != ":" })
            let argument = names[agent].contains(":") ? String(names[agent].drop { $0 != ":" }.dropFirst()) : nil
            guard let provider = offer.providers.first(where: { $0.name == name }) else {
                throw ArgusError(
                    .policy, "unknown policy", at: "team '\(offer.team)'", found: "'\(names[agent])'",
                    expected: "one of \(offer.providers.map(\.name).joined(separator: ", "))")
            }
            let made = try provider.makePolicies(
                argument: argument, agents: [agent], environment: environment, settings: settings)
            guard case .local(let policy)? = made.first else {
                throw ArgusError(
                    .policy, "a policy that sees the state", at: "team '\(offer.team)'", found: "'\(names[agent])'",
                    expected: "a policy that decides from one agent's observation: the state is not sent")
            }
            policies.append(policy)
        }
        return policies
    }

    func act(_ request: ServedRequest) throws(WireError) -> ServedReply {
        guard request.header.batch == UInt32(copies) else {
            throw WireError(.invalidRequest, "ACT has batch \(request.header.batch), expected \(copies)")
        }
        try frames.request.check(sizes: request.frameSizes)
        for (position, agent) in agents.enumerated() {
            take(request, position, agent)
            do throws(ArgusError) {
                try policies[position].act(
                    environment.local.rows(agent: agent), into: environment.actions.rows(agent: agent))
            } catch {
                throw WireError(.environment, "\(error)")
            }
            give(position, agent)
        }
        var reply = ServedReply()
        reply.frames = zip(actions, frames.reply.frames).map {
            UnsafeRawBufferPointer(rebasing: $0.bytes[..<$1.byteCount])
        }
        return reply
    }

    private func take(_ request: ServedRequest, _ position: Int, _ agent: Int) {
        let frame = { (role: ActFrames.Role) in
            request.frame(self.frames.request.index(role, position: position))
        }
        let (acting, start, random) = (frame(.acting), frame(.start), frame(.random))
        let layout = environment.layout
        let tensors = environment.tensors
        for copy in 0..<copies {
            let row = copy * layout.agents + agent
            tensors.acting[row] = acting[copy]
            environment.progress.starts[copy] = start[copy]
            // The driver's number for this decision takes the place of what is not known here.
            environment.progress.seeds[copy] = random.loadUnaligned(fromByteOffset: copy * 8, as: UInt64.self)
            let width = layout.observationSize
            UnsafeMutableRawPointer(tensors.observations.pointer + row * width).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: frame(.observation)[copy * width * 4..<(copy + 1) * width * 4])
                    .baseAddress ?? UnsafeRawPointer(tensors.observations.pointer), byteCount: width * 4)
            guard layout.isDiscrete else { continue }
            let legal = frame(.legal)
            for choice in 0..<layout.legalSize {
                tensors.legal[row * layout.legalSize + choice] = legal[copy * layout.legalSize + choice]
            }
        }
    }

    private func give(_ position: Int, _ agent: Int) {
        let layout = environment.layout
        let size = layout.actionSize * 4
        guard var target = actions[position].bytes.baseAddress else { return }
        for copy in 0..<copies {
            let offset = (copy * layout.agents + agent) * layout.actionSize
            let source =
                layout.isDiscrete
                ? UnsafeRawPointer(environment.tensors.actions.pointer + offset)
                : UnsafeRawPointer(environment.tensors.continuousActions.pointer + offset)
            if environment.tensors.acting[copy * layout.agents + agent] != 0 {
                target.copyMemory(from: source, byteCount: size)
            } else {
                target.initializeMemory(as: UInt8.self, repeating: 0, count: size)
            }
            target += size
        }
    }
}
