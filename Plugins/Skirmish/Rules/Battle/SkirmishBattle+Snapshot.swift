public import ArgusEnvAPI

/// Saving and continuing a battle.
extension SkirmishBattle {
    /// The whole dynamic state, little-endian: a header of version, number of units, steps and random stream; for each
    /// unit kind, last action, the heuristic's target, and six floats; then the given noise, if any.
    public func serialise() -> [UInt8] {
        var bytes: [UInt8] = [Self.version, UInt8(configuration.units), hasInjectedNoise ? 1 : 0, 0]
        func append(_ word: UInt32) { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
        append(UInt32(truncatingIfNeeded: steps))
        withUnsafeBytes(of: random.state.littleEndian) { bytes.append(contentsOf: $0) }
        for unit in 0..<configuration.units {
            for column in Self.savedIntegers {
                bytes.append(UInt8(truncatingIfNeeded: integers[column * lanes + unit]))
            }
            bytes.append(0)
            for column in Self.savedFloats { append(floats[column * lanes + unit].bitPattern) }
        }
        guard hasInjectedNoise else { return bytes }
        readColumns { units in
            for substep in 0..<Self.substeps {
                for unit in 0..<configuration.units { append(units.noise[substep * lanes + unit].bitPattern) }
            }
        }
        return bytes
    }

    private static let version: UInt8 = 1
    private static let headerSize = 16
    /// Kind, last action, the heuristic's target.
    private static let savedIntegers = 0..<3
    /// Place, hit points, cooldown, the heuristic's goal.
    private static let savedFloats = 0..<6
    private static let unitSize = 4 + 4 * savedFloats.count

    /// Continues from what `serialise` of a battle with the same configuration returned.
    ///
    /// - Throws: `RulesError` with code `snapshot`, and leaves the battle as it was, for bytes that are not such a state.
    public mutating func deserialise(_ bytes: [UInt8]) throws(RulesError) {
        let count = configuration.units
        guard bytes.count >= Self.headerSize, bytes[0] == Self.version, Int(bytes[1]) == count, bytes[2] <= 1,
            bytes[3] == 0
        else {
            throw RulesError(
                .snapshot, "found \(bytes.count) bytes that begin otherwise, expected a state of \(count) units")
        }
        let noiseSize = bytes[2] == 1 ? 4 * Self.substeps * count : 0
        let size = Self.headerSize + Self.unitSize * count + noiseSize
        guard bytes.count == size else {
            throw RulesError(.snapshot, "found \(bytes.count) bytes, expected \(size)")
        }
        func word(_ offset: Int) -> UInt32 {
            bytes.withUnsafeBytes { UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)) }
        }
        var restored = self
        restored.steps = Int(word(4))
        restored.random = SplitMix64(seed: UInt64(word(8)) | UInt64(word(12)) << 32)
        for unit in 0..<count {
            let offset = Self.headerSize + Self.unitSize * unit
            for column in Self.savedIntegers {
                restored.integers[column * lanes + unit] = Int32(Int8(bitPattern: bytes[offset + column]))
            }
            guard bytes[offset + 3] == 0 else {
                throw RulesError(.snapshot, "unit \(unit): found \(bytes[offset + 3]) in a gap, expected 0")
            }
            for column in Self.savedFloats {
                restored.floats[column * lanes + unit] = Float(bitPattern: word(offset + 4 + 4 * column))
            }
        }
        if bytes[2] == 1 {
            let noise = (0..<Self.substeps * count).map { Float(bitPattern: word(size - noiseSize + 4 * $0)) }
            try restored.injectNoise(noise)
        } else {
            restored.hasInjectedNoise = false
        }
        try restored.adopt()
        self = restored
    }

    /// Gives the deviations of cooldowns for the next step, [substep][unit].
    mutating func injectNoise(_ noise: [Float]) throws(RulesError) {
        let count = configuration.units
        guard noise.count == Self.substeps * count else {
            throw RulesError(
                .snapshot, "cooldown_noise: found \(noise.count) numbers, expected \(Self.substeps) × \(count)")
        }
        for value in noise where !(value >= -Self.timeStep - 1e-4 && value <= 2 * Self.timeStep + 1e-4) {
            throw RulesError(
                .snapshot, "cooldown_noise: found \(value), expected \(-Self.timeStep) to \(2 * Self.timeStep)")
        }
        hasInjectedNoise = true
        let lanes = lanes
        withColumns { units in
            for (index, value) in noise.enumerated() {
                units.noise[index / count * lanes + index % count] = value
            }
        }
    }

    /// Checks what was read and works out what follows from it.
    mutating func adopt() throws(RulesError) {
        for unit in 0..<configuration.units { try check(unit) }
        let configuration = configuration
        withColumns { units in
            units.setKinds(configuration.units)
            Self.updateFeatures(configuration, units)
        }
    }

    /// How far pushing may carry a unit beyond the walls in one substep, by each of the others.
    static let longestPush: Float = 0.625
    /// A float that sinks by the time step stops sinking there.
    static let lowestCooldown: Float = -0x1p21

    /// Where a unit may stand: a few are pushed through a wall, and on random maps some start beyond one.
    static func places(_ configuration: SkirmishConfiguration) -> ClosedRange<Float> {
        let margin = longestPush * Float(configuration.units - 1) + (configuration.map.isRandom ? 2 : 0)
        return -margin...size + margin
    }

    private func check(_ unit: Int) throws(RulesError) {
        func require(_ what: String, _ value: Float, within range: ClosedRange<Float>) throws(RulesError) {
            guard range.contains(value) else {
                throw RulesError(
                    .snapshot,
                    "\(what) of unit \(unit): found \(value), expected \(range.lowerBound) to \(range.upperBound)")
            }
        }
        let isAlly = isAlly(unit)
        guard let kind = UInt8(exactly: integers[unit]).flatMap(UnitKind.init(rawValue:)) else {
            throw RulesError(.snapshot, "type of unit \(unit): found \(integers[unit]), expected 0 to 5")
        }
        let map = configuration.map
        if !map.isRandom {
            let expected = isAlly ? map.allies[unit] : map.enemies[unit - configuration.allies]
            guard kind == expected else {
                throw RulesError(
                    .snapshot,
                    "type of unit \(unit): found \(kind.rawValue), expected \(expected.rawValue) (\(expected)) on \(map.name)"
                )
            }
        }
        try require("hit points", health(unit), within: 0...kind.health)
        // The dead lie where they fell, at most at a wall.
        let places = isAlive(unit) ? Self.places(configuration) : 0...Self.size
        try require("x", x(unit), within: places)
        try require("y", y(unit), within: places)
        try require("cooldown", cooldown(unit), within: Self.lowestCooldown...kind.cooldown + 2 * Self.timeStep + 1e-3)
        let actions = configuration.actions(ofAlly: isAlly)
        guard (0..<actions).contains(lastAction(unit)) else {
            throw RulesError(
                .snapshot, "last action of unit \(unit): found \(lastAction(unit)), expected 0 to \(actions - 1)")
        }
        let choice = Int(integers[2 * lanes + unit])
        guard (-1..<actions - SkirmishConfiguration.movements).contains(choice) else {
            throw RulesError(.snapshot, "target of unit \(unit): found \(choice), expected -1 to \(actions - 6)")
        }
        let goals = Self.size - Self.places(configuration).upperBound...Self.places(configuration).upperBound
        try require("goal x", floats[4 * lanes + unit], within: goals)
        try require("goal y", floats[5 * lanes + unit], within: goals)
    }
}
