/// Why a configuration or a snapshot of a research team was refused.
///
/// Every case says what was found and what was expected; nothing in this module traps on bad input.
public struct ResearchError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of input was refused.
    public enum Code: Hashable, Sendable {
        /// A parameter, or a combination of parameters, that cannot be played.
        case configuration
        /// Bytes that are not the state of an episode with this configuration.
        case snapshot
    }

    public let code: Code
    /// What was found and what was expected, in one sentence.
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
