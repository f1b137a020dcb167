/// Something received that is not as `Documentation/wire-protocol.md` says, or a request that cannot be done.
public struct WireError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable name, as it stands in `code` of an error object; peers may send others.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Not a message of this protocol at all: it is dropped and counted. Never sent.
        public static let malformed = Code(rawValue: "malformed")
        /// Shapes, sizes, counts or meta that are not as the protocol says.
        public static let invalidRequest = Code(rawValue: "invalid-request")
        public static let unknownMessage = Code(rawValue: "unknown-message")
        public static let unknownInstance = Code(rawValue: "unknown-instance")
        public static let unknownEnvironment = Code(rawValue: "unknown-environment")
        public static let unknownSession = Code(rawValue: "unknown-session")
        /// An extension that this environment does not have.
        public static let notOffered = Code(rawValue: "not-offered")
        /// An environment or policy that cannot be made with these parameters.
        public static let badParameters = Code(rawValue: "bad-parameters")
        /// A specification hash that is another's.
        public static let specification = Code(rawValue: "specification")
        /// More than a limit allows.
        public static let limit = Code(rawValue: "limit")
        /// No common major version.
        public static let version = Code(rawValue: "version")
        /// Two roles that have nothing to say to each other.
        public static let role = Code(rawValue: "role")
        /// The environment or policy itself failed.
        public static let environment = Code(rawValue: "environment")
    }

    public var code: Code
    /// What is wrong, found and expected, for a person.
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(message) [\(code.rawValue)]" }
}
