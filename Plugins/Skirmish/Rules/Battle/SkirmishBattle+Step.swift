public import ArgusEnvAPI

/// One environment step: eight substeps, in each of which everything follows from the state before it.
extension SkirmishBattle {
    /// What a step brought each team.
    public struct Outcome: Hashable, Sendable {
        public var allyReward: Float
        public var enemyReward: Float
        /// A team is wiped out.
        public var isOver: Bool
    }

    /// Makes a step with `actions` of the agents, not necessarily legal ones: an attack out of range waits until the target
    /// comes into range. What dead units choose is ignored, and what is no action counts as `stop`.
    public mutating func step(_ actions: Rows<Int32>) -> Outcome {
        let configuration = configuration
        let isNoiseGiven = hasInjectedNoise
        var random = random
        let outcome = withColumns { units in
            for unit in 0..<configuration.agents {
                let action = actions[first: unit]
                let isAction = action >= 0 && action < configuration.actions(ofAlly: unit < configuration.allies)
                units.action[unit] = isAction && units.health[unit] > 0 ? action : SkirmishAction.stop
            }
            if configuration.opponent == .heuristic {
                for unit in configuration.team(ofAllies: false) {
                    units.action[unit] =
                        units.health[unit] > 0
                        ? HeuristicFighter.act(unit, configuration, units, &random) : SkirmishAction.stop
                }
            }
            let attackers = Self.prepare(configuration, units)
            for substep in 0..<Self.substeps {
                Self.attack(attackers, units) { unit in
                    isNoiseGiven
                        ? units.noise[substep * units.lanes + unit]
                        : random.uniform() * (3 * Self.timeStep) - Self.timeStep
                }
                Self.advance(attackers, units)
                Self.push(configuration.units, units)
            }
            Self.updateFeatures(configuration, units)
            return Self.judge(configuration, units)
        }
        hasInjectedNoise = false
        self.random = random
        steps += 1
        return outcome
    }

    /// Writes down what stays the same over the substeps. Returns how many units attack.
    @inline(__always)
    private static func prepare(_ configuration: SkirmishConfiguration, _ units: UnitColumns) -> Int {
        var attackers = 0
        for unit in 0..<configuration.units {
            let action = units.action[unit]
            let stride = SkirmishAction.direction(action) * units.velocity[unit] * timeStep
            units.strideX[unit] = stride.x
            units.strideY[unit] = stride.y
            units.healthBefore[unit] = units.health[unit]
            if action >= SkirmishAction.firstAttack {
                let choice = Int(action - SkirmishAction.firstAttack)
                units.attacker[attackers] = Int32(unit)
                units.target[attackers] = Int32(configuration.target(choice, ofAlly: unit < configuration.allies))
                attackers += 1
            }
        }
        return attackers
    }

    /// All attacks of a substep, from where everybody stands before it.
    @inline(__always)
    private static func attack(_ attackers: Int, _ units: UnitColumns, noise: (Int) -> Float) {
        for index in 0..<attackers {
            let unit = Int(units.attacker[index])
            let target = Int(units.target[index])
            units.reloaded[index] = 0
            let cooldown = units.cooldown[unit]
            guard cooldown <= 0, units.health[unit] > 0, units.health[target] > 0 else { continue }
            let x = units.x[unit] - units.x[target]
            let y = units.y[unit] - units.y[target]
            guard (x * x + y * y).squareRoot() < units.range[unit] else { continue }
            units.damage[target] += units.weapon[unit]
            units.reloaded[index] = cooldown + (units.fullCooldown[unit] + noise(unit) - cooldown)
        }
    }

    /// Moves, damage, cooldowns, and death: of wounds, or by touching a wall.
    @inline(__always)
    private static func advance(_ attackers: Int, _ units: UnitColumns) {
        let zero = SIMD4<Float>(repeating: 0)
        let wall = SIMD4<Float>(repeating: size)
        for first in stride(from: 0, to: units.lanes, by: 4) {
            // The dead have no strides.
            var x = units.x.four(first) + units.strideX.four(first)
            var y = units.y.four(first) + units.strideY.four(first)
            x.replace(with: wall, where: x .> wall)
            y.replace(with: wall, where: y .> wall)
            x.replace(with: zero, where: x .< zero)
            y.replace(with: zero, where: y .< zero)
            units.x.set(first, x)
            units.y.set(first, y)

            var health = units.health.four(first) - units.damage.four(first)
            health.replace(with: zero, where: health .< zero)
            health.replace(with: zero, where: (x .<= zero) .| (y .<= zero) .| (x .>= wall) .| (y .>= wall))
            units.health.set(first, health)
            units.damage.set(first, zero)
            units.cooldown.set(first, units.cooldown.four(first) - timeStep)

            let isDead = health .<= zero
            units.strideX.set(first, units.strideX.four(first).replacing(with: zero, where: isDead))
            units.strideY.set(first, units.strideY.four(first).replacing(with: zero, where: isDead))
            units.bodyX.set(first, x.replacing(with: SIMD4(repeating: farAway), where: isDead))
        }
        for index in 0..<attackers where units.reloaded[index] > 0 {
            units.cooldown[Int(units.attacker[index])] = units.reloaded[index]
        }
    }

