import ArgusEnvAPI

/// The reference's scripted fighter, as it decides in one step.
///
/// A unit that sees opponents in its range attacks: the last target as long as it is in range, else the closest (ties: the
/// first in its list) or a random one. A unit that sees opponents, none in range, walks towards a random one of them,
/// drawn anew each step. Else it walks to the point opposite to where it first stood.
struct HeuristicFighter {
    private let range: Float
    private let isRandom: Bool
    private let last: Int32
    private var visible = 0
    private var shootable = 0
    private var isLastShootable = false
    private var best: Int32 = -1
    private var least = Float.infinity
    private var walk = SIMD2<Float>(0, 0)

    /// `last`: the last target as a choice of an attack, -1 for none.
    init(range: Float, targeting: SkirmishConfiguration.Targeting, last: Int32) {
        self.range = range
        isRandom = targeting == .random
        self.last = last
    }

    /// Takes a visible opponent into account, in the order of choices; `seen`: where it stands as seen from here.
    @inline(__always)
    mutating func consider(_ choice: Int, _ seen: SIMD2<Float>, _ random: inout SplitMix64) {
        visible += 1
        let distance = Self.length(seen)
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

    /// The action, and the target to remember; `goal`: the way to the opposite point.
    func decide(goal: SIMD2<Float>) -> (action: Int32, target: Int32) {
        if shootable > 0 {
            let target = isLastShootable ? last : best
            return (SkirmishAction.firstAttack + target, target)
        }
        return (SkirmishAction.move(towards: visible > 0 ? walk : goal), -1)
    }

    @inline(__always)
    static func length(_ way: SIMD2<Float>) -> Float { (way.x * way.x + way.y * way.y).squareRoot() }
}

/// The fighter as opponent inside the step: knows what it would observe, with the rounding of an observation.
extension HeuristicFighter {
    /// The action of a living unit; remembers its target.
    static func act(
        _ unit: Int, _ configuration: SkirmishConfiguration, _ units: UnitColumns, _ random: inout SplitMix64
    ) -> Int32 {
        let isAlly = unit < configuration.allies
        let sight = units.sight[unit]
        let place = SIMD2(units.x[unit], units.y[unit])
        var fighter = HeuristicFighter(
            range: units.range[unit], targeting: configuration.targeting, last: units.lastChoice[unit])
        for choice in 0..<(isAlly ? configuration.enemies : configuration.allies) {
            let other = configuration.target(choice, ofAlly: isAlly)
            guard units.health[other] > 0 else { continue }
            let delta = SIMD2(units.x[other], units.y[other]) - place
            guard length(delta) < sight else { continue }
            fighter.consider(choice, delta / sight * sight, &random)
        }
        let decision = fighter.decide(goal: SIMD2(units.goalX[unit], units.goalY[unit]) - place)
        units.lastChoice[unit] = decision.target
        return decision.action
    }
}
