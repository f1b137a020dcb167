import ArgusEnvAPI

/// Makes recorded steps again, each from its own recorded state, and compares what comes of them.
///
/// The environment is handed each line as a snapshot (environments that can be compared so say in their README which
/// keys they read). Compared are: the legal choices before the step, of the agents that act; rewards, observations and
/// the state after it, within the tolerance; who is out; and whether the episode ended by rule, which a recording says
/// by all agents of a group being out. (An end for the episode's length is the host's affair.)
public final class TransitionVerification {
    private let recording: RecordingFile<RecordedTransition>
    private let environment: VectorEnvironment
    private let comparison: StepComparison
    private let comparesState: Bool

    /// - Parameters:
    ///   - environment: the environment's id.
    ///   - tolerance: how far rewards, observations and states may differ.
    /// - Throws: ``ArgusError`` for an environment without snapshots, or one whose agents or sizes are not the file's.
    public init(
        environment id: String, recording: RecordingFile<RecordedTransition>, host: EnvironmentHost, tolerance: Float
    ) throws(ArgusError) {
        self.recording = recording
        comparesState = recording.header.stateSize != nil
        environment = try TransitionVerification.environment(id, recording, host)
        comparison = StepComparison(environment: environment, tolerance: tolerance)
        guard environment.offersSnapshot else {
            throw ArgusError(
                .file, "transitions cannot be made again", at: recording.headerPlace,
                found: "environment '\(id)' without snapshots", expected: "an environment that can take a state")
        }
        let header = recording.header
        try requireEqual("observation_size", header.observationSize, environment.specification.observationSize)
        if let size = header.stateSize { try requireEqual("state_size", size, environment.central.size) }
    }

    private func requireEqual(_ key: String, _ found: Int, _ expected: Int) throws(ArgusError) {
        guard found != expected else { return }
        throw ArgusError(
            .file, "other sizes in the recording", at: "\(recording.headerPlace), key '\(key)'", found: "\(found)",
            expected: "\(expected)")
    }

    /// The environment with the header's parameters, and the header's agents: where these differ, the value of a
    /// parameter with named choices that gives them (such as whether opponents are agents too).
    private static func environment(
        _ id: String, _ recording: RecordingFile<RecordedTransition>, _ host: EnvironmentHost
    ) throws(ArgusError) -> VectorEnvironment {
        let header = recording.header
        var scenario = Scenario(
            id: id, environment: id, parameters: [:], horizon: Scenario.horizonLimit,
            reward: .individual, masks: .exact, file: recording.headerPlace)
        let descriptor = try host.source(for: scenario).descriptor(for: scenario)
        let names = Set(descriptor.parameters.map(\.name))
        scenario.parameters = header.others.filter { names.contains($0.key) }
        var candidates = [scenario.parameters]
        for parameter in descriptor.parameters where scenario.parameters[parameter.name] == nil {
            guard case .choice(let values) = parameter.kind else { continue }
            for value in values where .string(value) != parameter.defaultValue {
                candidates.append(scenario.parameters.merging([parameter.name: .string(value)]) { $1 })
            }
        }
        var agents: [String] = []
        for parameters in candidates {
            scenario.parameters = parameters
            var environment = try host.makeVectorEnvironment(scenario, copies: 1)
            let found = environment.specification.agents.map(\.name)
            if agents.isEmpty { agents = found }
            guard found == header.agents else { continue }
            if header.stateSize != nil, environment.specification.state != nil {
                scenario.state = .native
                environment = try host.makeVectorEnvironment(scenario, copies: 1)
            }
            return environment
        }
        throw ArgusError(
            .file, "other agents in the recording", at: "\(recording.headerPlace), key 'agents'",
            found: header.agents.joined(separator: ", "), expected: agents.joined(separator: ", "))
    }

    /// Makes all steps, or up to the first difference.
    ///
    /// - Parameter progress: called after each with the number so far and in all.
    /// - Throws: ``ArgusError`` for a line of the wrong shape, a state that the environment refuses, or an environment
    ///   that fails.
    public func run(progress: (Int, Int) -> Void = { _, _ in }) throws(ArgusError) -> VerificationOutcome {
        var outcome = VerificationOutcome()
        for index in 0..<recording.count {
            let transition = try recording.record(index)
            try check(transition, recording.place(index))
            if let mismatch = try compare(transition, index) {
                outcome.difference = mismatch.difference(
                    place: recording.place(index), episode: nil, seed: nil, environment.specification)
                return outcome
            }
            outcome.steps += 1
            progress(index + 1, recording.count)
        }
        return outcome
    }

    // MARK: Shapes

