import ArgusEnvAPI
public import ArgusHost

/// One documented knob of an algorithm: what `--set NAME=VALUE` reaches.
public struct Hyperparameter<Configuration> {
    public let name: String
    /// What it does, its range, and where its default comes from.
    public let documentation: String
    let get: (Configuration) -> String
    let set: (inout Configuration, String) throws(ArgusError) -> Void

    static func integer(
        _ name: String, _ path: WritableKeyPath<Configuration, Int>, _ range: ClosedRange<Int>, _ documentation: String
    ) -> Self {
        Self(name: name, documentation: documentation) {
            "\($0[keyPath: path])"
        } set: { (configuration: inout Configuration, text: String) throws(ArgusError) in
            // 1e6 is how people write steps.
            guard let value = Int(text) ?? Double(text).flatMap({ Int(exactly: $0) }), range.contains(value) else {
                throw refused(name, text, "an integer from \(range.lowerBound) to \(range.upperBound)")
            }
            configuration[keyPath: path] = value
        }
    }

    static func number(
        _ name: String, _ path: WritableKeyPath<Configuration, Double>, _ range: ClosedRange<Double>,
        _ documentation: String
    ) -> Self {
        Self(name: name, documentation: documentation) {
            "\($0[keyPath: path])"
        } set: { (configuration: inout Configuration, text: String) throws(ArgusError) in
            guard let value = Double(text), range.contains(value) else {
                throw refused(name, text, "a number from \(range.lowerBound) to \(range.upperBound)")
            }
            configuration[keyPath: path] = value
        }
    }

    static func boolean(
        _ name: String, _ path: WritableKeyPath<Configuration, Bool>, _ documentation: String
    ) -> Self {
        Self(name: name, documentation: documentation) {
            "\($0[keyPath: path])"
        } set: { (configuration: inout Configuration, text: String) throws(ArgusError) in
            guard let value = Bool(text) else { throw refused(name, text, "true or false") }
            configuration[keyPath: path] = value
        }
    }

    static func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ path: WritableKeyPath<Configuration, Choice>, _ documentation: String
    ) -> Self where Choice.RawValue == String {
        Self(name: name, documentation: documentation) {
            $0[keyPath: path].rawValue
        } set: { (configuration: inout Configuration, text: String) throws(ArgusError) in
            guard let value = Choice(rawValue: text) else {
                let names = Choice.allCases.map(\.rawValue)
                throw refused(
                    name, text, "one of \(names.joined(separator: ", "))",
                    nearestName(to: text, in: names).map { "'\(name)=\($0)'" })
            }
            configuration[keyPath: path] = value
        }
    }

    private static func refused(
        _ name: String, _ text: String, _ expected: String, _ remedy: String? = nil
    ) -> ArgusError {
        ArgusError(
            .configuration, "bad hyperparameter", at: "--set \(name)", found: "'\(text)'", expected: expected,
            remedy: remedy)
    }
}

/// A hyperparameter as lists show it.
public struct HyperparameterDescription: Sendable, Hashable, Encodable {
    public let name: String
    public let documentation: String
    /// Its default, as text.
    public let standard: String

    enum CodingKeys: String, CodingKey {
        case name, documentation
        case standard = "default"
    }
}

/// A set of hyperparameters that can be listed, set by name and written beside a result.
public protocol HyperparameterSet: Sendable, Hashable {
    static var hyperparameters: [Hyperparameter<Self>] { get }
    /// Episodes played side by side.
    var copies: Int { get }
    /// Settings that contradict each other.
    func validate() throws(ArgusError)
    init()
}

extension HyperparameterSet {
    /// The defaults, changed by `settings` (name and text).
    ///
    /// - Throws: ``ArgusError`` (configuration) for an unknown name, with the nearest one, or an impossible value.
    public init(_ settings: [(name: String, value: String)]) throws(ArgusError) {
        self.init()
        let all = Self.hyperparameters
        for (name, value) in settings {
            guard let hyperparameter = all.first(where: { $0.name == name }) else {
                throw ArgusError(
                    .configuration, "unknown hyperparameter", at: "--set \(name)=\(value)", found: "'\(name)'",
                    expected: "one of \(all.map(\.name).joined(separator: ", "))",
                    remedy: nearestName(to: name, in: all.map(\.name)).map { "'--set \($0)=\(value)'" })
            }
            try hyperparameter.set(&self, value)
        }
        try validate()
    }

    /// All values by name, as they are written beside a result.
    public var values: [String: String] {
        Dictionary(Self.hyperparameters.map { ($0.name, $0.get(self)) }, uniquingKeysWith: { first, _ in first })
    }
}
