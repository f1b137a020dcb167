import ArgusEnvAPI

/// Numbers as little-endian bytes.
struct StateWriter {
    private(set) var bytes: [UInt8] = []

    mutating func write(_ value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    mutating func write(_ value: Double) { write(value.bitPattern) }
    mutating func write(_ value: Bool) { write(value ? 1 as UInt8 : 0) }
}

/// The same, read back; every number is checked against the range that the rules allow.
struct StateReader {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func read<Number: FixedWidthInteger>(
        _ what: String, in range: ClosedRange<Number> = Number.min...Number.max
    ) throws(RulesError) -> Number {
        let size = MemoryLayout<Number>.size
        guard bytes.count - place >= size else {
            throw RulesError(.snapshot, "\(what): found the end after \(bytes.count) bytes, expected more")
        }
        var value: Number = 0
        for index in (0..<size).reversed() { value = (value << 8) | Number(truncatingIfNeeded: bytes[place + index]) }
        place += size
        guard range.contains(value) else {
            throw RulesError(
                .snapshot, "\(what): found \(value), expected \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    mutating func read(_ what: String, in range: ClosedRange<Double>) throws(RulesError) -> Double {
        let value = Double(bitPattern: try read(what, in: UInt64.min...UInt64.max))
        guard range.contains(value) else {
            throw RulesError(
                .snapshot, "\(what): found \(value), expected \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    mutating func read(_ what: String) throws(RulesError) -> Bool {
        try read(what, in: 0...1 as ClosedRange<UInt8>) == 1
    }

    func requireEnd() throws(RulesError) {
        guard place == bytes.count else {
            throw RulesError(.snapshot, "found \(bytes.count) bytes, expected \(place)")
        }
    }
}
