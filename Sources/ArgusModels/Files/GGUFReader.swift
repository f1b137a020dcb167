/// Reads the header of a GGUF file from bytes that may come from anywhere.
struct GGUFReader {
    private let bytes: UnsafeRawBufferPointer
    private let path: String
    private var position = 0

    init(_ bytes: UnsafeRawBufferPointer, path: String) {
        self.bytes = bytes
        self.path = path
    }

    private func refuse(_ message: String) -> LanguageError {
        LanguageError(.fileFormat, "GGUF file (\(path)): \(message)")
    }

    private var remaining: Int { bytes.count - position }

    // MARK: The header

    mutating func read() throws(LanguageError) -> ([String: GGUFValue], [String: GGUFFile.Entry]) {
        guard bytes.count >= 24, bytes.prefix(4).elementsEqual("GGUF".utf8) else {
            throw refuse("found no 'GGUF' at the beginning, expected a GGUF file")
        }
        position = 4
        let version = try number(UInt32.self)
        guard version == 2 || version == 3 else {
            throw LanguageError(.unsupported, "GGUF file (\(path)): found version \(version), expected 2 or 3")
        }
        // A tensor's description takes at least 24 bytes, a metadata entry at least 13.
        let tensorCount = try count(of: "tensors", atLeast: 24)
        let metadataCount = try count(of: "metadata entries", atLeast: 13)
        var metadata: [String: GGUFValue] = [:]
        for _ in 0..<metadataCount {
            let key = try string("a key")
            guard metadata.updateValue(try value(key), forKey: key) == nil else {
                throw refuse("the metadata has the key '\(key)' twice")
            }
        }
        var descriptions: [Description] = []
        for _ in 0..<tensorCount { descriptions.append(try description()) }

        var alignment = 32
        if case .integer(let given) = metadata["general.alignment"] { alignment = given }
        guard alignment >= 8, alignment <= 1 << 20, alignment & (alignment - 1) == 0 else {
            throw refuse("found general.alignment \(alignment), expected a power of two from 8 to \(1 << 20)")
        }
        let dataStart = (position + alignment - 1) / alignment * alignment
        var entries: [String: GGUFFile.Entry] = [:]
        for description in descriptions {
            let entry = try checked(description, dataStart: dataStart, alignment: alignment)
            guard entries.updateValue(entry, forKey: entry.name) == nil else {
                throw refuse("the tensor '\(entry.name)' is there twice")
            }
        }
        return (metadata, entries)
    }

    private struct Description {
        let name: String
        let shape: [Int]
        let type: UInt32
        let offset: Int
    }

    private mutating func description() throws(LanguageError) -> Description {
        let name = try string("a tensor's name")
        let rank = try number(UInt32.self)
        guard (1...4).contains(rank) else {
            throw refuse("tensor '\(name)': found \(rank) dimensions, expected 1 to 4")
        }
        var shape: [Int] = []
        for _ in 0..<rank {
            guard let size = Int(exactly: try number(UInt64.self)), size > 0 else {
                throw refuse("tensor '\(name)': found a size that is not from 1 to 2^63 - 1")
            }
            shape.append(size)
        }
        let type = try number(UInt32.self)
        guard let offset = Int(exactly: try number(UInt64.self)) else {
            throw refuse("tensor '\(name)': found an offset beyond 2^63, expected one within the file")
        }
        return Description(name: name, shape: shape.reversed(), type: type, offset: offset)
    }

    private func checked(
        _ description: Description, dataStart: Int, alignment: Int
    ) throws(LanguageError) -> GGUFFile.Entry {
        let name = description.name
        guard let type = GGUFTensorType(rawValue: description.type) else {
            throw LanguageError(
                .unsupported,
                "tensor '\(name)' (\(path)): found type \(GGUFTensorType.name(description.type)), expected one of "
                    + GGUFTensorType.allCases.map { GGUFTensorType.name($0.rawValue) }.joined(separator: ", ")
                    + ". Try a file in one of these.")
        }
        guard let innermost = description.shape.last, innermost % type.blockCount == 0 else {
            throw refuse(
                "tensor '\(name)': found rows of \(description.shape.last ?? 0) weights, expected a multiple of "
                    + "\(type.blockCount)")
        }
        var size = type.blockSize
        for (axis, length) in description.shape.reversed().enumerated() {
            let (product, overflow) = size.multipliedReportingOverflow(
                by: axis == 0 ? length / type.blockCount : length)
            guard !overflow else { throw refuse("tensor '\(name)': its size does not fit in memory") }
            size = product
        }
        let available = bytes.count - dataStart
        guard description.offset % alignment == 0, description.offset <= available,
            size <= available - description.offset
        else {
            throw refuse(
                "tensor '\(name)': found \(size) bytes at offset \(description.offset), expected them aligned to "
                    + "\(alignment) and within the \(max(0, available)) bytes of data: cut short?")
        }
        let start = dataStart + description.offset
        return GGUFFile.Entry(name: name, type: type, shape: description.shape, range: start..<(start + size))
    }

