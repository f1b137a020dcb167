/// An error that a person will read: what, where, found, expected, and what to do.
public struct ArgusError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable name for programs and tests; more may be added.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// A file that is missing, unreadable, or not what it should be.
        public static let file = Code(rawValue: "file")
        /// A scenario, suite, team or hyperparameter that says something impossible.
        public static let configuration = Code(rawValue: "configuration")
        /// An environment or policy in another process that cannot be used.
        public static let peer = Code(rawValue: "peer")
        /// A plugin that does not load or breaks the contract.
        public static let plugin = Code(rawValue: "plugin")
        /// An action out of range, or a policy that cannot act here.
        public static let policy = Code(rawValue: "policy")
        /// A checkpoint or snapshot that does not fit or is damaged.
        public static let checkpoint = Code(rawValue: "checkpoint")
        /// Training that cannot go on.
        public static let training = Code(rawValue: "training")
        /// Output that cannot be written.
        public static let output = Code(rawValue: "output")
    }

    public var code: Code
    /// What is wrong, such as "unknown scenario".
    public var what: String
    /// Where: a file and line, an agent and step, a flag.
    public var place: String
    public var found: String
    public var expected: String
    /// What to do; nil when there is nothing better than to do what was expected.
    public var remedy: String?

    public init(
        _ code: Code, _ what: String, at place: String, found: String, expected: String, remedy: String? = nil
    ) {
        self.code = code
        self.what = what
        self.place = place
        self.found = found
        self.expected = expected
        self.remedy = remedy
    }

    /// `WHAT (WHERE): found X, expected Y. Try Z.`
    public var description: String {
        "\(what) (\(place)): found \(found), expected \(expected)." + (remedy.map { " Try \($0)." } ?? "")
    }
}
