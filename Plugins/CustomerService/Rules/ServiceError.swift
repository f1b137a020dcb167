/// Why a configuration or a snapshot of a contact centre was refused.
///
/// Nothing in this module traps on bad input.
public struct ServiceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of input was refused.
    public enum Code: Hashable, Sendable {
        /// A parameter, or a combination of parameters, that cannot be played.
        case configuration
        /// Bytes that are not the state of a centre with this configuration.
        case snapshot
    }

    public let code: Code
    /// What was found, what was expected and, for parameters, what to try, in one line.
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    static func parameter(_ name: String, found: String, expected: String, remedy: String) -> ServiceError {
        ServiceError(.configuration, "parameter '\(name)': found \(found), expected \(expected). Try \(remedy).")
    }
}
