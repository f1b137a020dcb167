import ArgusEnvAPI

/// The reference's scripted opponent.
///
/// A unit that sees enemies in its range attacks: the last target as long as it is in range, else the closest (ties: the
/// first in its list) or a random one. A unit that sees enemies, none in range, walks towards a random one of them, drawn
/// anew each step. Else it walks to the point opposite to where it first stood. It knows what it observes, with the
/// rounding of the observation.
enum HeuristicOpponent {
    /// The action of a living unit of either team; remembers its target.
    static func act(
        _ unit: Int, _ configuration: SkirmishConfiguration, _ units: UnitColumns, _ random: inout SplitMix64
    ) -> Int32 {
        let isAlly = unit < configuration.allies
        let sight = units.sight[unit]
        let range = units.range[unit]
        let x = units.x[unit]
        let y = units.y[unit]
        let last = units.lastChoice[unit]
        let isRandom = configuration.targeting == .random
        var visible = 0
        var shootable = 0
        var isLastShootable = false
        var best: Int32 = -1
        var least = Float.infinity
        // Where the unit that it would walk to stands, as seen from here.
        var walk = SIMD2<Float>(0, 0)
        for choice in 0..<(isAlly ? configuration.enemies : configuration.allies) {
            let other = configuration.target(choice, ofAlly: isAlly)
            guard units.health[other] > 0 else { continue }
            let delta = SIMD2(units.x[other] - x, units.y[other] - y)
            guard length(delta) < sight else { continue }
            visible += 1
            let seen = delta / sight * sight
            let distance = length(seen)
            if distance < range {
                shootable += 1
                if choice == last { isLastShootable = true }
                let isTaken = isRandom ? random.below(shootable) == 0 : distance < least
                if isTaken { (best, least) = (Int32(choice), distance) }
            } else if shootable == 0, random.below(visible) == 0 {
                // Each of the visible ones is kept with equal chance.
                walk = seen
            }
        }
        if shootable > 0 {
            if !isLastShootable { units.lastChoice[unit] = best }
            return SkirmishAction.firstAttack + units.lastChoice[unit]
        }
        units.lastChoice[unit] = -1
        if visible == 0 { walk = SIMD2(units.goalX[unit] - x, units.goalY[unit] - y) }
        return move(towards: walk)
    }

    /// The move that leads furthest in a direction; ties: the first.
    static func move(towards way: SIMD2<Float>) -> Int32 {
        var action = SkirmishAction.north
        var best = way.y
        if way.x > best { (action, best) = (SkirmishAction.east, way.x) }
        if -way.y > best { (action, best) = (SkirmishAction.south, -way.y) }
        if -way.x > best { action = SkirmishAction.west }
        return action
    }

    @inline(__always)
    private static func length(_ way: SIMD2<Float>) -> Float { (way.x * way.x + way.y * way.y).squareRoot() }
}
