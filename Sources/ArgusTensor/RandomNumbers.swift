import Glibc

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
