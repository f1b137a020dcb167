import ArgusEnvAPI
import CArgusEnv

/// Plays one episode after another in every copy of an instance.
///
/// Actions depend on the episode's seed, the step, the agent and its legal row alone, and each episode's seed on the one
/// before, so that a copy's trajectory is the same in whatever batch it is.
struct EpisodePlayer {
    /// Which actions are chosen.
    enum Choice {
        /// Uniformly among the legal ones.
        case legal
        /// Uniformly among all in range, illegal ones too.
        case inRange
        /// The smallest or the largest of each component, illegal ones too.
        case extreme
        /// As `inRange`, but the same in every episode, whatever its seed.
        case repeated
    }

    let instance: BoundaryInstance
    let horizon: Int
    private let choice: Choice
    private(set) var seeds: [UInt64] = []
    private(set) var steps: [Int] = []
    /// Time spent in steps of all copies so far.
    private(set) var stepTime = Duration.zero
    private let random = CounterRandom(run: 7, purpose: .action)

    init(_ instance: BoundaryInstance, horizon: Int, choosing choice: Choice) {
        self.instance = instance
        self.horizon = horizon
        self.choice = choice
    }

    /// Begins the episodes with these seeds, one in each copy.
    mutating func begin(_ seeds: [UInt64]) throws {
        self.seeds = seeds
        steps = Array(repeating: 0, count: seeds.count)
        if let first = seeds.first { CallTrace.shared.note(seed: first, step: 0) }
        try located { try instance.reset(seeds) }
    }

    /// Goes on in one copy as if it had made `step` steps of the episode with this seed, after a state was loaded there.
    mutating func assume(copy: Int, seed: UInt64, step: Int) {
        seeds[copy] = seed
        steps[copy] = step
    }

    /// One step of every copy, then a new episode in those that ended or reached the horizon.
    mutating func step(poison: UInt8? = nil, visit: (EpisodePlayer) throws -> Void = { _ in }) throws {
        writeActions()
        if let poison { instance.poison(poison) }
        if let first = seeds.first { CallTrace.shared.note(seed: first, step: steps[0]) }
        let start = ContinuousClock.now
        try located { try instance.step() }
        stepTime += ContinuousClock.now - start
        for copy in seeds.indices { steps[copy] += 1 }
        try visit(self)
        var mask = [UInt8](repeating: 0, count: seeds.count)
        for copy in seeds.indices where isOver(copy) {
            mask[copy] = 1
            seeds[copy] = SplitMix64.mix(seeds[copy] &+ 0x9E37_79B9_7F4A_7C15)
            steps[copy] = 0
        }
        if mask.contains(1) { try located { try instance.reset(seeds, mask: mask) } }
    }

    /// One step of every copy as ``step(poison:visit:)`` does it; the time of the environment's step alone.
    mutating func timedStep() throws -> Duration {
        let before = stepTime
        try step()
        return stepTime - before
    }

    /// One step of one copy alone. False when its episode is over: it makes no more steps.
    mutating func stepOnly(_ copy: Int) throws -> Bool {
        guard !isOver(copy) else { return false }
        writeActions()
        var mask = [UInt8](repeating: 0, count: seeds.count)
        mask[copy] = 1
        CallTrace.shared.note(seed: seeds[copy], step: steps[copy])
        try located { try instance.step(mask: mask) }
        steps[copy] += 1
        return true
    }

    /// Says which episode and step a failure of the instance belongs to.
    private func located(_ body: () throws -> Void) throws {
        do {
            try body()
        } catch let failure as ConformanceFailure {
            let copy = instance.reportedCopy ?? 0
            guard copy < seeds.count else { throw failure }
            throw failure.at(seed: seeds[copy], step: steps[copy])
        }
    }

    /// True when the episode has ended by rule or at the horizon.
    func isOver(_ copy: Int) -> Bool { instance.bytes(.ended, copy)[0] != 0 || steps[copy] >= horizon }

    /// Writes every copy's actions for the next step.
    func writeActions() {
        for copy in seeds.indices {
            for agent in instance.specification.agents.indices { writeAction(copy, agent) }
        }
    }

    private func writeAction(_ copy: Int, _ agent: Int) {
        guard let row = instance.tensor(.action)?.row(copy, agent) else { return }
        let draw = random.keyed(choice == .repeated ? 0 : seeds[copy]).keyed(UInt64(steps[copy])).keyed(UInt64(agent))
        switch instance.specification.actions {
        case .discrete(let heads):
            let actions = row.bindMemory(to: Int32.self)
            let own = instance.specification.agents[agent].actionSizes ?? heads
            let legal = instance.bytes(.legal, copy, agent)
            let isIdle = instance.bytes(.acting, copy, agent)[0] == 0
            var first = 0
            for head in heads.indices {
                var choices = Array(0..<max(1, own[head]))
                if choice == .legal, !legal.isEmpty { choices = choices.filter { legal[first + $0] != 0 } }
                if choice == .extreme, let last = choices.last { choices = [0, last] }
                if isIdle || choices.isEmpty { choices = [0] }
                actions[head] = Int32(choices[Int(draw.bits(UInt64(head)) % UInt64(choices.count))])
                first += heads[head]
            }
        case .continuous(let size, let bounds):
            let actions = row.bindMemory(to: Float.self)
            for index in 0..<size {
                var share = draw.uniform(UInt64(index))
                if choice == .extreme { share = share < 0.5 ? 0 : 1 }
                let value = bounds.low[index] * (1 - share) + bounds.high[index] * share
                actions[index] = min(bounds.high[index], max(bounds.low[index], value))
            }
        }
    }
}
