import ArgusEnvAPI
import CArgusEnv

/// The copies of a vector environment that one thread steps, with that thread's own plugin instance.
///
/// All indices here are the vector environment's; a slice touches its own `range` of every shared buffer only.
final class EnvironmentSlice {
    let range: Range<Int>
    let instance: EnvironmentInstance
    private let layout: EnvironmentLayout
    private let tensors: EnvironmentTensors
    private let outcome: StepOutcome
    private let progress: EpisodeProgress
    private let horizon: Int
    private let rewardIsTeams: Bool
    private let checksLegal: Bool
    private let resetMask: AlignedBuffer<UInt8>
    /// [copy of this slice]: what comes after the next step, for instances that want to know.
    private let plan: AlignedBuffer<UInt8>
    private let nextSeeds: AlignedBuffer<UInt64>
    /// True: the next batch resets all copies instead of stepping.
    var isResetting = false
    /// Reports of the instance that have been passed on.
    var reportsSeen = 0
    /// What went wrong in the last batch.
    var error: ArgusError?

    init(
        range: Range<Int>, instance: EnvironmentInstance, layout: EnvironmentLayout, tensors: EnvironmentTensors,
        outcome: StepOutcome, progress: EpisodeProgress, scenario: Scenario
    ) throws(ArgusError) {
        self.range = range
        self.instance = instance
        self.layout = layout
        self.tensors = tensors
        self.outcome = outcome
        self.progress = progress
        horizon = scenario.horizon
        rewardIsTeams = scenario.reward == .team
        checksLegal = scenario.masks == .exact && layout.isDiscrete
        resetMask = AlignedBuffer(count: range.count, zero: 0)
        plan = AlignedBuffer(count: instance.wantsPlan ? range.count : 0, zero: 0)
        nextSeeds = AlignedBuffer(count: instance.wantsPlan ? range.count : 0, zero: 0)
        try instance.bind(tensors.buffers(firstCopy: range.lowerBound))
    }

    /// Begins new episodes in all copies.
    func resetAll() {
        do throws(ArgusError) {
            for index in 0..<range.count { resetMask.pointer[index] = 1 }
            try resetMasked()
        } catch { self.error = error }
    }

    /// One step of every active copy; copies that end are reset.
    func step() {
        do throws(ArgusError) {
            try checkActions()
            let active = UnsafePointer(progress.active.pointer + range.lowerBound)
            if instance.wantsPlan { try announcePlan() }
            let discarded = try instance.step(active)
            var needsReset = false
            for copy in range {
                if progress.active.pointer[copy] != 0 {
                    needsReset = try finishStep(copy) || needsReset
                } else {
                    outcome.ended.pointer[copy] = EpisodeEnd.running.rawValue
                    clearRewards(copy)
                }
            }
            if discarded { try requireFailedCopy(outcome.ended.pointer, EpisodeEnd.failed.rawValue, "step") }
            if needsReset { try resetMasked() }
        } catch { self.error = error }
    }

    // MARK: After a step

    /// Rewards, checks and the end of the episode. Returns true when the copy must be reset.
    @inline(__always)
    private func finishStep(_ copy: Int) throws(ArgusError) -> Bool {
        progress.steps.pointer[copy] += 1
        progress.starts.pointer[copy] = 0
        outcome.elapsed.pointer[copy] = tensors.elapsed.pointer[copy]
        let ended = tensors.ended.pointer[copy]
        guard ended <= 3 else { throw broken(copy, "the value \(ended) of ended", "0, 1, 2 or 3") }
        if ended != 2 { try checkElapsed(copy) }
        guard ended != 2, progress.discarded.pointer[copy] == 0, try isFinite(copy) else {
            clearRewards(copy)
            end(copy, .failed)
            return true
        }
        if checksLegal { try checkLegal(copy) }
        writeRewards(copy)
        let firstRow = copy * layout.agents
        for row in firstRow..<firstRow + layout.agents {
            outcome.terminated.pointer[row] = tensors.terminated.pointer[row]
        }
        if ended == 0 && progress.steps.pointer[copy] < horizon {
            outcome.ended.pointer[copy] = EpisodeEnd.running.rawValue
            return false
        }
        try instance.metricValues(
            copy: copy - range.lowerBound,
            into: outcome.episodeMetrics.pointer + copy * instance.metrics.count)
        end(copy, ended == 1 ? .terminated : .truncated)
        return true
    }

