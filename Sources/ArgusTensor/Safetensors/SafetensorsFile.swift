/// A file of named arrays in the safetensors format: the byte count of a JSON header (64 bits, little-endian), the
/// header, then the arrays' bytes without gaps. Reading checks everything before anything is used.
///
/// Format: https://huggingface.co/docs/safetensors (F64, F32, F16, BF16, I64, I32, U8 and BOOL of its element
/// types).
public struct SafetensorsFile: Sendable {
    /// An element type, as the format writes it.
    public enum ElementType: String, Sendable, Hashable, CaseIterable {
        case float64 = "F64"
        case float32 = "F32"
        case int64 = "I64"
        case int32 = "I32"
        case uint8 = "U8"
        case bool = "BOOL"
        case float16 = "F16"
        case bfloat16 = "BF16"

        /// Bytes of one element.
        public var size: Int {
            switch self {
            case .float64, .int64: 8
            case .float32, .int32: 4
            case .float16, .bfloat16: 2
            case .uint8, .bool: 1
            }
        }
    }

    /// What the header says of one array.
    public struct Entry: Sendable, Hashable {
        public let name: String
        public let type: ElementType
        public let shape: [Int]
        /// Where its bytes lie, counted from the end of the header.
        public let range: Range<Int>
    }

    /// The arrays in the order of their bytes.
    public let entries: [Entry]
    /// Free text that the writer added.
    public let metadata: [String: String]
    /// Where the file was read from; names it in errors.
    public let source: String

    private enum Storage: Sendable {
        case bytes([UInt8])
        case mapped(MappedFile)
    }

    private let storage: Storage
    /// Where the arrays' bytes begin in the file.
    public let dataStart: Int
    private let indices: [String: Int]

    /// Reads and checks a whole file.
    public init(contentsOf path: String) throws(TensorError) {
        try self.init(bytes: FileContent.read(path), source: path)
    }

    /// Checks the bytes of a file that was read from `source`.
    public init(bytes: [UInt8], source: String) throws(TensorError) {
        try self.init(storage: .bytes(bytes), source: source)
    }

    /// Checks a file that is mapped rather than read: for arrays that are many times larger than what is used at once.
    public init(mapping file: MappedFile) throws(TensorError) {
        try self.init(storage: .mapped(file), source: file.path)
    }

    private init(storage: Storage, source: String) throws(TensorError) {
        let header = try Self.withBytes(of: storage) { bytes throws(TensorError) in
            try SafetensorsHeader(fileContent: bytes, source: source)
        }
        entries = header.entries
        metadata = header.metadata
        dataStart = header.dataStart
        self.source = source
        self.storage = storage
        indices = Dictionary(header.entries.enumerated().map { ($0.element.name, $0.offset) }) { first, _ in first }
        for entry in entries where entry.type == .bool {
            let bad = withBytes(of: entry) { $0.first { $0 > 1 } }
            if let bad {
                throw TensorError(
                    code: .fileFormat,
                    message: "\(source): tensor '\(entry.name)': found byte \(bad) in a BOOL array, expected 0 or 1")
            }
        }
    }

    /// The array named `name`, if there is one.
    public func entry(named name: String) -> Entry? { indices[name].map { entries[$0] } }

    /// Lends the row-major, little-endian bytes of an array of this file.
    public func withBytes<Result, Failure: Error>(
        of entry: Entry, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let range = (dataStart + entry.range.lowerBound)..<(dataStart + entry.range.upperBound)
        return try Self.withBytes(of: storage) { bytes throws(Failure) in
            try body(UnsafeRawBufferPointer(rebasing: bytes[range]))
        }
    }

    private static func withBytes<Result, Failure: Error>(
        of storage: Storage, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        switch storage {
        case .mapped(let file):
            return try file.withBytes(body)
        case .bytes(let array):
            let outcome: Swift.Result<Result, Failure> = array.withUnsafeBytes { bytes in
                do throws(Failure) {
                    return .success(try body(bytes))
                } catch {
                    return .failure(error)
                }
            }
            return try outcome.get()
        }
    }
}
