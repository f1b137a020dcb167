/// The meta part of a kind of message: a JSON object with known keys.
public protocol WireMeta: Sendable, Hashable {
    /// Where errors say that a key stands, such as `meta of CREATE`.
    static var place: String { get }
    /// Reads known keys and ignores others.
    ///
    /// - Throws: code `invalid-request`, naming the key.
    init(_ fields: JSONFields) throws(WireError)
    var json: JSONValue { get }
}

extension WireMeta {
    /// - Parameter bytes: of the meta part; none are the empty object.
    public init(bytes: UnsafeRawBufferPointer) throws(WireError) {
        try self.init(JSONFields(bytes: bytes, Self.place))
    }

    /// - Parameter bytes: of the meta part; none are the empty object.
    public init(bytes: [UInt8]) throws(WireError) {
        let fields = try bytes.withUnsafeBufferPointer { bytes throws(WireError) in
            try JSONFields(bytes: UnsafeRawBufferPointer(bytes), Self.place)
        }
        try self.init(fields)
    }

    /// The bytes of the meta part: no spaces, sorted keys.
    public func encoded() -> [UInt8] { JSONWriter.bytes(of: json) }
}