    /// Says which copies' episodes are truncated with this step, and which seeds come next.
    private func announcePlan() throws(ArgusError) {
        let first = range.lowerBound
        for copy in range {
            var bits: UInt32 = 0
            nextSeeds.pointer[copy - first] = 0
            if progress.active.pointer[copy] != 0 {
                if progress.steps.pointer[copy] + 1 >= horizon { bits |= ARGUS_PLAN_LAST }
                let episode = progress.episode.pointer[copy] + 1
                if let seed = progress.episodes.seed(copy: copy, episode: episode, copies: layout.copies) {
                    bits |= ARGUS_PLAN_CONTINUE
                    nextSeeds.pointer[copy - first] = seed
                }
            }
            plan.pointer[copy - first] = UInt8(bits)
        }
        try instance.plan(plan.pointer, nextSeeds.pointer)
    }

    /// Keeps the final rows and the episode's numbers.
    private func end(_ copy: Int, _ how: EpisodeEnd) {
        outcome.ended.pointer[copy] = how.rawValue
        let rows = layout.agents
        let observations = rows * layout.observationSize
        (outcome.finalObservations.pointer + copy * observations)
            .update(from: tensors.observations.pointer + copy * observations, count: observations)
        let legal = rows * layout.legalSize
        (outcome.finalLegal.pointer + copy * legal).update(from: tensors.legal.pointer + copy * legal, count: legal)
        (outcome.finalActing.pointer + copy * rows).update(from: tensors.acting.pointer + copy * rows, count: rows)
        if layout.stateSize > 0 {
            (progress.finalState.pointer + copy * layout.stateSize)
                .update(from: tensors.state.pointer + copy * layout.stateSize, count: layout.stateSize)
        }
        outcome.episodeSeeds.pointer[copy] = progress.seeds.pointer[copy]
        outcome.episodeIndices.pointer[copy] = progress.episode.pointer[copy]
        outcome.episodeLengths.pointer[copy] = progress.steps.pointer[copy]
        for group in copy * layout.groups..<(copy + 1) * layout.groups {
            outcome.episodeReturns.pointer[group] = progress.returns.pointer[group]
        }
        resetMask.pointer[copy - range.lowerBound] = 1
    }

    /// A copy that made no valid step has no reward: none may be left of an earlier one.
    @inline(__always)
    private func clearRewards(_ copy: Int) {
        let agents = layout.agents
        (outcome.rewards.pointer + copy * agents).update(repeating: 0, count: agents)
        (outcome.terminated.pointer + copy * agents).update(repeating: 0, count: agents)
    }

    /// Adds this step's reward to the groups' returns and hands each agent its reward.
    @inline(__always)
    private func writeRewards(_ copy: Int) {
        let agents = layout.agents
        let rewards = tensors.rewards.pointer + copy * layout.rewardRows
        let returns = progress.returns.pointer + copy * layout.groups
        let result = outcome.rewards.pointer + copy * agents
        layout.groupOfAgent.withUnsafeBufferPointer { groupOfAgent in
            if layout.rewardIsPerAgent {
                for agent in 0..<agents { returns[groupOfAgent[agent]] += Double(rewards[agent]) }
                if rewardIsTeams {
                    for agent in 0..<agents {
                        var sum: Float = 0
                        for other in 0..<agents where groupOfAgent[other] == groupOfAgent[agent] {
                            sum += rewards[other]
                        }
                        result[agent] = sum
                    }
                } else {
                    for agent in 0..<agents { result[agent] = rewards[agent] }
                }
            } else {
                for group in 0..<layout.groups { returns[group] += Double(rewards[group]) }
                for agent in 0..<agents { result[agent] = rewards[groupOfAgent[agent]] }
            }
        }
    }

    // MARK: Resetting

