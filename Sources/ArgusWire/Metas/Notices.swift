/// Meta of LOG.
public struct LogNotice: WireMeta {
    public enum Severity: String, Sendable, Hashable, CaseIterable {
        case information
        case warning
        case failure
    }

    public static let place = "meta of LOG"
    public var severity: Severity
    public var message: String

    public init(_ severity: Severity, _ message: String) {
        self.severity = severity
        self.message = message
    }

    public init(_ fields: JSONFields) throws(WireError) {
        guard let severity = Severity(rawValue: try fields.string("severity")) else {
            throw fields.refused("severity", "information, warning or failure")
        }
        self.severity = severity
        message = try fields.string("message")
    }

    public var json: JSONValue { ["severity": .string(severity.rawValue), "message": .string(message)] }
}

/// Meta of BYE.
public struct ByeNotice: WireMeta {
    public static let place = "meta of BYE"
    public var reason: String

    public init(reason: String) { self.reason = reason }
    public init(_ fields: JSONFields) throws(WireError) { reason = try fields.optionalString("reason") ?? "" }
    public var json: JSONValue { ["reason": .string(reason)] }
}
