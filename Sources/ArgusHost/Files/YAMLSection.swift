public import ArgusEnvAPI

/// A mapping in a YAML file: strict, typed access to its keys.
///
/// A reader first calls ``allow(_:)`` with every key that it knows, then reads: `try section.integer("horizon")` for a key
/// that must be there, `try section["score"]?.section()` for one that may be absent. Each error names file, line and key.
public struct YAMLSection: Sendable, Hashable {
    private let value: YAMLValue
    private let entries: [YAMLNode.Entry]

    /// Reads a whole file, whose root must be a mapping.
    ///
    /// - Parameters:
    ///   - code: the code of errors about what the file says.
    ///   - limit: the largest size in bytes.
    /// - Throws: ``ArgusError``: `file` if it cannot be read, `code` if it is not a YAML mapping.
    public init(
        contentsOf path: String, code: ArgusError.Code = .configuration, limit: Int = 1_000_000
    ) throws(ArgusError) {
        try self.init(text: try TextFile.read(path, limit: limit), file: path, code: code)
    }

    /// Reads a text, whose root must be a mapping; `file` is what messages call it.
    public init(text: String, file: String, code: ArgusError.Code = .configuration) throws(ArgusError) {
        let root = try YAMLParsing(text: text, file: file, code: code).parse()
        if case .scalar("", plain: true) = root.content {
            throw ArgusError(
                code, "empty file", at: file, found: "no keys", expected: "lines of the form 'key: value'")
        }
        try self.init(YAMLValue(root, file: file, line: root.line, keyPath: "", code: code))
    }

    init(_ value: YAMLValue) throws(ArgusError) {
        guard case .mapping(let entries) = value.node.content else {
            throw value.error("wrong type", expected: "a mapping (keys and values)")
        }
        self.value = value
        self.entries = entries
    }

    /// The file's name as given, for messages.
    public var file: String { value.file }
    /// The line that the section begins on.
    public var line: Int { value.line }
    /// Keys from the root; empty for the root itself.
    public var keyPath: String { value.keyPath }
    /// `FILE:LINE, key 'a.b'`.
    public var place: String { value.place }
    /// In the order of the file.
    public var keys: [String] { entries.map(\.key) }

    /// The line of each key.
    var keyLines: [String: Int] {
        Dictionary(entries.map { ($0.key, $0.line) }, uniquingKeysWith: { first, _ in first })
    }

    /// Refuses every key but these.
    public func allow(_ known: [String]) throws(ArgusError) {
        for entry in entries where !known.contains(entry.key) {
            throw child(entry).error(
                "unknown key", found: "'\(entry.key)'", expected: "one of \(known.joined(separator: ", "))",
                remedy: nearestName(to: entry.key, in: known).map { "'\($0)'" })
        }
    }

    /// The value of a key that may be absent.
    public subscript(key: String) -> YAMLValue? {
        entries.first { $0.key == key }.map(child)
    }

    /// The value of a key that must be there.
    public func required(_ key: String) throws(ArgusError) -> YAMLValue {
        if let value = self[key] { return value }
        let path = keyPath.isEmpty ? key : "\(keyPath).\(key)"
        throw ArgusError(
            value.code, "missing key", at: "\(file):\(line), key '\(path)'",
            found: keys.isEmpty ? "no keys" : "only \(keys.joined(separator: ", "))", expected: "a value for '\(key)'")
    }

    /// An error about this section as a whole.
    public func error(_ what: String, found: String, expected: String, remedy: String? = nil) -> ArgusError {
        value.error(what, found: found, expected: expected, remedy: remedy)
    }

    // MARK: Required values

    public func string(_ key: String) throws(ArgusError) -> String { try required(key).string() }

    public func integer(_ key: String, in range: ClosedRange<Int> = .min ... .max) throws(ArgusError) -> Int {
        try required(key).integer(in: range)
    }

    /// A finite number.
    public func number(_ key: String) throws(ArgusError) -> Double { try required(key).number() }

    public func boolean(_ key: String) throws(ArgusError) -> Bool { try required(key).boolean() }

    public func section(_ key: String) throws(ArgusError) -> YAMLSection { try required(key).section() }

    public func list(_ key: String) throws(ArgusError) -> [YAMLValue] { try required(key).list() }

    /// All values as parameter values, by key.
    public func parameters() throws(ArgusError) -> [String: ParameterValue] {
        var values: [String: ParameterValue] = [:]
        for entry in entries { values[entry.key] = try child(entry).parameter() }
        return values
    }

    private func child(_ entry: YAMLNode.Entry) -> YAMLValue {
        YAMLValue(
            entry.value, file: file, line: entry.line,
            keyPath: keyPath.isEmpty ? entry.key : "\(keyPath).\(entry.key)", code: value.code)
    }
}
