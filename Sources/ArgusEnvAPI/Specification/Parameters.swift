/// A value in a scenario's `parameters:`.
public enum ParameterValue: Sendable, Hashable, CustomStringConvertible {
    case integer(Int)
    case number(Double)
    case boolean(Bool)
    case string(String)

    /// As it would stand in a scenario file.
    public var description: String {
        switch self {
        case .integer(let value): "\(value)"
        case .number(let value): "\(value)"
        case .boolean(let value): "\(value)"
        case .string(let value): value
        }
    }
}

/// What a parameter may be.
public enum ParameterKind: Sendable, Hashable {
    case integer(ClosedRange<Int>)
    case number(ClosedRange<Double>)
    case boolean
    case string
    case choice([String])
}

/// A parameter of an environment.
public struct ParameterDescriptor: Sendable, Hashable {
    public var name: String
    public var kind: ParameterKind
    public var defaultValue: ParameterValue
    public var description: String

    public init(_ name: String, _ kind: ParameterKind, default defaultValue: ParameterValue, _ description: String) {
        self.name = name
        self.kind = kind
        self.defaultValue = defaultValue
        self.description = description
    }
}

/// A complete, checked set of parameter values.
public struct ParameterValues: Sendable, Hashable {
    public let values: [String: ParameterValue]

    /// Fills in defaults and checks names, types and ranges.
    public init(
        _ given: [String: ParameterValue], for descriptors: [ParameterDescriptor]
    ) throws(ParameterError) {
        var complete: [String: ParameterValue] = [:]
        for descriptor in descriptors { complete[descriptor.name] = descriptor.defaultValue }
        for (name, value) in given.sorted(by: { $0.key < $1.key }) {
            guard let descriptor = descriptors.first(where: { $0.name == name }) else {
                let names = descriptors.map(\.name)
                throw ParameterError(
                    parameter: name, found: "an unknown parameter",
                    expected: names.isEmpty ? "no parameters" : "one of \(names.joined(separator: ", "))",
                    remedy: nearestName(to: name, in: names).map { "'\($0)'" })
            }
            complete[name] = try descriptor.check(value)
        }
        values = complete
    }

    public func integer(_ name: String) throws(ParameterError) -> Int {
        if case .integer(let value)? = values[name] { return value }
        throw undeclared(name, "an integer")
    }

    public func number(_ name: String) throws(ParameterError) -> Double {
        if case .number(let value)? = values[name] { return value }
        throw undeclared(name, "a number")
    }

    public func boolean(_ name: String) throws(ParameterError) -> Bool {
        if case .boolean(let value)? = values[name] { return value }
        throw undeclared(name, "true or false")
    }

    /// A string or a choice.
    public func string(_ name: String) throws(ParameterError) -> String {
        if case .string(let value)? = values[name] { return value }
        throw undeclared(name, "a string")
    }

    private func undeclared(_ name: String, _ kind: String) -> ParameterError {
        ParameterError(
            parameter: name, found: "no such declared parameter", expected: "\(kind) in the descriptor", remedy: nil)
    }
}

/// A parameter that is unknown, of the wrong type or out of range.
public struct ParameterError: Error, Sendable, Hashable, CustomStringConvertible {
    public var parameter: String
    public var found: String
    public var expected: String
    public var remedy: String?

    public init(parameter: String, found: String, expected: String, remedy: String?) {
        self.parameter = parameter
        self.found = found
        self.expected = expected
        self.remedy = remedy
    }

    public var description: String {
        "parameter '\(parameter)': found \(found), expected \(expected)." + (remedy.map { " Try \($0)." } ?? "")
    }
}

extension ParameterDescriptor {
    /// The value in the parameter's own type (an integer is taken for a number), or an error.
    func check(_ value: ParameterValue) throws(ParameterError) -> ParameterValue {
        func refused(_ expected: String, try remedy: String? = nil) -> ParameterError {
            ParameterError(parameter: name, found: "'\(value)'", expected: expected, remedy: remedy)
        }
        switch (kind, value) {
        case (.integer(let range), .integer(let number)):
            guard range.contains(number) else {
                let expected = range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range)"
                throw refused("an integer, \(expected)".replacingRange)
            }
            return value
        case (.number(let range), .integer(let number)):
            guard range.contains(Double(number)) else { throw refused("a number, \(range)".replacingRange) }
            return .number(Double(number))
        case (.number(let range), .number(let number)):
            guard range.contains(number) else { throw refused("a number, \(range)".replacingRange) }
            return value
        case (.boolean, .boolean), (.string, .string):
            return value
        case (.choice(let choices), .string(let string)):
            guard choices.contains(string) else {
                throw refused(
                    "one of \(choices.joined(separator: ", "))",
                    try: nearestName(to: string, in: choices).map { "'\($0)'" })
            }
            return value
        case (.integer, _): throw refused("an integer")
        case (.number, _): throw refused("a number")
        case (.boolean, _): throw refused("true or false")
        case (.string, _): throw refused("a string")
        case (.choice(let choices), _): throw refused("one of \(choices.joined(separator: ", "))")
        }
    }
}

extension String {
    /// `2...5` reads as "2 to 5" in messages.
    fileprivate var replacingRange: String {
        var parts: [Substring] = []
        var rest = self[...]
        while let range = rest.firstRange(of: "...") {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        parts.append(rest)
        return parts.joined(separator: " to ")
    }
}
