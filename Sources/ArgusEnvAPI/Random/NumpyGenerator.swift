/// numpy's `Generator(PCG64(SeedSequence(seed)))`, draw for draw.
///
/// An environment that must equal a Python package from the seed draws from this and in that package's order: the
/// stream is sequential, so a draw too many or too few changes everything after it. It is a value; a copy is a
/// snapshot. The draws with a bounded integer, a double, or into a caller's buffer allocate nothing (but see
/// ``choice(_:into:)``).
///
/// numpy does not promise that a `Generator`'s stream stays the same over its versions (NEP 19). This is the stream
/// of numpy 1.17 to 2.4; golden values of it are in this package's tests.
///
/// Sources: numpy's documentation of `numpy.random.Generator`; D. Lemire, "Fast Random Integer Generation in an
/// Interval" (2019) for bounded integers; R. Floyd's sampling in J. Bentley, "Programming Pearls" (CACM 30(9), 1987);
/// R. Durstenfeld, "Algorithm 235" (1964) for shuffles.
public struct NumpyGenerator: Sendable, Equatable {
    private var bits: PCG64
    /// The high half of the last 64 bits, if only the low half has been handed out by ``nextUInt32()``.
    private var buffered: UInt32
    private var hasBuffered: Bool

    /// What `numpy.random.default_rng(seed)` and gymnasium's `reset(seed=seed)` start with.
    public init(seed: UInt64) {
        bits = PCG64(seed: seed)
        buffered = 0
        hasBuffered = false
    }

    /// The next 64 random bits. Leaves a buffered half where it is, as numpy does.
    public mutating func nextUInt64() -> UInt64 {
        bits.next()
    }

    /// The next 32 random bits: the low half of 64, and then the high half of the same.
    public mutating func nextUInt32() -> UInt32 {
        if hasBuffered {
            hasBuffered = false
            return buffered
        }
        let word = bits.next()
        hasBuffered = true
        buffered = UInt32(truncatingIfNeeded: word >> 32)
        return UInt32(truncatingIfNeeded: word)
    }

    /// `random()`: a double in [0, 1), a multiple of 2⁻⁵³.
    public mutating func random() -> Double {
        Double(bits.next() >> 11) * 0x1p-53
    }

    /// `integers(low, high)` of dtype int64: uniform in `low..<high`.
    ///
    /// numpy draws 32 bits where the range fits them, else 64; a range of one number draws nothing.
    ///
    /// - Precondition: `low < high`.
    public mutating func integers(_ low: Int64, _ high: Int64) -> Int64 {
        precondition(low < high, "integers: low must be below high")
        let span = UInt64(bitPattern: high &- low) &- 1
        return low &+ Int64(bitPattern: bounded(span))
    }

    /// `integers(0, count)`.
    ///
    /// - Precondition: `count > 0`.
    public mutating func integers(_ count: Int) -> Int {
        Int(integers(0, Int64(count)))
    }

    /// `choice(population, size=count, replace=True)` draws each of its elements as this does.
    ///
    /// - Returns: `count` indices in `0..<population`.
    /// - Precondition: `population > 0`, `count >= 0`.
    public mutating func choiceWithReplacement(_ population: Int, count: Int) -> [Int] {
        (0..<count).map { _ in integers(population) }
    }

    /// `choice(population, size=count, replace=False)`: different indices in `0..<population`, in random order.
    ///
    /// - Precondition: `0 <= count <= population`.
    public mutating func choice(_ population: Int, count: Int) -> [Int] {
        precondition(count >= 0 && count <= population, "choice: cannot take more than there are")
        return [Int](unsafeUninitializedCapacity: count) { buffer, initialised in
            choice(population, into: UnsafeMutableBufferPointer(rebasing: buffer[0..<count]))
            initialised = count
        }
    }

