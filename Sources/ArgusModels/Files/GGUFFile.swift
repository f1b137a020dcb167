import ArgusTensor

/// A file in the GGUF format (versions 2 and 3, little-endian): metadata by key, and named tensors.
///
/// The header is checked whole before anything is used: every count and length against the bytes that are there, every
/// tensor against the file's end. Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
public struct GGUFFile: Sendable {
    /// What the header says of one tensor.
    struct Entry: Sendable {
        let name: String
        let type: GGUFTensorType
        /// Sizes, outermost first (the file has them the other way round).
        let shape: [Int]
        /// Where its bytes lie in the file.
        let range: Range<Int>

        var count: Int { shape.reduce(1, *) }
    }

    public let metadata: [String: GGUFValue]
    let entries: [String: Entry]
    let file: MappedFile

    public init(_ path: String) throws(LanguageError) {
        let file = try computing { () throws(TensorError) in try MappedFile(path) }
        try self.init(file)
    }

    init(_ file: MappedFile) throws(LanguageError) {
        self.file = file
        (metadata, entries) = try file.withBytes { bytes throws(LanguageError) in
            var reader = GGUFReader(bytes, path: file.path)
            return try reader.read()
        }
    }

    public var path: String { file.path }
    public var tensorNames: [String] { entries.keys.sorted() }
}

// MARK: Metadata by key and type

extension GGUFFile {
    private func refused(_ key: String, _ expected: String) -> LanguageError {
        let found = metadata[key].map(\.kind) ?? "nothing"
        return LanguageError(.fileFormat, "metadata '\(key)' (\(path)): found \(found), expected \(expected)")
    }

    func optionalInteger(_ key: String) throws(LanguageError) -> Int? {
        guard let value = metadata[key] else { return nil }
        guard case .integer(let integer) = value else { throw refused(key, "an integer") }
        return integer
    }

    func integer(_ key: String) throws(LanguageError) -> Int {
        guard let value = try optionalInteger(key) else { throw refused(key, "an integer") }
        return value
    }

    func optionalNumber(_ key: String) throws(LanguageError) -> Double? {
        switch metadata[key] {
        case nil: return nil
        case .number(let number): return number
        case .integer(let integer): return Double(integer)
        default: throw refused(key, "a number")
        }
    }

    func optionalBoolean(_ key: String) throws(LanguageError) -> Bool? {
        guard let value = metadata[key] else { return nil }
        guard case .boolean(let boolean) = value else { throw refused(key, "true or false") }
        return boolean
    }

    func optionalString(_ key: String) throws(LanguageError) -> String? {
        guard let value = metadata[key] else { return nil }
        guard case .string(let string) = value else { throw refused(key, "a string") }
        return string
    }

    func string(_ key: String) throws(LanguageError) -> String {
        guard let value = try optionalString(key) else { throw refused(key, "a string") }
        return value
    }

    func strings(_ key: String) throws(LanguageError) -> [String] {
        guard case .strings(let strings) = metadata[key] else { throw refused(key, "a list of strings") }
        return strings
    }

    func optionalIntegers(_ key: String) throws(LanguageError) -> [Int]? {
        guard let value = metadata[key] else { return nil }
        guard case .integers(let integers) = value else { throw refused(key, "a list of integers") }
        return integers
    }
}
