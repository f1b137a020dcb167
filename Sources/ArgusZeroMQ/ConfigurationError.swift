/// An endpoint, key or key file that cannot be used as it is: what, where, found, expected, and what to do.
public struct ConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A stable name for programs and tests; more may be added.
    public struct Code: RawRepresentable, Sendable, Hashable {
        public let rawValue: String
        public init(rawValue: String) { self.rawValue = rawValue }

        /// Text that is no endpoint of the kinds that are supported.
        public static let endpoint = Code(rawValue: "endpoint")
        /// An endpoint that is reachable from other machines, without keys.
        public static let keysRequired = Code(rawValue: "keys required")
        /// Text that is no CURVE key, or a pair that does not belong together.
        public static let key = Code(rawValue: "key")
        /// A key file that is missing, unreadable, malformed or readable by others.
        public static let keyFile = Code(rawValue: "key file")
        /// A folder that cannot be made.
        public static let folder = Code(rawValue: "folder")
    }

    public var code: Code
    /// What is wrong, such as "unusable endpoint".
    public var what: String
    /// Where: the endpoint, or a file and line.
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
