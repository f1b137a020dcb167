import ArgusHost

/// One rollout: everything that learning needs of `steps` steps of `copies` copies, in memory that is reused.
///
/// Layout [step, copy, agent, …]. What an agent meets and may do has one step more than what came of it: the values of the
/// observations after the last step bootstrap episodes that go on.
final class RolloutStorage {
    let steps: Int
    let copies: Int
    let agents: Int
    let inputSize: Int
    let stateSize: Int
    let legalSize: Int
    private let stateScaling: BoundsScaling

    /// [steps + 1, copy, agent, component]: encoded observations.
    let inputs: AlignedBuffer<Float>
    /// [steps + 1, copy, component]: native global states, scaled; empty when the inputs of a copy are its state.
    let states: AlignedBuffer<Float>
    /// [steps + 1, copy, agent, choice]
    let legal: AlignedBuffer<UInt8>
    /// [steps + 1, copy, agent, head]; empty for continuous actions. The last row is for who bootstraps with actions.
    let choices: AlignedBuffer<Int64>
    /// [step, copy, agent, component]: u of continuous actions, see ``GaussianSampler``; empty for discrete ones.
    let deviates: AlignedBuffer<Float>
    /// [step, copy, agent]
    let logProbabilities: AlignedBuffer<Float>
    /// [steps + 1, copy, agent]: 1 where the agent decides.
    let acting: AlignedBuffer<UInt8>
    /// [step, copy, agent]
    let rewards: AlignedBuffer<Float>
    /// [step, copy, agent]
    let terminated: AlignedBuffer<UInt8>
    /// [step, copy]: ``EpisodeEnd`` raw values.
    let ended: AlignedBuffer<UInt8>
    /// [step, copy]
    let elapsed: AlignedBuffer<Float>
    /// [steps + 1, copy]: 1 where an episode begins at this step.
    let starts: AlignedBuffer<Float>

    /// Inputs (and states) of truncated episodes' final rows, one after the other, and where they belong: (step, copy).
    private(set) var finalPlaces: [Int] = []
    private(set) var finalInputs: [Float] = []
    private(set) var finalStates: [Float] = []
    /// What would be legal there, and who would act: [place, agent, choice] and [place, agent].
    private(set) var finalLegal: [UInt8] = []
    private(set) var finalActing: [UInt8] = []

    init(
        steps: Int, copies: Int, agents: Int, inputSize: Int, stateSize: Int, rule: ActionRule, legalSize: Int,
        horizon: Int, stateScaling: BoundsScaling
    ) {
        self.stateScaling = stateScaling
        self.steps = steps
        self.copies = copies
        self.agents = agents
        self.inputSize = inputSize
        self.stateSize = stateSize
        self.legalSize = legalSize
        let rows = steps * copies * agents
        inputs = AlignedBuffer(count: (steps + 1) * copies * agents * inputSize, zero: 0)
        states = AlignedBuffer(count: (steps + 1) * copies * stateSize, zero: 0)
        legal = AlignedBuffer(count: (steps + 1) * copies * agents * legalSize, zero: 1)
        choices = AlignedBuffer(count: (steps + 1) * copies * agents * rule.heads.count, zero: 0)
        deviates = AlignedBuffer(count: rule.heads.isEmpty ? rows * rule.outputs : 0, zero: 0)
        logProbabilities = AlignedBuffer(count: rows, zero: 0)
        acting = AlignedBuffer(count: (steps + 1) * copies * agents, zero: 1)
        rewards = AlignedBuffer(count: rows, zero: 0)
        terminated = AlignedBuffer(count: rows, zero: 0)
        ended = AlignedBuffer(count: steps * copies, zero: 0)
        elapsed = AlignedBuffer(count: steps * copies, zero: 1)
        starts = AlignedBuffer(count: (steps + 1) * copies, zero: 0)
        let expected = copies * (steps / max(1, horizon) + 2)
        finalPlaces.reserveCapacity(expected)
        finalInputs.reserveCapacity(expected * agents * inputSize)
        finalStates.reserveCapacity(expected * stateSize)
        finalLegal.reserveCapacity(expected * agents * legalSize)
        finalActing.reserveCapacity(expected * agents)
    }

    /// What advantages and returns are made of.
    var transitions: Transitions {
        Transitions(
            steps: steps, copies: copies, agents: agents, rewards: rewards.pointer, acting: acting.pointer,
            terminated: terminated.pointer, ended: ended.pointer, elapsed: elapsed.pointer)
    }

    /// Where an actor puts step `step`'s choices.
    func destination(step: Int) -> TeamActor.Destination {
        let rows = copies * agents
        return TeamActor.Destination(
            choices: choices.pointer + step * (choices.count / (steps + 1)),
            deviates: deviates.pointer + step * (deviates.count / steps),
            logProbabilities: logProbabilities.pointer + step * rows)
    }

