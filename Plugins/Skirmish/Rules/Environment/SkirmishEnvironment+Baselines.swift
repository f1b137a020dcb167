public import ArgusEnvAPI

/// The scripted policies.
extension SkirmishEnvironment {
    public static let baselines = [
        BaselineDescriptor(
            name: "focus",
            description: "sees all: focuses the squad's fire, kites by range and cooldown, receives the enemy in a line",
            seesState: true),
    ]

    /// `focus`, the only baseline that sees the state.
    public mutating func actJointly(baseline: Int, agents: Row<UInt8>, actions: Rows<Int32>) {
        for isAlly in [true, false] {
            let team = isAlly ? 0..<configuration.allies : configuration.allies..<configuration.agents
            guard team.contains(where: { agents[$0] != 0 }) else { continue }
            let own = battle.soldiers(allies: isAlly)
            let tactics = SquadTactics(own: own, foes: battle.soldiers(allies: !isAlly), steps: battle.steps)
            for (soldier, order) in zip(own, tactics.orders()) where agents[soldier.unit] != 0 {
                actions[first: soldier.unit] = configuration.action(order, ofAlly: isAlly)
            }
        }
    }
}

extension SkirmishBattle {
    /// The living units of a team.
    func soldiers(allies: Bool) -> [Soldier] {
        let team = allies ? 0..<configuration.allies : configuration.allies..<configuration.units
        return team.filter { isAlive($0) }.map { unit in
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
