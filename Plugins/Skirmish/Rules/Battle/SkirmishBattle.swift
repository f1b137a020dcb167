import ArgusEnvAPI

/// Two teams of units fight on a square map: the dynamics of SMAX (Rutherford et al. 2023, "JaxMARL"; package
/// `jaxmarl` 0.2.0).
///
/// A value: a copy is a snapshot. Arithmetic is in single precision and in the reference's order, so that a step from the
/// same state with the same cooldown noise ends in the same state, up to rounding.
public struct SkirmishBattle: Sendable {
    public let configuration: SkirmishConfiguration
    /// Environment steps since the start.
    public internal(set) var steps = 0
    /// Start, cooldown noise and the heuristic's choices.
    var random = SplitMix64(seed: 0)
    /// The next step takes its cooldown deviations from `UnitColumns.noise` instead of drawing them.
    var hasInjectedNoise = false
    /// One allocation each for all columns of `UnitColumns`.
    var floats: [Float]
    var integers: [Int32]
    let lanes: Int

    /// Of a second, in one substep; a step has eight.
    static let timeStep: Float = 1 / 16
    static let substeps = 8
    static let size = SkirmishMap.size
    /// Where dead units are out of everybody's way.
    static let farAway: Float = 1e6

    /// A battle with the start of seed 0.
    public init(configuration: SkirmishConfiguration) {
        self.configuration = configuration
        lanes = UnitColumns.lanes(configuration.units)
        floats = Array(repeating: 0, count: UnitColumns.floatCount(configuration.units))
        integers = Array(repeating: 0, count: UnitColumns.integerColumns * lanes)
        reset(seed: 0)
    }

    /// Lends the columns for change.
    @inline(__always)
    mutating func withColumns<Result>(_ body: (UnitColumns) -> Result) -> Result {
        floats.withUnsafeMutableBufferPointer { floats in
            integers.withUnsafeMutableBufferPointer { integers in
                // Neither is empty.
                body(
                    UnitColumns(
                        floats.baseAddress.unsafelyUnwrapped, integers.baseAddress.unsafelyUnwrapped, lanes: lanes))
            }
        }
    }

    /// Lends the columns to be read only.
    @inline(__always)
    func readColumns<Result>(_ body: (UnitColumns) -> Result) -> Result {
        floats.withUnsafeBufferPointer { floats in
            integers.withUnsafeBufferPointer { integers in
                body(
                    UnitColumns(
                        UnsafeMutablePointer(mutating: floats.baseAddress.unsafelyUnwrapped),
                        UnsafeMutablePointer(mutating: integers.baseAddress.unsafelyUnwrapped), lanes: lanes))
            }
        }
    }

    // MARK: What people and scripts ask

    public func isAlly(_ unit: Int) -> Bool { unit < configuration.allies }
    public func kind(_ unit: Int) -> UnitKind {
        UnitKind(rawValue: UInt8(truncatingIfNeeded: integers[unit])) ?? .marine
    }
    public func x(_ unit: Int) -> Float { floats[unit] }
    public func y(_ unit: Int) -> Float { floats[lanes + unit] }
    public func health(_ unit: Int) -> Float { floats[2 * lanes + unit] }
    public func cooldown(_ unit: Int) -> Float { floats[3 * lanes + unit] }
    public func isAlive(_ unit: Int) -> Bool { health(unit) > 0 }
    public func lastAction(_ unit: Int) -> Int { Int(integers[lanes + unit]) }

    /// Living units of a team.
    public func living(allies: Bool) -> Int {
        configuration.team(ofAllies: allies).count { isAlive($0) }
    }

    /// Hit points that a team has lost.
    public func healthLost(allies: Bool) -> Float {
        configuration.team(ofAllies: allies).reduce(0) { $0 + kind($1).health - health($1) }
    }

    /// Draws all chance from now on from `seed`; given noise stays given.
    public mutating func reseedChance(_ seed: UInt64) { random = SplitMix64(seed: seed) }
}