    /// Pushes overlapping units apart, all from where they stand before.
    static func push(_ count: Int, _ units: UnitColumns) {
        var isPushed = false
        for unit in 0..<count - 1 where units.health[unit] > 0 && touchesLater(unit, count, units) {
            if !isPushed {
                units.pushX.update(repeating: 0, count: units.lanes)
                units.pushY.update(repeating: 0, count: units.lanes)
                isPushed = true
            }
            pushLater(unit, count, units)
        }
        guard isPushed else { return }
        for unit in 0..<count where units.health[unit] > 0 {
            units.x[unit] += units.pushX[unit] / 2
            units.y[unit] += units.pushY[unit] / 2
        }
    }

    /// Whether a living unit overlaps one with a higher number.
    @inline(__always)
    private static func touchesLater(_ unit: Int, _ count: Int, _ units: UnitColumns) -> Bool {
        let x = units.bodyX[unit]
        let y = units.y[unit]
        let radius = units.radius[unit]
        var touching = SIMDMask<SIMD4<Int32>>(repeating: false)
        for first in stride(from: unit &+ 1, to: count, by: 4) {
            let deltaX = x - units.bodyX.four(first)
            let deltaY = y - units.y.four(first)
            let touch = radius + units.radius.four(first)
            touching .|= deltaX * deltaX + deltaY * deltaY .< touch * touch
        }
        let bits = unsafeBitCast(touching, to: SIMD2<UInt64>.self)
        return bits.x | bits.y != 0
    }

    /// Adds up the pushes between a living unit and those with higher numbers.
    private static func pushLater(_ unit: Int, _ count: Int, _ units: UnitColumns) {
        let x = units.bodyX[unit]
        let y = units.y[unit]
        let radius = units.radius[unit]
        var sumX = SIMD4<Float>(repeating: 0)
        var sumY = SIMD4<Float>(repeating: 0)
        for first in stride(from: unit &+ 1, to: count, by: 4) {
            let deltaX = x - units.bodyX.four(first)
            let deltaY = y - units.y.four(first)
            let touch = radius + units.radius.four(first)
            let distance = (deltaX * deltaX + deltaY * deltaY).squareRoot() + 1e-6
            var overlap = touch / distance - 1
            overlap.replace(with: 0, where: overlap .< 0)
            sumX += deltaX * overlap
            sumY += deltaY * overlap
            units.pushX.set(first, units.pushX.four(first) - deltaX * overlap)
            units.pushY.set(first, units.pushY.four(first) - deltaY * overlap)
        }
        units.pushX[unit] += sum(sumX)
        units.pushY[unit] += sum(sumY)
    }

    /// Puts the living where they stand, and the dead out of everybody's way.
    static func placeBodies(_ units: UnitColumns) {
        for unit in 0..<units.lanes {
            units.bodyX[unit] = units.health[unit] > 0 ? units.x[unit] : farAway
        }
    }

    @inline(__always)
    private static func sum(_ values: SIMD4<Float>) -> Float { (values.x + values.z) + (values.y + values.w) }

    /// Rewards of both teams, and whether one is wiped out.
    @inline(__always)
    private static func judge(_ configuration: SkirmishConfiguration, _ units: UnitColumns) -> Outcome {
        let allies = lost(configuration.team(ofAllies: true), units)
        let enemies = lost(configuration.team(ofAllies: false), units)
        var outcome = Outcome(allyReward: 0, enemyReward: 0, isOver: !allies.isAnyAlive || !enemies.isAnyAlive)
        if configuration.reward == .shaped {
            outcome.allyReward = enemies.share
            outcome.enemyReward = allies.share
        }
        if outcome.isOver, allies.isAnyAlive != enemies.isAnyAlive {
            // In a game for wins the loser pays what the winner gets.
            let loss: Float = configuration.reward == .win ? -1 : 0
            outcome.allyReward += allies.isAnyAlive ? 1 : loss
            outcome.enemyReward += enemies.isAnyAlive ? 1 : loss
        }
        return outcome
    }

    /// The mean share of its full hit points that a unit of the team lost in this step.
    @inline(__always)
    private static func lost(_ team: Range<Int>, _ units: UnitColumns) -> (share: Float, isAnyAlive: Bool) {
        var change: Float = 0
        var isAnyAlive = false
        for unit in team {
            change += (units.health[unit] - units.healthBefore[unit]) / units.maximumHealth[unit]
            if units.health[unit] > 0 { isAnyAlive = true }
        }
        return (abs(change) / Float(team.count), isAnyAlive)
    }
}
