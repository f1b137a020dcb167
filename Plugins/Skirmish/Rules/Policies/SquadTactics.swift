/// Scripted tactics for one side, as its units see both.
///
/// - Fire: the foes are taken in the order of the firepower that a hit point of damage removes; each gets as many of the
///   shots that can reach it as kill it, first those that can reach nobody else. So no shot is wasted on the dying.
/// - Breaking away: a unit that is about to be shot dead steps out of range, if another is there to draw the fire.
/// - Kiting: a unit whose weapon does not get ready in this step steps away from foes of shorter range.
/// - Closing up: a squad of one range goes into battle together: who is ahead of the others waits for them.
struct SquadTactics {
    /// What a unit is to do.
    enum Order: Hashable {
        /// A move or `stop`.
        case act(Int32)
        /// The number of a unit.
        case attack(Int)
    }

    private let own: [Soldier]
    private let foes: [Soldier]

    // Found by trying values on all maps against the reference's heuristic.
    /// How much of the fire that a unit draws in a step, beyond this step's, it wants to be able to take.
    private static let caution: Float = 0.75
    /// Who is further than this from having a foe in range does not wait.
    private static let contact: Float = 5
    /// Nobody evades to less than this from a wall.
    private static let wallMargin: Float = 1

    init(own: [Soldier], foes: [Soldier]) {
        self.own = own
        self.foes = foes
    }

    /// One for each of `own`.
    func orders() -> [Order] {
        var orders = own.map { breakAway($0) }
        assignFire(&orders)
        return own.indices.map { orders[$0] ?? move(own[$0]) }
    }

    // MARK: Fire

    private func assignFire(_ orders: inout [Order?]) {
        var left = foes.map(\.health)
        let reach = own.map { soldier in foes.map { soldier.reaches($0) } }
        let choices = reach.map { row in row.count { $0 } }
        var free = own.indices.filter { orders[$0] == nil && own[$0].firesInThisStep && choices[$0] > 0 }
        while let foe = bestTarget(left, reach, free) {
            let shooters = free.filter { reach[$0][foe] }.sorted {
                (choices[$0], -own[$0].kind.damage, $0) < (choices[$1], -own[$1].kind.damage, $1)
            }
            for shooter in shooters where left[foe] > 0 {
                left[foe] -= own[shooter].kind.damage
                orders[shooter] = .attack(foes[foe].unit)
            }
            free.removeAll { orders[$0] != nil }
        }
        // Where all in reach are as good as dead, they fire nevertheless: a shot may come too late.
        for shooter in free { orders[shooter] = reach[shooter].firstIndex(of: true).map { .attack(foes[$0].unit) } }
    }

    /// The foe whose firepower costs least to remove, far rather one that dies in this step; nil if nobody can be hit.
    private func bestTarget(_ left: [Float], _ reach: [[Bool]], _ free: [Int]) -> Int? {
        var damage = [Float](repeating: 0, count: foes.count)
        for shooter in free {
            for foe in foes.indices where reach[shooter][foe] { damage[foe] += own[shooter].kind.damage }
        }
        var best: (value: Float, foe: Int)?
        for foe in foes.indices where left[foe] > 0 && damage[foe] > 0 {
            let value = foes[foe].firepower / left[foe] * (damage[foe] >= left[foe] ? 10 : 1)
            if value > best?.value ?? 0 { best = (value, foe) }
        }
        return best?.foe
    }

    // MARK: Movement

    /// Out of the range of those that are about to shoot it dead: they then choose another target, and the reference's
    /// heuristic stays with that one. Nil if it is not in danger, or nobody else would draw the fire.
    private func breakAway(_ me: Soldier) -> Order? {
        let attackers = foes.filter { $0.target == me.unit && $0.reaches(me) }
        guard !attackers.isEmpty, me.kind.isRanged else { return nil }
        let now = attackers.reduce(Float(0)) { $0 + ($1.firesInThisStep ? $1.kind.damage : 0) }
        let next = attackers.reduce(Float(0)) { $0 + $1.kind.damage }
        guard me.health <= now + Self.caution * next else { return nil }
        let isCovered = own.contains { other in
            other.unit != me.unit && other.health > me.health
                && attackers.contains { $0.distance(to: other) < max($0.kind.range, $0.distance(to: me) + 2) }
        }
        return isCovered ? evade(foes, me) : nil
    }

    private func move(_ me: Soldier) -> Order {
        if let kite = kite(me) { return kite }
        if let foe = foes.filter({ me.reaches($0) }).min(by: { $0.health < $1.health }) { return .attack(foe.unit) }
        guard let nearest = foes.min(by: { me.distance(to: $0) < me.distance(to: $1) }) else {
            return .act(SkirmishAction.stop)
        }
        return .act(isAhead(me) ? SkirmishAction.stop : SkirmishAction.move(towards: nearest.place - me.place))
    }

    private func kite(_ me: Soldier) -> Order? {
        guard !me.firesInThisStep else { return nil }
        let dangers = foes.filter { foe in
            foe.kind.range < me.kind.range && (foe.target == nil || foe.target == me.unit)
                && me.distance(to: foe) < foe.kind.range + foe.kind.stride + 1
        }
        return dangers.isEmpty ? nil : evade(dangers, me)
    }

    /// The move after which the nearest of some foes is furthest from having this unit in range; nil at a wall.
    private func evade(_ dangers: [Soldier], _ me: Soldier) -> Order? {
        var best: (value: Float, action: Int32)?
        for action in SkirmishAction.north...SkirmishAction.west {
            var moved = me
            moved.place += SkirmishAction.direction(action) * me.kind.stride
            guard moved.place.min() > Self.wallMargin, moved.place.max() < SkirmishMap.size - Self.wallMargin else {
                continue
            }
            let value = dangers.map { moved.distance(to: $0) - $0.kind.range }.min() ?? 0
            if value > best?.value ?? -.infinity { best = (value, action) }
        }
        return best.map { .act($0.action) }
    }

    /// Whether a unit is nearer to having a foe in range than its squad on average, and soon will have.
    private func isAhead(_ me: Soldier) -> Bool {
        guard own.allSatisfy({ $0.kind.range == me.kind.range }), me.kind.isRanged else { return false }
        let mean = own.reduce(Float(0)) { $0 + gap($1) } / Float(own.count)
        return gap(me) < min(mean, Self.contact)
    }

    /// How much nearer a unit would have to be to have a foe in range.
    private func gap(_ soldier: Soldier) -> Float {
        (foes.map { soldier.distance(to: $0) }.min() ?? 0) - soldier.kind.range
    }
}