    /// Resets the copies in `resetMask` with their next seeds; copies without one rest.
    private func resetMasked() throws(ArgusError) {
        let first = range.lowerBound
        // A seed whose reset fails is counted as a failed episode; an environment that fails every time is an error.
        for _ in 0..<1000 {
            for copy in range where resetMask.pointer[copy - first] != 0 {
                beginEpisode(copy)
                if progress.active.pointer[copy] == 0 { resetMask.pointer[copy - first] = 0 }
            }
            let discarded = try instance.reset(resetMask.pointer, progress.seeds.pointer + first)
            var again = false
            for copy in range where resetMask.pointer[copy - first] != 0 {
                let ended = tensors.ended.pointer[copy]
                guard ended == 0 || ended == 2 else {
                    throw broken(copy, "the value \(ended) of ended after a reset", "0, or 2 for a failed one")
                }
                if ended == 0, try isFinite(copy) {
                    if checksLegal { try checkLegal(copy) }
                    resetMask.pointer[copy - first] = 0
                } else {
                    progress.failedAtReset.pointer[copy] += 1
                    again = true
                }
            }
            if discarded && !again { try requireFailedCopy(tensors.ended.pointer, 2, "reset") }
            if !again { return }
        }
        throw ArgusError(
            .plugin, "the environment cannot begin an episode", at: instance.place,
            found: instance.lastReport ?? "1000 failed resets in a row", expected: "a reset that succeeds")
    }

    private func beginEpisode(_ copy: Int) {
        progress.episode.pointer[copy] += 1
        progress.steps.pointer[copy] = 0
        progress.starts.pointer[copy] = 1
        progress.discarded.pointer[copy] = 0
        for group in copy * layout.groups..<(copy + 1) * layout.groups { progress.returns.pointer[group] = 0 }
        let seed = progress.episodes.seed(
            copy: copy, episode: progress.episode.pointer[copy], copies: layout.copies)
        progress.active.pointer[copy] = seed == nil ? 0 : 1
        progress.seeds.pointer[copy] = seed ?? 0
        if seed == nil {
            for row in copy * layout.agents..<(copy + 1) * layout.agents { tensors.acting.pointer[row] = 0 }
        }
    }

    // MARK: Checks

    /// Refuses actions out of range before the plugin sees them.
    private func checkActions() throws(ArgusError) {
        let width = layout.actionSize
        let rowsPerCopy = layout.agents * width
        if layout.isDiscrete {
            for copy in range where progress.active.pointer[copy] != 0 {
                let row = tensors.actions.pointer + copy * rowsPerCopy
                let bad = layout.choices.withUnsafeBufferPointer { choices in
                    for index in 0..<rowsPerCopy where UInt32(bitPattern: row[index]) >= UInt32(choices[index]) {
                        // A head that an agent lacks takes 0.
                        if !(choices[index] == 0 && row[index] == 0) { return index }
                    }
                    return -1
                }
                if bad >= 0 {
                    throw badAction(
                        copy, bad / width, "\(row[bad]) for head \(bad % width)",
                        "0 to \(max(1, layout.choices[bad]) - 1)")
                }
            }
        } else if let bounds = layout.actionBounds {
            for copy in range where progress.active.pointer[copy] != 0 {
                let row = tensors.continuousActions.pointer + copy * rowsPerCopy
                for index in 0..<rowsPerCopy {
                    let component = index % width
                    // Written so that NaN is refused too.
                    guard row[index] >= bounds.low[component], row[index] <= bounds.high[component] else {
                        throw badAction(
                            copy, index / width, "\(row[index]) for component \(component)",
                            "\(bounds.low[component]) to \(bounds.high[component])")
                    }
                }
            }
        }
    }

    /// Whether a copy's numbers are finite. Where they are not, that is an error, or from another process the end of this
    /// episode alone.
    @inline(__always)
    private func isFinite(_ copy: Int) throws(ArgusError) -> Bool {
        do throws(ArgusError) {
            try checkNumbers(copy)
            return true
        } catch {
            guard instance.isolatesFaults else { throw error }
            instance.report("\(error)", copy: copy - range.lowerBound)
            return false
        }
    }

    @inline(__always)
    private func checkElapsed(_ copy: Int) throws(ArgusError) {
        guard tensors.elapsed.pointer[copy] >= 0, tensors.elapsed.pointer[copy] < .infinity else {
            throw broken(copy, "the value \(tensors.elapsed.pointer[copy]) of elapsed", "a finite time, 0 or more")
        }
    }

