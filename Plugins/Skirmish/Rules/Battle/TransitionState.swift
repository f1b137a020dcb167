public import ArgusEnvAPI

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A state as recorded transitions of the reference give it, from which a battle can go on: a JSON object with `types`,
/// `before` and, if the next step's chance is known too, `cooldown_noise`. Other keys are ignored.
struct TransitionState: Decodable {
    struct Before: Decodable {
        /// x and y of each unit.
        var positions: [Float]
        var health: [Float]
        var cooldowns: [Float]
        var alive: [Int]
        var step: Int
        /// Direction of each unit's last move, (0, 0) if it did not move.
        var previousMoves: [Float]
        /// Number of each unit's last action if it was an attack, else 0.
        var previousAttacks: [Int]

        enum CodingKeys: String, CodingKey {
            case positions, health, cooldowns, alive, step
            case previousMoves = "previous_moves"
            case previousAttacks = "previous_attacks"
        }
    }

    var types: [Int]
    var before: Before
    /// [substep][unit].
    var cooldownNoise: [[Float]]?

    enum CodingKeys: String, CodingKey {
        case types, before
        case cooldownNoise = "cooldown_noise"
    }

    init(json bytes: [UInt8]) throws(RulesError) {
        do {
            self = try JSONDecoder().decode(TransitionState.self, from: Data(bytes))
        } catch let error as DecodingError {
            throw RulesError(.snapshot, "transition state: \(Self.words(error))")
        } catch {
            throw RulesError(.snapshot, "transition state: \(error)")
        }
    }

    private static func words(_ error: DecodingError) -> String {
        func place(_ path: [any CodingKey]) -> String {
            path.isEmpty
                ? "the object" : path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        }
        return switch error {
        case .keyNotFound(let key, let context):
            "found no '\(key.stringValue)' in \(place(context.codingPath)), expected one"
        case .typeMismatch(let type, let context):
            "found another type in \(place(context.codingPath)), expected \(type)"
        case .valueNotFound(let type, let context): "found null in \(place(context.codingPath)), expected \(type)"
        case .dataCorrupted(let context):
            "found text that is not JSON or no such number in \(place(context.codingPath)), expected a JSON object"
        @unknown default: "\(error)"
        }
    }
}

extension SkirmishBattle {
    /// Continues from a recorded state. Chance, where it is not given, comes from a stream that begins anew; the heuristic
    /// is as at the start of a battle.
    ///
    /// - Throws: `RulesError` with code `snapshot`, and leaves the battle as it was, for a state that this map cannot
    ///   be in.
    public mutating func adopt(transitionState bytes: [UInt8]) throws(RulesError) {
        let state = try TransitionState(json: bytes)
        let count = configuration.units
        func require(_ name: String, _ found: Int, _ expected: Int) throws(RulesError) {
            guard found == expected else {
                throw RulesError(.snapshot, "\(name): found \(found) entries, expected \(expected)")
            }
        }
        let before = state.before
        try require("types", state.types.count, count)
        try require("before.positions", before.positions.count, 2 * count)
        try require("before.health", before.health.count, count)
        try require("before.cooldowns", before.cooldowns.count, count)
        try require("before.alive", before.alive.count, count)
        try require("before.previous_moves", before.previousMoves.count, 2 * count)
        try require("before.previous_attacks", before.previousAttacks.count, count)
        guard (0...Int(Int32.max)).contains(before.step) else {
            throw RulesError(.snapshot, "before.step: found \(before.step), expected 0 to \(Int32.max)")
        }
        var restored = self
        restored.steps = before.step
        restored.random = SplitMix64(seed: 0)
        for unit in 0..<count {
            guard before.alive[unit] == (before.health[unit] > 0 ? 1 : 0) else {
                throw RulesError(
                    .snapshot,
                    "before.alive of unit \(unit): found \(before.alive[unit]) with \(before.health[unit]) hit points, "
                        + "expected 1 with more than 0, else 0")
            }
            restored.integers[unit] = Int32(clamping: state.types[unit])
            restored.integers[lanes + unit] = try Self.action(before, unit)
            restored.floats[unit] = before.positions[2 * unit]
            restored.floats[lanes + unit] = before.positions[2 * unit + 1]
            restored.floats[2 * lanes + unit] = before.health[unit]
            restored.floats[3 * lanes + unit] = before.cooldowns[unit]
        }
        let configuration = configuration
        restored.withColumns { Self.forgetTargets(configuration, $0) }
        restored.hasInjectedNoise = false
        if let noise = state.cooldownNoise {
            try require("cooldown_noise", noise.count, Self.substeps)
            for row in noise { try require("a row of cooldown_noise", row.count, count) }
            try restored.injectNoise(noise.flatMap { $0 })
        }
        try restored.adopt()
        self = restored
    }

    /// The action that leaves these traces.
    private static func action(_ before: TransitionState.Before, _ unit: Int) throws(RulesError) -> Int32 {
        let move = SIMD2(before.previousMoves[2 * unit], before.previousMoves[2 * unit + 1])
        let attack = Int32(clamping: before.previousAttacks[unit])
        for action in SkirmishAction.north...SkirmishAction.stop {
            let difference = SkirmishAction.direction(action) - move
            guard abs(difference.x) < 1e-4, abs(difference.y) < 1e-4 else { continue }
            if attack == 0 { return action }
            if action == SkirmishAction.stop, attack >= SkirmishAction.firstAttack { return attack }
        }
        throw RulesError(
            .snapshot,
            "last action of unit \(unit): found move (\(move.x), \(move.y)) with attack \(attack), expected a move of length 1 "
                + "along an axis with attack 0, or (0, 0) with attack 0 or 5 and more")
    }
}
