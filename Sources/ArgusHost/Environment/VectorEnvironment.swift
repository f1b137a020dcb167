public import ArgusEnvAPI

/// Many copies of one scenario, stepped together on one or more threads.
///
/// The host owns all tensors; a plugin writes them in place. Copies that end are reset within the step, and their
/// final rows are kept in ``outcome``. The trajectories depend on the seeds and the actions alone, not on the number of
/// copies or threads.
///
/// Not Sendable: one thread at a time calls it.
public final class VectorEnvironment {
    public let scenario: Scenario
    /// The environment's id, also where the scenario names none because its peer has but one.
    public let environmentId: String
    /// The environment as the plugin specifies it, with the scenario's communication in it.
    public let specification: EnvironmentSpecification
    public let copies: Int
    /// What each agent sees: observations, legal choices, who acts. The only thing that an ``AgentPolicy`` is handed.
    public let local: LocalView
    /// Where policies write.
    public let actions: ActionRows
    /// Rewards, ends and final rows of the last step.
    public let outcome: StepOutcome
    /// The global state, for a central critic in training. Policies are never handed it.
    public let central: CentralView
    /// Scripted policies of the environment, the default first.
    public let baselines: [BaselineDescriptor]
    public let metrics: [MetricDescriptor]
    public let offersText: Bool
    public let offersSnapshot: Bool
    public let offersRender: Bool
    /// Fingerprint of environment version, specification and parameters: snapshots and checkpoints carry it.
    public let specificationHash: String

    /// Told why episodes failed; see ``FailureNotes``.
    public var failureNotes: FailureNotes?

    let layout: EnvironmentLayout
    let tensors: EnvironmentTensors
    let progress: EpisodeProgress
    /// Why a policy last gave an episode up.
    private var lastDiscard: String?
    private let slices: [EnvironmentSlice]
    private let workers: WorkerThreads

    /// Whether all agents of a group get the same reward: the group's sum, or the only one that the environment gives it.
    public var groupsShareRewards: Bool { scenario.reward == .team || specification.rewardScope == .group }

    /// Copies of a scenario whose environment is in a source that has been opened.
    ///
    /// - Parameters: `copies`: 1 to 1,048,576; `threads`: at most this many step them.
    /// - Throws: ``ArgusError``: (configuration) for parameters or settings that the environment does not take, (plugin)
    ///   when the source lacks the environment, fails or breaks the contract.
    public convenience init(
        _ source: any EnvironmentSource, scenario: Scenario, copies: Int, threads: Int = 1
    ) throws(ArgusError) {
        let descriptor = try source.descriptor(for: scenario)
        try self.init(
            source, scenario: scenario, parameters: try scenario.completeParameters(for: descriptor), copies: copies,
            threads: threads)
    }

    private static let largestCount = 1 << 20