    /// Refuses observations, rewards or states that are not finite, which would silently spoil whatever reads them.
    @inline(__always)
    private func checkNumbers(_ copy: Int) throws(ArgusError) {
        let width = layout.agents * layout.observationSize
        if !allFinite(tensors.observations.pointer + copy * width, width) {
            try throwNotFinite(
                copy, tensors.observations.pointer + copy * width, "observation", layout.observationSize,
                layout.agentNames)
        }
        let rewards = layout.rewardRows
        if !allFinite(tensors.rewards.pointer + copy * rewards, rewards) {
            try throwNotFinite(
                copy, tensors.rewards.pointer + copy * rewards, "reward", 1,
                layout.rewardIsPerAgent ? layout.agentNames : layout.groupNames)
        }
        if layout.stateSize > 0, !allFinite(tensors.state.pointer + copy * layout.stateSize, layout.stateSize) {
            try throwNotFinite(
                copy, tensors.state.pointer + copy * layout.stateSize, "state", layout.stateSize, ["the copy"])
        }
    }

    /// Refuses rows without a legal choice.
    @inline(__always)
    private func checkLegal(_ copy: Int) throws(ArgusError) {
        let offsets = layout.headOffsets
        for agent in 0..<layout.agents {
            let row = tensors.legal.pointer + (copy * layout.agents + agent) * layout.legalSize
            for head in 0..<layout.actionSize {
                var any: UInt8 = 0
                for choice in offsets[head]..<offsets[head + 1] { any |= row[choice] }
                if any != 1 {
                    throw broken(
                        copy,
                        any == 0
                            ? "no legal choice of head \(head) for \(layout.agentNames[agent])"
                            : "a value other than 0 and 1 in the legal row of \(layout.agentNames[agent])",
                        "1 for legal, 0 for illegal, and at least one legal choice of every head")
                }
            }
        }
    }

    /// - Parameters: `width`: components of a row; `names`: whose the rows are.
    private func throwNotFinite(
        _ copy: Int, _ values: UnsafePointer<Float>, _ tensor: String, _ width: Int, _ names: [String]
    ) throws(ArgusError) {
        for index in 0..<width * names.count where !values[index].isFinite {
            let component = width > 1 ? " in component \(index % width)" : ""
            throw broken(
                copy, "\(values[index])\(component) of the \(tensor) of \(names[index / width])", "finite numbers")
        }
    }

    /// A plugin that says it discarded something must say what.
    private func requireFailedCopy(_ ended: UnsafePointer<UInt8>, _ failed: UInt8, _ call: String) throws(ArgusError) {
        for copy in range where ended[copy] == failed { return }
        throw ArgusError(
            .plugin, "the environment breaks its contract", at: "\(instance.place), \(call)",
            found: "ARGUS_DISCARD without a copy whose ended is 2 (\(instance.lastReport ?? "no reason given"))",
            expected: "ended = 2 in each copy that failed")
    }

    private func broken(_ copy: Int, _ found: String, _ expected: String) -> ArgusError {
        ArgusError(
            .plugin, "the environment breaks its contract",
            at: "\(instance.place), seed \(progress.seeds[copy]), step \(progress.steps[copy])", found: found,
            expected: expected, remedy: "telling the plugin's author this seed and step")
    }

    private func badAction(_ copy: Int, _ agent: Int, _ found: String, _ expected: String) -> ArgusError {
        ArgusError(
            .policy, "action out of range",
            at: "agent \(layout.agentNames[agent]), seed \(progress.seeds[copy]), step \(progress.steps[copy])",
            found: found, expected: expected)
    }
}

/// True when no value is NaN or infinite. Integer arithmetic, so that it vectorises: the exponent of a value that is
/// not finite is all ones, and adding one to it carries into the sign bit.
@inline(__always)
private func allFinite(_ values: UnsafePointer<Float>, _ count: Int) -> Bool {
    values.withMemoryRebound(to: UInt32.self, capacity: count) { bits in
        var carry: UInt32 = 0
        for index in 0..<count { carry |= (bits[index] & 0x7F80_0000) &+ 0x0080_0000 }
        return carry & 0x8000_0000 == 0
    }
}
