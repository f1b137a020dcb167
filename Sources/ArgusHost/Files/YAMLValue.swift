public import ArgusEnvAPI

/// A value in a YAML file that knows where it stands, read as the type that the reader wants.
///
/// Every reading either succeeds or throws an ``ArgusError`` with file, line and key.
public struct YAMLValue: Sendable, Hashable {
    /// The file's name as given, for messages.
    public let file: String
    /// Counted from 1.
    public let line: Int
    /// Keys from the root, such as `score.floor` or `references[1].mean`; empty for the root itself.
    public let keyPath: String
    let node: YAMLNode
    let code: ArgusError.Code

    init(_ node: YAMLNode, file: String, line: Int, keyPath: String, code: ArgusError.Code) {
        self.node = node
        self.file = file
        self.line = line
        self.keyPath = keyPath
        self.code = code
    }

    /// `FILE:LINE, key 'a.b'`.
    public var place: String { keyPath.isEmpty ? "\(file):\(line)" : "\(file):\(line), key '\(keyPath)'" }

    /// The value in words, such as `the string 'abc'` or `a list`.
    public var words: String { node.description }

    /// An error about this value.
    public func error(
        _ what: String, found: String? = nil, expected: String, remedy: String? = nil
    ) -> ArgusError {
        ArgusError(code, what, at: place, found: found ?? words, expected: expected, remedy: remedy)
    }

    // MARK: Scalars

    /// A string: quoted, or unquoted and neither number, boolean nor null.
    public func string() throws(ArgusError) -> String {
        guard case .scalar(let text, let plain) = node.content, !plain || YAMLScalar(plain: text) == .string else {
            throw error("wrong type", expected: "a string", remedy: quotation)
        }
        return text
    }

    /// A string that is not empty.
    public func nonEmptyString() throws(ArgusError) -> String {
        let text = try string()
        guard !text.isEmpty else { throw error("empty string", found: "''", expected: "a string that is not empty") }
        return text
    }

    /// An integer of at most 64 bits within `range`. `10.0` is not one.
    public func integer(in range: ClosedRange<Int> = .min ... .max) throws(ArgusError) -> Int {
        let expected =
            switch (range.lowerBound, range.upperBound) {
            case (.min, .max): "an integer"
            case (let low, .max): "an integer, at least \(low)"
            case (.min, let high): "an integer, at most \(high)"
            case (let low, let high): "an integer, \(low) to \(high)"
            }
        switch scalar {
        case .integer(let value):
            guard range.contains(value) else { throw error("value out of range", expected: expected) }
            return value
        case .hugeInteger:
            throw error("value out of range", expected: "an integer of at most 64 bits")
        case .number(let value):
            let whole = Int(exactly: value)
            throw error("wrong type", expected: expected, remedy: whole.map { "'\($0)'" })
        default: throw error("wrong type", expected: expected, remedy: withoutUnderscores)
        }
    }

    /// A finite number within `range`; integers are taken.
    public func number(
        in range: ClosedRange<Double> = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
    ) throws(ArgusError) -> Double {
        let all = -Double.greatestFiniteMagnitude...Double.greatestFiniteMagnitude
        let expected = range == all ? "a number" : "a number, \(range.lowerBound) to \(range.upperBound)"
        let value: Double
        switch scalar {
        case .integer(let whole): value = Double(whole)
        case .hugeInteger(let whole): value = whole
        case .number(let number): value = number
        default: throw error("wrong type", expected: expected, remedy: withoutUnderscores)
        }
        guard value.isFinite else { throw error("value out of range", expected: "a finite number") }
        guard range.contains(value) else { throw error("value out of range", expected: expected) }
        return value
    }

    /// `true` or `false`.
    public func boolean() throws(ArgusError) -> Bool {
        if case .boolean(let value)? = scalar { return value }
        let meaning = ["yes": "true", "on": "true", "no": "false", "off": "false"]
        var remedy: String?
        if case .scalar(let text, _) = node.content { remedy = meaning[text.lowercased()].map { "'\($0)'" } }
        throw error("wrong type", expected: "true or false", remedy: remedy)
    }

    /// One of the names.
    public func oneOf(_ names: [String]) throws(ArgusError) -> String {
        let expected = "one of \(names.joined(separator: ", "))"
        guard case .scalar(let text, _) = node.content else { throw error("wrong type", expected: expected) }
        guard names.contains(text) else {
            throw error(
                "unknown value", found: "'\(text)'", expected: expected,
                remedy: nearestName(to: text, in: names).map { "'\($0)'" })
        }
        return text
    }

    /// One of the cases of an enumeration whose raw values are the names.
    public func oneOf<Choice: RawRepresentable<String> & CaseIterable>(
        _ type: Choice.Type
    ) throws(ArgusError) -> Choice {
        let name = try oneOf(Choice.allCases.map(\.rawValue))
        guard let choice = Choice(rawValue: name) else { throw error("unknown value", expected: "another name") }
        return choice
    }

    /// A parameter's value: its type follows from how it is written; quoted scalars are strings.
    public func parameter() throws(ArgusError) -> ParameterValue {
        let expected = "an integer, number, boolean or string"
        guard case .scalar(let text, let plain) = node.content else { throw error("wrong type", expected: expected) }
        guard plain else { return .string(text) }
        switch YAMLScalar(plain: text) {
        case .null: throw error("missing value", expected: expected)
        case .boolean(let value): return .boolean(value)
        case .integer(let value): return .integer(value)
        case .hugeInteger: throw error("value out of range", expected: "an integer of at most 64 bits")
        case .number(let value):
            guard value.isFinite else { throw error("value out of range", expected: "a finite number") }
            return .number(value)
        case .string: return .string(text)
        }
    }

    /// True when this very word is written.
    public func isWord(_ word: String) -> Bool {
        if case .scalar(word, _) = node.content { return true }
        return false
    }

    /// True when nothing, `~` or `null` is written.
    public var isNull: Bool { scalar == .null }

    // MARK: Collections

    public func list() throws(ArgusError) -> [YAMLValue] {
        guard case .list(let items) = node.content else {
            throw error("wrong type", expected: "a list", remedy: "'[…]' or lines that begin with '- '")
        }
        return items.enumerated().map {
            YAMLValue($1, file: file, line: $1.line, keyPath: "\(keyPath)[\($0)]", code: code)
        }
    }

    public func section() throws(ArgusError) -> YAMLSection { try YAMLSection(self) }

    /// True when this is a mapping.
    public var isSection: Bool {
        if case .mapping = node.content { return true }
        return false
    }

    /// True when this is a list.
    public var isList: Bool {
        if case .list = node.content { return true }
        return false
    }

    // MARK: Details

    /// Nil for collections.
    private var scalar: YAMLScalar? {
        guard case .scalar(let text, let plain) = node.content else { return nil }
        return plain ? YAMLScalar(plain: text) : .string
    }

    private var quotation: String? {
        guard case .scalar(let text, _) = node.content, !text.isEmpty else { return nil }
        return "quotes: \"\(text)\""
    }

    /// `1_000` is a string in YAML; what was probably meant.
    private var withoutUnderscores: String? {
        guard case .scalar(let text, _) = node.content else { return nil }
        let digits = text.filter { $0 != "_" }
        switch YAMLScalar(plain: digits) {
        case .integer, .number: return "'\(digits)'"
        default: return nil
        }
    }
}