    func begin() {
        finalPlaces.removeAll(keepingCapacity: true)
        finalInputs.removeAll(keepingCapacity: true)
        finalStates.removeAll(keepingCapacity: true)
        finalLegal.removeAll(keepingCapacity: true)
        finalActing.removeAll(keepingCapacity: true)
    }

    /// Stores what agents see before step `step` (or after the last).
    func storeObservations(_ environment: VectorEnvironment, _ encoding: InputEncoding, step: Int) {
        let local = environment.local
        let rows = copies * agents
        if let source = local.observations.baseAddress {
            encoding.encode(source, rows: rows, into: inputs.pointer + step * rows * inputSize)
        }
        if stateSize > 0, let source = environment.central.states.baseAddress {
            stateScaling.apply(
                source, rows: copies, into: states.pointer + step * copies * stateSize, resultStride: stateSize)
        }
        for copy in 0..<copies { starts.pointer[step * copies + copy] = Float(local.starts[copy]) }
        if let source = local.legal.baseAddress {
            (legal.pointer + step * rows * legalSize).update(from: source, count: rows * legalSize)
        }
        if let source = local.acting.baseAddress {
            (acting.pointer + step * rows).update(from: source, count: rows)
        }
    }

    /// Stores what step `step` brought.
    func storeOutcome(_ environment: VectorEnvironment, _ encoding: InputEncoding, step: Int) {
        let outcome = environment.outcome
        let rows = copies * agents
        (rewards.pointer + step * rows).update(from: outcome.rewards.pointer, count: rows)
        (terminated.pointer + step * rows).update(from: outcome.terminated.pointer, count: rows)
        (ended.pointer + step * copies).update(from: outcome.ended.pointer, count: copies)
        (elapsed.pointer + step * copies).update(from: outcome.elapsed.pointer, count: copies)
        for copy in 0..<copies where outcome.ended.pointer[copy] == EpisodeEnd.truncated.rawValue {
            storeFinal(environment, encoding, copy: copy, place: step * copies + copy)
        }
    }

    /// Who does not act has choice 0, whatever was drawn: for values of actions.
    func clearIdleChoices(step: Int) {
        let rows = copies * agents
        let heads = choices.count / ((steps + 1) * rows)
        for row in step * rows..<(step + 1) * rows where acting.pointer[row] == 0 {
            for index in row * heads..<(row + 1) * heads { choices.pointer[index] = 0 }
        }
    }

    /// Gives every agent the sum of the agents' rewards, for values that are the team's.
    func sumRewards() {
        for place in 0..<steps * copies {
            let row = rewards.pointer + place * agents
            var sum: Float = 0
            for agent in 0..<agents { sum += row[agent] }
            for agent in 0..<agents { row[agent] = sum }
        }
    }

    /// Which final rows belong to steps from `step` on.
    func finals(from step: Int) -> Range<Int> {
        var first = finalPlaces.count
        while first > 0, finalPlaces[first - 1] >= step * copies { first -= 1 }
        return first..<finalPlaces.count
    }

    /// Which final rows belong to some steps.
    func finals(of range: Range<Int>) -> Range<Int> {
        finals(from: range.lowerBound).lowerBound..<finals(from: range.upperBound).lowerBound
    }

    private func storeFinal(_ environment: VectorEnvironment, _ encoding: InputEncoding, copy: Int, place: Int) {
        finalPlaces.append(place)
        let row = copy * agents * encoding.observationSize
        append(to: &finalInputs, count: agents * inputSize) {
            encoding.encode(environment.outcome.finalObservations.pointer + row, rows: agents, into: $0)
        }
        let rows = copy * agents..<(copy + 1) * agents
        let choices = rows.lowerBound * legalSize..<rows.upperBound * legalSize
        finalLegal.append(contentsOf: environment.outcome.finalLegal.elements[choices])
        finalActing.append(contentsOf: environment.outcome.finalActing.elements[rows])
        guard stateSize > 0, let states = environment.central.finalStates.baseAddress else { return }
        append(to: &finalStates, count: stateSize) {
            stateScaling.apply(states + copy * stateSize, rows: 1, into: $0, resultStride: stateSize)
        }
    }

    private func append(to values: inout [Float], count: Int, _ write: (UnsafeMutablePointer<Float>) -> Void) {
        let first = values.count
        values.append(contentsOf: repeatElement(0, count: count))
        values.withUnsafeMutableBufferPointer { buffer in
            if let base = buffer.baseAddress { write(base + first) }
        }
    }
}