    private func check(_ transition: RecordedTransition, _ place: String) throws(ArgusError) {
        func require(
            _ key: String, _ found: Int, _ expected: Int, orPadded padded: Int? = nil
        ) throws(ArgusError) {
            guard found != expected, found != padded else { return }
            throw ArgusError(
                .file, "bad transition in recording", at: "\(place), key '\(key)'", found: "\(found) entries",
                expected: "\(expected)")
        }
        let specification = environment.specification
        let agents = specification.agents.count
        try require("actions", transition.actions.count, agents)
        try require("rewards", transition.rewards.count, agents)
        try require("dones", transition.dones.count, agents)
        try require("observations", transition.observations.count, agents)
        for (agent, row) in transition.observations.enumerated() {
            let own = specification.agents[agent].observationSize ?? specification.observationSize
            try require("observations[\(agent)]", row.count, own, orPadded: specification.observationSize)
        }
        if let masks = transition.masks {
            try require("masks", masks.count, agents)
            for (agent, row) in masks.enumerated() {
                // Where there is one head, its padding may be left out.
                let own = specification.agents[agent].actionSizes.flatMap { $0.count == 1 ? $0[0] : nil }
                try require(
                    "masks[\(agent)]", row.count, own ?? specification.legalSize, orPadded: specification.legalSize)
            }
        }
        if comparesState {
            try require("world_state", transition.worldState?.count ?? 0, environment.central.size)
        }
        for (agent, action) in transition.actions.enumerated() {
            if let misfit = comparison.misfit(action) {
                throw ArgusError(
                    .file, "bad transition in recording", at: "\(place), key 'actions[\(agent)]'", found: misfit.found,
                    expected: misfit.expected)
            }
        }
    }

    // MARK: Comparison

    private func compare(_ recorded: RecordedTransition, _ index: Int) throws(ArgusError) -> RecordedMismatch? {
        // An episode of its own for each: a state from which an episode ended leaves nothing to the next.
        if let mismatch = try comparison.begin(seed: 0) { return mismatch }
        do {
            try environment.restoreEnvironment(copy: 0, from: recording.bytes(index))
        } catch {
            throw ArgusError(
                .file, "bad state in recording", at: recording.place(index), found: error.found,
                expected: "a state that environment '\(environment.environmentId)' takes; its README names the keys")
        }
        if let mismatch = maskMismatch(recorded) { return mismatch }
        comparison.write(recorded.actions)
        environment.fillIdleActions()
        try environment.step()
        let end = environment.outcome.end(0)
        guard end != .failed else {
            return RecordedMismatch(
                quantity: "end", found: "a step that failed: \(environment.lastReport ?? "no reason given")",
                expected: "a step")
        }
        return endMismatch(recorded, end) ?? comparison.rewardMismatch(recorded.rewards)
            ?? comparison.observationMismatch(recorded.observations, comparison.observations)
            ?? stateMismatch(recorded, end)
    }

    private func maskMismatch(_ recorded: RecordedTransition) -> RecordedMismatch? {
        guard let masks = recorded.masks else { return nil }
        for (agent, row) in masks.enumerated() {
            let rows = environment.local.rows(agent: agent)
            // Only choice 0 is legal where nobody decides, whatever the reference writes there.
            guard rows.isActing(0), let legal = rows.legal(0) else { continue }
            for (choice, expected) in row.enumerated() where Int(legal[choice]) != expected {
                return RecordedMismatch(
                    agent: agent, quantity: "legal choice", component: choice, found: "\(legal[choice])",
                    expected: "\(expected)")
            }
        }
        return nil
    }

    private func endMismatch(_ recorded: RecordedTransition, _ end: EpisodeEnd) -> RecordedMismatch? {
        let agents = environment.specification.agents
        let isOver = environment.specification.groups.indices.contains { group in
            agents.indices.allSatisfy { agents[$0].group != group || recorded.dones[$0] != 0 }
        }
        guard isOver == (end == .terminated) else {
            return RecordedMismatch(
                quantity: "end", found: end == .terminated ? "ended by rule" : "going on",
                expected: isOver ? "ended by rule" : "going on")
        }
        for agent in agents.indices where !isOver {
            let (found, expected) = (environment.outcome.terminated[agent] != 0, recorded.dones[agent] != 0)
            if found != expected {
                return RecordedMismatch(agent: agent, quantity: "out", found: "\(found)", expected: "\(expected)")
            }
        }
        return nil
    }

    private func stateMismatch(_ recorded: RecordedTransition, _ end: EpisodeEnd) -> RecordedMismatch? {
        guard comparesState, let state = recorded.worldState else { return nil }
        let found = end == .running ? environment.central.states : environment.central.finalStates
        for (component, expected) in state.enumerated() {
            if let mismatch = comparison.mismatch(found[component], expected, "state", nil, component) {
                return mismatch
            }
        }
        return nil
    }
}
