/// Why a warehouse cannot be built, or a snapshot of one not restored.
public struct WarehouseError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of input was refused.
    public enum Code: String, Sendable {
        /// A parameter is out of its range, or does not go with another.
        case impossibleParameter
        /// The text of a custom layout is not a layout.
        case malformedLayout
        /// Bytes are not a state that a warehouse of these parameters can be in.
        case malformedState
    }

    public let code: Code
    /// The parameter's name, or the part of the state.
    public let subject: String
    /// What was found, and what was expected.
    public let message: String

    public init(_ code: Code, _ subject: String, _ message: String) {
        self.code = code
        self.subject = subject
        self.message = message
    }

    public var description: String { "\(subject): \(message)" }
}
