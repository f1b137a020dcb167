/// An error object: the meta of REFUSE, and an element of ``ErrorReports``.
public struct ErrorReport: WireMeta {
    public static let place = "meta of REFUSE"
    public var code: WireError.Code
    public var message: String
    /// The copy concerned.
    public var copy: Int?
    /// Of the peer's program.
    public var traceback: String?

    public init(_ code: WireError.Code, _ message: String, copy: Int? = nil, traceback: String? = nil) {
        self.code = code
        self.message = message
        self.copy = copy
        self.traceback = traceback
    }

    public init(_ error: WireError) { self.init(error.code, error.message) }

    public init(_ fields: JSONFields) throws(WireError) {
        code = WireError.Code(rawValue: try fields.string("code"))
        message = try fields.string("message")
        copy = try fields.optionalInteger("copy", 0...Int(UInt32.max))
        traceback = try fields.optionalString("traceback")
    }

    public var json: JSONValue {
        var members: [String: JSONValue] = ["code": .string(code.rawValue), "message": .string(message)]
        if let copy { members["copy"] = .integer(copy) }
        if let traceback { members["traceback"] = .string(traceback) }
        return .object(members)
    }
}

/// Meta of a reply with another status than 0: at least one error.
public struct ErrorReports: WireMeta {
    public static let place = "meta of an error reply"
    public var errors: [ErrorReport]

    public init(_ errors: [ErrorReport]) { self.errors = errors }
    public init(_ error: WireError) { errors = [ErrorReport(error)] }

    public init(_ fields: JSONFields) throws(WireError) {
        errors = []
        for object in try fields.objects("errors", atMost: 1 << 20, isRequired: true) {
            errors.append(try ErrorReport(object))
        }
        guard !errors.isEmpty else { throw fields.refused("errors", "at least one error") }
    }

    public var json: JSONValue { ["errors": .array(errors.map(\.json))] }
}