    // MARK: Values

    private mutating func value(_ key: String) throws(LanguageError) -> GGUFValue {
        let code = try number(UInt32.self)
        guard code == 9 else { return try scalar(code, key) }
        let element = try number(UInt32.self)
        let size = try size(ofType: element, key)
        let count = try count(of: "elements of '\(key)'", atLeast: size)
        switch element {
        case 6, 12:
            return .numbers(try list(count) { reader throws(LanguageError) in try reader.float(element) })
        case 7:
            return .booleans(try list(count) { reader throws(LanguageError) in try reader.boolean(key) })
        case 8:
            return .strings(try list(count) { reader throws(LanguageError) in try reader.string("'\(key)'") })
        default:
            return .integers(try list(count) { reader throws(LanguageError) in try reader.integer(element, key) })
        }
    }

    private mutating func list<Element>(
        _ count: Int, _ element: (inout GGUFReader) throws(LanguageError) -> Element
    ) throws(LanguageError) -> [Element] {
        var result: [Element] = []
        result.reserveCapacity(count)
        for _ in 0..<count { result.append(try element(&self)) }
        return result
    }

    private mutating func scalar(_ code: UInt32, _ key: String) throws(LanguageError) -> GGUFValue {
        switch code {
        case 6, 12: return .number(try float(code))
        case 7: return .boolean(try boolean(key))
        case 8: return .string(try string("'\(key)'"))
        default: return .integer(try integer(code, key))
        }
    }

    /// The fewest bytes that an element takes.
    private func size(ofType code: UInt32, _ key: String) throws(LanguageError) -> Int {
        switch code {
        case 0, 1, 7: return 1
        case 2, 3: return 2
        case 4, 5, 6: return 4
        case 8, 10, 11, 12: return 8
        default: throw refuse("metadata '\(key)': found a list of value type \(code), expected 0 to 8 or 10 to 12")
        }
    }

    private mutating func integer(_ code: UInt32, _ key: String) throws(LanguageError) -> Int {
        switch code {
        case 0: return Int(try number(UInt8.self))
        case 1: return Int(try number(Int8.self))
        case 2: return Int(try number(UInt16.self))
        case 3: return Int(try number(Int16.self))
        case 4: return Int(try number(UInt32.self))
        case 5: return Int(try number(Int32.self))
        case 10:
            let value = try number(UInt64.self)
            guard let integer = Int(exactly: value) else {
                throw refuse("metadata '\(key)': found \(value), expected at most 2^63 - 1")
            }
            return integer
        case 11: return Int(try number(Int64.self))
        default: throw refuse("metadata '\(key)': found value type \(code), expected 0 to 12")
        }
    }

    private mutating func float(_ code: UInt32) throws(LanguageError) -> Double {
        code == 6
            ? Double(Float(bitPattern: try number(UInt32.self))) : Double(bitPattern: try number(UInt64.self))
    }

    private mutating func boolean(_ key: String) throws(LanguageError) -> Bool {
        let byte = try number(UInt8.self)
        guard byte < 2 else { throw refuse("metadata '\(key)': found \(byte), expected 0 or 1") }
        return byte == 1
    }

    private mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(LanguageError) -> Number {
        let size = MemoryLayout<Number>.size
        guard remaining >= size else { throw refuse("found the end of the file within the header: cut short?") }
        defer { position += size }
        return Number(littleEndian: bytes.loadUnaligned(fromByteOffset: position, as: Number.self))
    }

    /// A count of things that take at least `size` bytes each, checked against what is left of the file.
    private mutating func count(of what: String, atLeast size: Int) throws(LanguageError) -> Int {
        let value = try number(UInt64.self)
        guard value <= remaining / size else {
            throw refuse("found \(value) \(what), but only \(remaining) bytes follow: cut short?")
        }
        return Int(value)
    }

    private mutating func string(_ what: String) throws(LanguageError) -> String {
        let length = try count(of: "bytes of \(what)", atLeast: 1)
        guard let text = String(validating: bytes[position..<(position + length)], as: UTF8.self) else {
            throw refuse("\(what): found bytes that are not UTF-8, expected text")
        }
        position += length
        return text
    }
}
