/// The hash function SHA-256 (FIPS 180-4).
enum SHA256 {
    /// The first 32 bits of the fractions of the cube roots of the first 64 primes.
    private static let constants: [UInt32] = primes.map { fraction(root: 3, of: $0) }
    /// The same of the square roots of the first eight.
    private static let initial: [UInt32] = primes.prefix(8).map { fraction(root: 2, of: $0) }

    private static let primes: [UInt64] = (2...311).filter { n in !(2..<n).contains { n % $0 == 0 } }

    /// Bisects the root in fixed point with 32 bits after the point.
    private static func fraction(root: Int, of value: UInt64) -> UInt32 {
        var low: UInt64 = 0
        var high: UInt64 = 1 << 37
        while high - low > 1 {
            let middle = (low + high) / 2
            // middle^root against value * 2^(32 root), exactly.
            let square = middle.multipliedFullWidth(by: middle)
            let isBelow: Bool
            if root == 2 {
                isBelow = (square.high, square.low) <= (value, 0)
            } else {
                let lower = middle.multipliedFullWidth(by: square.low)
                let upper = middle.multipliedFullWidth(by: square.high)
                let (sum, carry) = upper.low.addingReportingOverflow(lower.high)
                isBelow = (upper.high + (carry ? 1 : 0), sum, lower.low) <= (0, value << 32, 0)
            }
            if isBelow { low = middle } else { high = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }

    /// The hash in hexadecimal digits.
    static func hexadecimal(_ bytes: UnsafeRawBufferPointer) -> String {
        var state = initial
        let whole = bytes.count / 64 * 64
        var schedule = [UInt32](repeating: 0, count: 64)
        for start in stride(from: 0, to: whole, by: 64) {
            add(UnsafeRawBufferPointer(rebasing: bytes[start..<(start + 64)]), to: &state, &schedule)
        }
        var last = Array(bytes[whole...]) + [0x80]
        last += Array(repeating: 0, count: (120 - last.count % 64) % 64)
        let bits = UInt64(bytes.count) * 8
        last += (0..<8).map { UInt8(truncatingIfNeeded: bits >> (56 - 8 * $0)) }
        last.withUnsafeBytes { tail in
            for start in stride(from: 0, to: tail.count, by: 64) {
                add(UnsafeRawBufferPointer(rebasing: tail[start..<(start + 64)]), to: &state, &schedule)
            }
        }
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private static func add(_ block: UnsafeRawBufferPointer, to state: inout [UInt32], _ schedule: inout [UInt32]) {
        func rotate(_ value: UInt32, _ count: UInt32) -> UInt32 { value >> count | value << (32 - count) }
        for index in 0..<16 {
            schedule[index] = UInt32(bigEndian: block.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self))
        }
        for index in 16..<64 {
            let early = schedule[index - 15]
            let late = schedule[index - 2]
            let first = rotate(early, 7) ^ rotate(early, 18) ^ early >> 3
            let second = rotate(late, 17) ^ rotate(late, 19) ^ late >> 10
            schedule[index] = schedule[index - 16] &+ first &+ schedule[index - 7] &+ second
        }
        var (a, b, c, d) = (state[0], state[1], state[2], state[3])
        var (e, f, g, h) = (state[4], state[5], state[6], state[7])
        for index in 0..<64 {
            let sum = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25)
            let first = h &+ sum &+ (e & f ^ ~e & g) &+ constants[index] &+ schedule[index]
            let second = (rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22)) &+ (a & b ^ a & c ^ b & c)
            (h, g, f, e, d, c, b, a) = (g, f, e, d &+ first, c, b, a, first &+ second)
        }
        for (index, value) in [a, b, c, d, e, f, g, h].enumerated() { state[index] &+= value }
    }
}
