import Glibc

/// A small seedable generator for initial weights: SplitMix64 (Steele, Lea & Flood 2014). The same seed gives the
/// same numbers on every machine.
public struct SplitMix64: RandomNumberGenerator, Sendable {
    private var state: UInt64

    public init(seed: UInt64) {
        state = seed
    }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// Independent standard normal numbers (Box & Muller 1958), two from each two draws of the generator.
func standardNormals(count: Int, using generator: inout some RandomNumberGenerator) -> [Float] {
    var result: [Float] = []
    result.reserveCapacity(count + 1)
    while result.count < count {
        // 53 random bits, shifted by half a step so that the logarithm's argument is never zero.
        let first = (Double(generator.next() >> 11) + 0.5) * 0x1p-53
        let second = Double(generator.next() >> 11) * 0x1p-53
        let radius = (-2 * log(first)).squareRoot()
        result.append(Float(radius * cos(2 * .pi * second)))
        result.append(Float(radius * sin(2 * .pi * second)))
    }
    if result.count > count { result.removeLast() }
    return result
}
