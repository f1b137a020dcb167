public import ArgusEnvAPI

/// The scripted policies.
extension SkirmishEnvironment {
    public static let baselines = [
        BaselineDescriptor(
            name: "focus",
            description: "sees all: focuses the squad's fire, closes up, kites, takes the wounded out of the fire",
            seesState: true),
        BaselineDescriptor(
            name: "local",
            description: "the same tactics for those that the agent sees, from its own observation",
            seesState: false, memorySize: MemoryLayout<LocalFighter.Memory>.size),
        BaselineDescriptor(
            name: "heuristic",
            description: "what the reference's scripted opponent does, from the agent's own observation",
            seesState: false, memorySize: MemoryLayout<LocalFighter.Memory>.size),
    ]

    /// `focus`, the only baseline that sees the state.
    public mutating func actJointly(baseline: Int, agents: Row<UInt8>, actions: Rows<Int32>) {
        for isAlly in [true, false] {
            let team = isAlly ? 0..<configuration.allies : configuration.allies..<configuration.agents
            guard team.contains(where: { agents[$0] != 0 }) else { continue }
            let own = battle.soldiers(allies: isAlly)
            let tactics = SquadTactics(own: own, foes: battle.soldiers(allies: !isAlly))
            for (soldier, order) in zip(own, tactics.orders()) where agents[soldier.unit] != 0 {
                actions[first: soldier.unit] = configuration.action(order, ofAlly: isAlly)
            }
        }
    }

    /// `local` and `heuristic`, from the agent's own observation row alone.
    public func actLocally(
        baseline: Int, agent: Int, observation: UnsafeBufferPointer<Float>, legal: UnsafeBufferPointer<UInt8>?,
        memory: UnsafeMutableRawBufferPointer, action: Row<Int32>
    ) {
        // The host's bytes need not be aligned.
        var remembered = memory.loadUnaligned(as: LocalFighter.Memory.self)
        let policy: LocalFighter.Policy = Self.baselines[baseline].name == "heuristic" ? .heuristic : .tactics
        action[0] = LocalFighter(configuration, unit: agent).act(as: policy, observation, legal, &remembered)
        memory.storeBytes(of: remembered, as: LocalFighter.Memory.self)
    }
}

extension SkirmishBattle {
    /// The living units of a team.
    func soldiers(allies: Bool) -> [Soldier] {
        configuration.team(ofAllies: allies).filter { isAlive($0) }.map { unit in
            let choice = lastAction(unit) - SkirmishConfiguration.movements
            return Soldier(
                unit: unit, kind: kind(unit), place: SIMD2(x(unit), y(unit)), health: health(unit),
                cooldown: cooldown(unit), target: choice < 0 ? nil : configuration.target(choice, ofAlly: allies))
        }
    }
}

extension SkirmishConfiguration {
    /// The number of an order for a unit of a team.
    func action(_ order: SquadTactics.Order, ofAlly isAlly: Bool) -> Int32 {
        switch order {
        case .act(let action): action
        case .attack(let unit): Int32(Self.movements + (isAlly ? unit - allies : allies - 1 - unit))
        }
    }
}
