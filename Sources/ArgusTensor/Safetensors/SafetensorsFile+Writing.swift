extension SafetensorsFile {
    /// An array to be written.
    public struct Content: Sendable {
        public let name: String
        public let type: ElementType
        public let shape: [Int]
        /// Row-major, little-endian.
        public let bytes: [UInt8]

        public init(name: String, type: ElementType, shape: [Int], bytes: [UInt8]) {
            self.name = name
            self.type = type
            self.shape = shape
            self.bytes = bytes
        }
    }

    /// Writes a file atomically: whoever reads `path`, after a crash too, finds the old content or all of the new.
    ///
    /// Wider element types come first, so that each array is aligned to its elements. The same input gives the same
    /// bytes.
    public static func write(
        _ arrays: [Content], metadata: [String: String] = [:], to path: String
    ) throws(TensorError) {
        let ordered = arrays.enumerated()
            .sorted { ($1.element.type.size, $0.offset) < ($0.element.type.size, $1.offset) }
            .map(\.element)
        try FileContent.write([try header(ordered, metadata: metadata)] + ordered.map(\.bytes), to: path)
    }

    private static func header(
        _ arrays: [Content], metadata: [String: String]
    ) throws(TensorError) -> [UInt8] {
        var names: Set<String> = []
        var offset = 0
        var members: [String] = []
        if !metadata.isEmpty {
            let pairs = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
            members.append("\(quoted(SafetensorsHeader.metadataKey)):{\(pairs.joined(separator: ","))}")
        }
        for array in arrays {
            guard array.name != SafetensorsHeader.metadataKey, names.insert(array.name).inserted else {
                throw TensorError(
                    code: .invalidArgument,
                    message: "tensor '\(array.name)': found a reserved name or one used twice, expected unique names")
            }
            let expected = SafetensorsHeader.byteCount(shape: array.shape, type: array.type)
            guard expected == array.bytes.count else {
                throw TensorError(
                    code: .invalidArgument,
                    message: "tensor '\(array.name)': found \(array.bytes.count) bytes, expected "
                        + (expected.map { "\($0)" } ?? "a possible shape")
                        + " for \(array.type.rawValue) \(array.shape)")
            }
            let end = offset + array.bytes.count
            let shape = array.shape.map(String.init).joined(separator: ",")
            members.append(
                "\(quoted(array.name)):{\"dtype\":\"\(array.type.rawValue)\",\"shape\":[\(shape)],"
                    + "\"data_offsets\":[\(offset),\(end)]}")
            offset = end
        }
        var json = Array("{\(members.joined(separator: ","))}".utf8)
        json.append(contentsOf: repeatElement(UInt8(ascii: " "), count: (8 - json.count % 8) % 8))
        guard json.count <= SafetensorsHeader.maximumLength else {
            throw TensorError(
                code: .invalidArgument,
                message: "safetensors header: found \(json.count) bytes, expected at most "
                    + "\(SafetensorsHeader.maximumLength)")
        }
        let length = (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) }
        return length + json
    }

    /// A JSON string literal.
    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