    /// `choice(population, size=indices.count, replace=False)`, written into `indices`, whose memory may be
    /// uninitialised.
    ///
    /// The time is quadratic in `indices.count`. Allocates only if numpy would shuffle the whole population:
    /// `population` above 10,000 and more than a fiftieth of it taken.
    ///
    /// - Precondition: `indices.count <= population`.
    public mutating func choice(_ population: Int, into indices: UnsafeMutableBufferPointer<Int>) {
        let count = indices.count
        precondition(count <= population, "choice: cannot take more than there are")
        if population > 10_000 && count > population / 50 {
            var all = Array(0..<population)
            shuffleTail(of: &all, from: max(population - count, 1))
            for (index, value) in all[(population - count)...].enumerated() {
                indices.initializeElement(at: index, to: value)
            }
            return
        }
        // Floyd: at the i-th draw from 0...upper, a number that was taken before is replaced by upper itself.
        for index in 0..<count {
            let upper = population - count + index
            let drawn = Int(bounded(UInt64(upper)))
            let taken = indices[0..<index].contains(drawn)
            indices.initializeElement(at: index, to: taken ? upper : drawn)
        }
        var index = count - 1
        while index >= 1 {
            indices.swapAt(index, Int(bounded(UInt64(index))))
            index -= 1
        }
    }

    /// `permutation(count)`: the numbers `0..<count` in random order.
    ///
    /// - Precondition: `count >= 0`.
    public mutating func permutation(_ count: Int) -> [Int] {
        var all = Array(0..<count)
        shuffle(&all)
        return all
    }

    /// `shuffle(elements)`, of a list or a one-dimensional array.
    public mutating func shuffle<Element>(_ elements: inout [Element]) {
        elements.withUnsafeMutableBufferPointer { shuffle($0) }
    }

    /// `shuffle(elements)` in a caller's buffer.
    public mutating func shuffle<Element>(_ elements: UnsafeMutableBufferPointer<Element>) {
        var index = elements.count - 1
        while index >= 1 {
            elements.swapAt(index, Int(masked(UInt64(index))))
            index -= 1
        }
    }

    private mutating func shuffleTail(of elements: inout [Int], from first: Int) {
        var index = elements.count - 1
        while index >= first {
            elements.swapAt(index, Int(bounded(UInt64(index))))
            index -= 1
        }
    }

    /// Uniform in `0...span`, by Lemire's multiplication.
    private mutating func bounded(_ span: UInt64) -> UInt64 {
        if span == 0 { return 0 }
        if span == UInt64(UInt32.max) { return UInt64(nextUInt32()) }
        if span < UInt64(UInt32.max) {
            let count = UInt32(span) + 1
            var product = UInt64(nextUInt32()) * UInt64(count)
            if UInt32(truncatingIfNeeded: product) < count {
                let threshold = (UInt32.max - UInt32(span)) % count
                while UInt32(truncatingIfNeeded: product) < threshold {
                    product = UInt64(nextUInt32()) * UInt64(count)
                }
            }
            return product >> 32
        }
        if span == UInt64.max { return bits.next() }
        let count = span + 1
        var product = bits.next().multipliedFullWidth(by: count)
        if product.low < count {
            let threshold = (UInt64.max - span) % count
            while product.low < threshold {
                product = bits.next().multipliedFullWidth(by: count)
            }
        }
        return product.high
    }

    /// Uniform in `0...maximum`, by masking and rejection: numpy's shuffles draw in this older way.
    private mutating func masked(_ maximum: UInt64) -> UInt64 {
        if maximum == 0 { return 0 }
        let mask = UInt64.max >> UInt64(maximum.leadingZeroBitCount)
        while true {
            let word = maximum <= UInt64(UInt32.max) ? UInt64(nextUInt32()) : bits.next()
            if word & mask <= maximum { return word & mask }
        }
    }
}

extension NumpyGenerator {
    /// The length of ``serialise(into:)``'s output.
    public static let serialisedByteCount = 40

    /// Appends the state: 128-bit state and increment, buffered half, and whether it is there; little-endian.
    public func serialise(into bytes: inout [UInt8]) {
        withUnsafeBytes(of: bits.state.littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: bits.increment.littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: buffered.littleEndian) { bytes.append(contentsOf: $0) }
        withUnsafeBytes(of: UInt32(hasBuffered ? 1 : 0).littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Reads back what ``serialise(into:)`` wrote.
    ///
    /// - Returns: nil unless `bytes` is a state that a generator can have.
    public init?(serialised bytes: UnsafeRawBufferPointer) {
        guard bytes.count == Self.serialisedByteCount else { return nil }
        let state = UInt128(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt128.self))
        let increment = UInt128(littleEndian: bytes.loadUnaligned(fromByteOffset: 16, as: UInt128.self))
        let buffered = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 32, as: UInt32.self))
        let flag = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 36, as: UInt32.self))
        guard flag <= 1, let bits = PCG64(state: state, increment: increment) else { return nil }
        self.bits = bits
        self.buffered = buffered
        hasBuffered = flag == 1
    }
}
