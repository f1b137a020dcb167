import FoundationEssentials

/// The header of a safetensors file, checked against itself and against the file's length.
struct SafetensorsHeader {
    let entries: [SafetensorsFile.Entry]
    let metadata: [String: String]
    /// Where the arrays' bytes begin in the file.
    let dataStart: Int

    /// The format's own limit, which keeps a damaged length from asking for all memory.
    static let maximumLength = 100_000_000
    static let metadataKey = "__metadata__"

    init(fileContent: UnsafeRawBufferPointer, source: String) throws(TensorError) {
        func refuse(_ message: String) -> TensorError {
            TensorError(code: .fileFormat, message: "\(source): \(message)")
        }
        guard fileContent.count >= 8 else {
            throw refuse("found \(fileContent.count) bytes, expected at least the 8 of a safetensors header length")
        }
        let length = fileContent.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard length <= Self.maximumLength else {
            throw refuse("found header length \(length), expected at most \(Self.maximumLength)")
        }
        guard length <= fileContent.count - 8 else {
            throw refuse("found header length \(length), but only \(fileContent.count - 8) bytes follow: cut short?")
        }
        dataStart = 8 + Int(length)
        let header = Array(fileContent[8..<dataStart])
        guard header.first == UInt8(ascii: "{") else { throw refuse("the header does not begin with '{'") }

        let parsed: ParsedHeader
        do {
            parsed = try JSONDecoder().decode(ParsedHeader.self, from: Data(header))
        } catch let error as DecodingError {
            throw refuse("the header is not valid: \(Self.describe(error))")
        } catch {
            throw refuse("the header is not valid JSON")
        }
        if let name = JSONKeys.firstDuplicate(in: header) { throw refuse("the header has the key '\(name)' twice") }

        metadata = parsed.metadata
        entries = try Self.checked(parsed.arrays, dataLength: fileContent.count - dataStart, source: source)
    }

    /// Checks types, shapes and that the ranges cover the data exactly; returns the arrays in file order.
    private static func checked(
        _ arrays: [(name: String, description: ArrayDescription)], dataLength: Int, source: String
    ) throws(TensorError) -> [SafetensorsFile.Entry] {
        var entries: [SafetensorsFile.Entry] = []
        for (name, array) in arrays {
            func refuse(_ message: String) -> TensorError {
                TensorError(code: .fileFormat, message: "\(source): tensor '\(name)': \(message)")
            }
            guard let type = SafetensorsFile.ElementType(rawValue: array.dtype) else {
                let known = SafetensorsFile.ElementType.allCases.map(\.rawValue).joined(separator: ", ")
                throw refuse("found dtype '\(array.dtype)', expected one of \(known)")
            }
            guard array.dataOffsets.count == 2 else {
                throw refuse("found \(array.dataOffsets.count) data_offsets, expected begin and end")
            }
            let (begin, end) = (array.dataOffsets[0], array.dataOffsets[1])
            guard 0 <= begin, begin <= end, end <= dataLength else {
                throw refuse("found data_offsets \(begin)...\(end), expected them within 0...\(dataLength): cut short?")
            }
            guard let bytes = byteCount(shape: array.shape, type: type) else {
                throw refuse("found shape \(array.shape), expected sizes from 0 whose product fits in memory")
            }
            guard bytes == end - begin else {
                throw refuse("found \(end - begin) bytes, expected \(bytes) for \(type.rawValue) \(array.shape)")
            }
            entries.append(SafetensorsFile.Entry(name: name, type: type, shape: array.shape, range: begin..<end))
        }
        // Empty arrays go before the one that begins at the same place; names make the order definite.
        entries.sort {
            ($0.range.lowerBound, $0.range.upperBound, $0.name) < ($1.range.lowerBound, $1.range.upperBound, $1.name)
        }
        var expected = 0
        for entry in entries {
            guard entry.range.lowerBound == expected else {
                let overlaps = entry.range.lowerBound < expected
                let kind = overlaps ? "overlaps the tensor before it" : "leaves a gap before it"
                throw TensorError(
                    code: .fileFormat,
                    message: "\(source): tensor '\(entry.name)' \(kind): found begin \(entry.range.lowerBound), "
                        + "expected \(expected)")
            }
            expected = entry.range.upperBound
        }
        guard expected == dataLength else {
            throw TensorError(
                code: .fileFormat,
                message: "\(source): found \(dataLength) bytes of data, expected the \(expected) that tensors cover")
        }
        return entries
    }

    /// Bytes of an array, or nil if a size is negative or the product too large.
    static func byteCount(shape: [Int], type: SafetensorsFile.ElementType) -> Int? {
        var bytes = type.size
        for size in shape {
            guard size >= 0 else { return nil }
            let (product, overflow) = bytes.multipliedReportingOverflow(by: size)
            if overflow { return nil }
            bytes = product
        }
        return bytes
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context),
            .keyNotFound(_, let context):
            let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
            return path.isEmpty ? context.debugDescription : "'\(path)': \(context.debugDescription)"
        @unknown default:
            return "it cannot be decoded"
        }
    }
}

/// The header as it is written, nothing but its JSON shape checked.
private struct ParsedHeader: Decodable {
    var metadata: [String: String] = [:]
    var arrays: [(name: String, description: ArrayDescription)] = []

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: AnyKey.self)
        for key in container.allKeys {
            if key.stringValue == SafetensorsHeader.metadataKey {
                metadata = try container.decode([String: String].self, forKey: key)
            } else {
                arrays.append((key.stringValue, try container.decode(ArrayDescription.self, forKey: key)))
            }
        }
    }
}

private struct ArrayDescription: Decodable {
    let dtype: String
    let shape: [Int]
    let dataOffsets: [Int]

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case dtype
        case shape
        case dataOffsets = "data_offsets"
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        dtype = try container.decode(String.self, forKey: .dtype)
        shape = try Self.integers(container, .shape)
        dataOffsets = try Self.integers(container, .dataOffsets)
        let keys = try decoder.container(keyedBy: AnyKey.self).allKeys
        if let unknown = keys.first(where: { CodingKeys(rawValue: $0.stringValue) == nil }) {
            throw DecodingError.dataCorrupted(
                DecodingError.Context(
                    codingPath: decoder.codingPath, debugDescription: "unknown key '\(unknown.stringValue)'"))
        }
    }

    /// The decoder reports a number that is no integer of 64 bits by an error of its own, without its place.
    private static func integers(
        _ container: KeyedDecodingContainer<CodingKeys>, _ key: CodingKeys
    ) throws -> [Int] {
        do {
            return try container.decode([Int].self, forKey: key)
        } catch  where !(error is DecodingError) {
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "expected whole numbers of at most 64 bits")
        }
    }
}

private struct AnyKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init?(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