    init(
        _ source: any EnvironmentSource, scenario: Scenario, parameters: ParameterValues, copies: Int, threads: Int
    ) throws(ArgusError) {
        guard copies > 0, copies <= VectorEnvironment.largestCount else {
            throw ArgusError(
                .configuration, "bad number of copies", at: "vector environment", found: "\(copies)",
                expected: "1 to \(VectorEnvironment.largestCount)")
        }
        let descriptor = try source.descriptor(for: scenario)
        // An instance without copies tells the specification before any memory is laid out.
        let probe = try EnvironmentInstance(
            source, environment: descriptor.id, parameters: parameters, copies: 0,
            communication: scenario.communication)
        let specification = probe.specification
        if scenario.state == .native && specification.state == nil {
            throw ArgusError(
                .configuration, "no native state", at: "scenario \(scenario.id), key 'state'", found: "native",
                expected: "an environment with a state of its own", remedy: "'state: concat'")
        }
        try VectorEnvironment.requireMetrics(of: scenario, among: probe.metrics.map(\.name))
        let layout = EnvironmentLayout(specification, copies: copies, wantsState: scenario.state == .native)
        let tensors = EnvironmentTensors(layout, wantsLegal: scenario.masks == .exact)
        let progress = EpisodeProgress(copies: copies, groups: layout.groups, stateSize: layout.stateSize)
        let outcome = StepOutcome(
            copies: copies, agents: layout.agents, groups: layout.groups, metrics: probe.metrics.count,
            observationSize: layout.observationSize, legalSize: layout.legalSize)
        let count = source.workers(copies: copies, threads: threads)
        source.prepare(workers: count)
        var slices: [EnvironmentSlice] = []
        for index in 0..<count {
            let range = index * copies / count..<(index + 1) * copies / count
            let instance = try EnvironmentInstance(
                source, environment: descriptor.id, parameters: parameters, copies: range.count, worker: index,
                communication: scenario.communication)
            slices.append(
                try EnvironmentSlice(
                    range: range, instance: instance, layout: layout, tensors: tensors, outcome: outcome,
                    progress: progress, scenario: scenario))
        }
        self.scenario = scenario
        environmentId = descriptor.id
        self.specification = specification
        self.copies = copies
        self.layout = layout
        self.tensors = tensors
        self.progress = progress
        self.outcome = outcome
        self.slices = slices
        let channels = Channels(slices.compactMap { slice in slice.instance.channel.map { (slice.range, $0) } })
        let talks = scenario.communication != nil
        local = LocalView(
            layout: layout, tensors: tensors, progress: progress, channels: talks ? channels : nil)
        actions = ActionRows(layout: layout, tensors: tensors, channels: talks ? channels : nil)
        central = CentralView(layout: layout, tensors: tensors, progress: progress, outcome: outcome)
        baselines = probe.baselines
        metrics = probe.metrics
        offersText = probe.offersText
        offersSnapshot = probe.offersSnapshot
        offersRender = probe.offersRender
        specificationHash = Fingerprint.of(
            "\(descriptor.id) \(descriptor.version) \(ParameterJSON.encode(parameters.values)) \(specification)")
        let work = slices
        workers = WorkerThreads(count: count) { index in
            if work[index].isResetting { work[index].resetAll() } else { work[index].step() }
        }
    }

    /// Refuses a score or reference in a metric that the environment does not have: it would silently be no number.
    private static func requireMetrics(of scenario: Scenario, among metrics: [String]) throws(ArgusError) {
        let names = ["return"] + metrics
        let wanted = [("score.metric", scenario.score?.metric)] + scenario.references.map { ("references", $0.metric) }
        for (key, name) in wanted {
            guard let name, !names.contains(name) else { continue }
            throw ArgusError(
                .configuration, "unknown metric", at: "\(scenario.file), key '\(key)'", found: "'\(name)'",
                expected: "one of \(names.joined(separator: ", "))",
                remedy: nearestName(to: name, in: names).map { "'\($0)'" })
        }
    }

    /// Begins new episodes in all copies.
    ///
    /// - Throws: ``ArgusError`` (plugin) when the environment fails or breaks its contract.
    public func reset(_ episodes: EpisodeSeeds) throws(ArgusError) {
        progress.episodes = episodes
        try resetAll(continuing: false)
    }

    /// - Parameter continuing: goes on with each copy's next episode instead of its first.
    func resetAll(continuing: Bool) throws(ArgusError) {
        for copy in 0..<copies where !continuing {
            progress.episode[copy] = -1
            progress.failedAtReset[copy] = 0
        }
        for slice in slices { slice.isResetting = true }
        workers.runBatch()
        for slice in slices { slice.isResetting = false }
        for copy in 0..<copies { outcome.ended[copy] = EpisodeEnd.running.rawValue }
        noteFailures()
        try throwFirstError()
    }

    /// Makes one step in every copy that has an episode, with the actions in ``actions``; fills ``outcome``.
    ///
    /// - Throws: ``ArgusError``: (policy) for an action out of range, (plugin) when the environment fails or breaks its
    ///   contract. The environment must be reset before it is stepped again.
    public func step() throws(ArgusError) {
        workers.runBatch()
        noteFailures()
        try throwFirstError()
    }

