/// Scripted tactics for one side: focused fire, kiting by range and cooldown, and a line to receive the enemy in.
///
/// - Fire: the foes are taken in the order of the firepower that a hit point of damage removes; each gets as many of the
///   shots that can reach it as kill it, first those that can reach nobody else. So shots are not wasted on the dying.
/// - Kiting: a unit whose weapon does not get ready in this step steps away from foes that are about to reach it.
/// - Approach: at first the squad waits for the enemy in a line across its way, so that all can fire at once; then it goes
///   for the foe that it can bring down soonest.
struct SquadTactics {
    let own: [Soldier]
    let foes: [Soldier]

    /// What each of `own` does: an action, where attacks are given as `attack(unit)` numbers.
    enum Order: Hashable {
        case act(Int32)
        case attack(Int)
    }

    func orders() -> [Order] {
        var orders = [Order?](repeating: nil, count: own.count)
        for index in own.indices { orders[index] = breakAway(index).map(Order.act) }
        assignFire(&orders)
        return own.indices.map { orders[$0] ?? move($0) }
    }

    /// The move of a unit that would be shot dead, out of the range of those that shoot at it: they then choose another
    /// target and stay with it.
    private func breakAway(_ index: Int) -> Int32? {
        let me = own[index]
        let attackers = foes.filter { $0.target == me.unit && $0.reaches(me) }
        guard !attackers.isEmpty, own.count > 1 else { return nil }
        let damage = attackers.reduce(0) { $0 + ($1.firesInThisStep ? $1.kind.damage : 0) }
        let next = attackers.reduce(0) { $0 + $1.kind.damage }
        guard me.health <= damage + 0.75 * next else { return nil }
        // Worth it only if another is there to take the fire, and the attackers are not faster.
        let isCovered = own.contains { other in other.unit != me.unit && other.health > me.health && attackers.contains { $0.reaches(other) || me.distance(to: $0) + 2 > other.distance(to: $0) } }
        guard isCovered, me.kind.range >= 5 else { return nil }
        var best: (value: Float, action: Int32)?
        for action in SkirmishAction.north...SkirmishAction.west {
            var moved = me
            moved.place += SkirmishAction.direction(action) * me.kind.velocity / 2
            guard moved.place.min() > 1, moved.place.max() < SkirmishMap.size - 1 else { continue }
            let value = foes.map { moved.distance(to: $0) - $0.kind.range }.min() ?? 0
            if value > best?.value ?? -100 { best = (value, action) }
        }
        return best?.action
    }

    private func assignFire(_ orders: inout [Order?]) {
        var left = foes.map(\.health)
        let reach = own.map { soldier in foes.indices.filter { soldier.reaches(foes[$0]) } }
        var free = own.indices.filter { orders[$0] == nil && own[$0].firesInThisStep && !reach[$0].isEmpty }
        while !free.isEmpty {
            // The foe whose firepower costs least to remove.
            var best: (value: Float, foe: Int)?
            for foe in foes.indices where left[foe] > 0 {
                let shots = free.filter { reach[$0].contains(foe) }
                guard !shots.isEmpty else { continue }
                let damage = shots.reduce(0) { $0 + own[$1].kind.damage }
                let value = foes[foe].firepower / left[foe] * (damage >= left[foe] ? 10 : 1)
                if value > best?.value ?? -1 { best = (value, foe) }
            }
            guard let best else { break }
            let shooters = free.filter { reach[$0].contains(best.foe) }.sorted {
                (reach[$0].count, -own[$0].kind.damage, $0) < (reach[$1].count, -own[$1].kind.damage, $1)
            }
            for shooter in shooters where left[best.foe] > 0 {
                left[best.foe] -= own[shooter].kind.damage
                orders[shooter] = .attack(foes[best.foe].unit)
                free.removeAll { $0 == shooter }
            }
        }
        // Those for whom nobody is left fire anyway.
        for shooter in free { orders[shooter] = reach[shooter].first.map { .attack(foes[$0].unit) } }
    }

    private func move(_ index: Int) -> Order {
        let me = own[index]
        if let away = stepAway(me) { return .act(away) }
        if let foe = foes.filter({ me.reaches($0) }).min(by: { $0.health < $1.health }) { return .attack(foe.unit) }
        guard let goal = foes.min(by: { me.distance(to: $0) < me.distance(to: $1) }) else { return .act(SkirmishAction.stop) }
        return .act(SkirmishAction.move(towards: goal.place - me.place))
    }

    /// The move away from foes of shorter range that come too near, or nil if there are none.
    private func stepAway(_ me: Soldier) -> Int32? {
        let dangers = foes.filter {
            $0.kind.range < me.kind.range && ($0.target == nil || $0.target == me.unit) && me.distance(to: $0) < $0.kind.range + $0.kind.velocity / 2 + 1
        }
        guard !dangers.isEmpty, !me.firesInThisStep else { return nil }
        var best: (value: Float, action: Int32)?
        for action in SkirmishAction.north...SkirmishAction.west {
            var moved = me
            moved.place += SkirmishAction.direction(action) * me.kind.velocity / 2
            guard moved.place.min() > 1, moved.place.max() < SkirmishMap.size - 1 else { continue }
            let value = dangers.map { moved.distance(to: $0) }.min() ?? 0
            if value > best?.value ?? -1 { best = (value, action) }
        }
        return best?.action
    }
}
