import ArgusEnvAPI

/// A scripted agent that acts on its own observation row: as the reference's heuristic does, or with the squad's tactics
/// for those that it sees. Agents that see the same come to the same plan.
struct LocalFighter {
    enum Policy { case heuristic, tactics }

    /// What an agent remembers within an episode. All zero at its beginning.
    struct Memory: BitwiseCopyable, Sendable {
        var random: UInt64 = 0
        /// The point opposite to where it first stood.
        var goalX: Float = 0
        var goalY: Float = 0
        /// One more than the heuristic's last target, as a choice of an attack; 0: none.
        var target: Int32 = 0
        /// Decisions made.
        var steps: UInt32 = 0
    }

    private let configuration: SkirmishConfiguration
    private let unit: Int
    private var isAlly: Bool { unit < configuration.allies }

    init(_ configuration: SkirmishConfiguration, unit: Int) {
        self.configuration = configuration
        self.unit = unit
    }

    /// - Parameters:
    ///   - row: the agent's observation.
    ///   - legal: its legal actions, or nil where there are none.
    func act(
        as policy: Policy, _ row: UnsafeBufferPointer<Float>, _ legal: UnsafeBufferPointer<UInt8>?,
        _ memory: inout Memory
    ) -> Int32 {
        let observed = ObservedRow(configuration, unit, row)
        guard let me = observed.me else { return 0 }
        if memory.steps == 0 {
            memory.random = UInt64(me.place.x.bitPattern) << 32 ^ UInt64(me.place.y.bitPattern) ^ UInt64(unit)
            memory.goalX = SkirmishMap.size - me.place.x
            memory.goalY = SkirmishMap.size - me.place.y
        }
        memory.steps &+= 1
        guard configuration.observation == .list else { return actWithoutTeams(me, legal, memory) }
        let others = observed.others(seenBy: me)
        return switch policy {
        case .heuristic: actHeuristically(me, others, &memory)
        case .tactics: actTactically(me, others, memory)
        }
    }

    private func way(_ me: Soldier, _ memory: Memory) -> SIMD2<Float> {
        SIMD2(memory.goalX, memory.goalY) - me.place
    }

    private func actHeuristically(_ me: Soldier, _ others: [Soldier], _ memory: inout Memory) -> Int32 {
        var random = SplitMix64(seed: memory.random)
        var fighter = HeuristicFighter(
            range: me.kind.range, targeting: configuration.targeting, last: memory.target - 1)
        for choice in 0..<(isAlly ? configuration.enemies : configuration.allies) {
            let unit = configuration.target(choice, ofAlly: isAlly)
            guard let other = others.first(where: { $0.unit == unit }) else { continue }
            fighter.consider(choice, other.place - me.place, &random)
        }
        let decision = fighter.decide(goal: way(me, memory))
        memory.random = random.state
        memory.target = decision.target + 1
        return decision.action
    }

    private func actTactically(_ me: Soldier, _ others: [Soldier], _ memory: Memory) -> Int32 {
        let foes = others.filter { ($0.unit < configuration.allies) != isAlly }
        guard !foes.isEmpty else { return SkirmishAction.move(towards: way(me, memory)) }
        let friends = others.filter { ($0.unit < configuration.allies) == isAlly }
        // In the order of their numbers, as the others see them too.
        let own = (friends + [me]).sorted { $0.unit < $1.unit }
        let tactics = SquadTactics(own: own, foes: foes.sorted { $0.unit < $1.unit })
        for (soldier, order) in zip(own, tactics.orders()) where soldier.unit == unit {
            return configuration.action(order, ofAlly: isAlly)
        }
        return SkirmishAction.stop
    }

    /// Cones do not tell friend from foe, but the legal actions do: attacks what can be attacked, else walks to the
    /// opposite point.
    private func actWithoutTeams(
        _ me: Soldier, _ legal: UnsafeBufferPointer<UInt8>?, _ memory: Memory
    ) -> Int32 {
        let attacks = Int(SkirmishAction.firstAttack)..<configuration.actions(ofAlly: isAlly)
        // A row that allows all is that of a host without masks.
        if let legal, legal.contains(0), let attack = attacks.first(where: { legal[$0] != 0 }) { return Int32(attack) }
        return SkirmishAction.move(towards: way(me, memory))
    }
}