    /// Begins a step and returns at once, so that policies of other environments can compute meanwhile.
    ///
    /// Until ``finishStep()`` nothing of this environment may be used.
    public func beginStep() { workers.beginBatch() }

    /// Waits for the step that ``beginStep()`` began; else as ``step()``.
    public func finishStep() throws(ArgusError) {
        workers.finishBatch()
        noteFailures()
        try throwFirstError()
    }

    /// Gives up the running episode of a copy: it ends as failed with the next step, whatever that brings, so that nothing
    /// of it is counted as a result.
    ///
    /// For policies that cannot go on, such as a language model whose server has died.
    public func discardEpisode(copy: Int, reason: String) {
        precondition(copy >= 0 && copy < copies, "copy out of range")
        progress.discarded[copy] = 1
        lastDiscard = reason
        failureNotes?.note(reason)
    }

    /// Passes on what the environment has reported, such as why an episode failed.
    private func noteFailures() {
        guard let failureNotes else { return }
        for slice in slices where slice.reportsSeen != slice.instance.reportCount {
            slice.reportsSeen = slice.instance.reportCount
            for words in slice.instance.takeReports() { failureNotes.note(words) }
        }
    }

    /// False once every listed episode has been played.
    public var hasActiveCopies: Bool { progress.active.elements.contains { $0 != 0 } }

    /// Copies that have an episode to play.
    public var activeCount: Int { progress.active.elements.reduce(0) { $0 + Int($1) } }

    /// True while `copy` has an episode to play.
    @inline(__always)
    public func isActive(_ copy: Int) -> Bool { progress.active[copy] != 0 }

    /// Episodes that could not begin since the last reset.
    public var failedAtReset: Int { progress.failedAtReset.elements.reduce(0, +) }

    /// What the plugin, or a policy that gave an episode up, last reported, for messages about failed episodes.
    public var lastReport: String? { slices.lazy.compactMap(\.instance.lastReport).first ?? lastDiscard }

    /// Throws the error of the first slice that has one and forgets those of the others, which are of the same batch.
    private func throwFirstError() throws(ArgusError) {
        var first: ArgusError?
        for slice in slices {
            guard let error = slice.error else { continue }
            slice.error = nil
            first = first ?? error
        }
        if let first { throw first }
    }

    // MARK: Extensions

    /// The instance that holds `copy`, and the copy's index in it.
    func instance(of copy: Int) -> (EnvironmentInstance, Int) {
        precondition(copy >= 0 && copy < copies, "copy out of range")
        let slice = slices.first { $0.range.contains(copy) } ?? slices[0]
        return (slice.instance, copy - slice.range.lowerBound)
    }

    /// Role and rules in words, for one agent.
    ///
    /// - Parameter sendsSymbols: False: for a policy that never sends symbols (``AgentActionRows/silence(_:)``), and so is
    ///   not told that it may.
    public func textRules(agent: Int, sendsSymbols: Bool = true) throws(ArgusError) -> String {
        try slices[0].instance.textRules(agent: agent, sendsSymbols: sendsSymbols)
    }

    /// The situation as one agent sees it.
    ///
    /// - Parameter sendsSymbols: As in ``textRules(agent:sendsSymbols:)``.
    public func textSituation(copy: Int, agent: Int, sendsSymbols: Bool = true) throws(ArgusError) -> String {
        let (instance, index) = instance(of: copy)
        return try instance.textSituation(copy: index, agent: agent, sendsSymbols: sendsSymbols)
    }

    /// One choice in words.
    public func textAction(copy: Int, agent: Int, choice: Int) throws(ArgusError) -> String {
        let (instance, index) = instance(of: copy)
        return try instance.textAction(copy: index, agent: agent, choice: choice)
    }

    /// How far the text rounds each observation component; empty: not at all.
    public var textQuanta: [Float] { slices[0].instance.textQuanta }

    /// A picture of one copy as lines of text.
    public func renderText(copy: Int, color: Bool) throws(ArgusError) -> String {
        let (instance, index) = instance(of: copy)
        return try instance.renderText(copy: index, color: color)
    }
}
