import CZeroMQ

/// A public CURVE key: 32 bytes, written as 40 characters of Z85 (ZeroMQ RFC 32).
public struct PublicKey: Sendable, Hashable, CustomStringConvertible {
    /// The 40 characters.
    public let text: String

    /// - Throws: ``ConfigurationError`` (key) for anything but 40 characters of Z85.
    public init(_ text: String) throws(ConfigurationError) {
        guard isCurveKey(text) else {
            // The text itself may be a secret that stands in the wrong place.
            throw ConfigurationError(
                .key, "unusable public key", at: "public key", found: "\(text.utf8.count) characters",
                expected: "40 characters of Z85", remedy: "the file NAME.pub that 'argus keys new NAME' wrote")
        }
        self.text = text
    }

    /// A key that libzmq made or verified.
    init(trusted text: String) { self.text = text }

    /// The key from its 32 bytes; nil for another number of them.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 32 else { return nil }
        var text = [CChar](repeating: 0, count: 41)
        guard zmq_z85_encode(&text, bytes, bytes.count) != nil else { return nil }
        self.text = String(decoding: text.prefix(40).map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    public var description: String { text }
}

/// A secret CURVE key. It never shows itself in a log.
public struct SecretKey: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The 40 characters of Z85.
    public let text: String

    /// - Throws: ``ConfigurationError`` (key) for anything but 40 characters of Z85.
    public init(_ text: String) throws(ConfigurationError) {
        guard isCurveKey(text) else {
            throw ConfigurationError(
                .key, "unusable secret key", at: "secret key", found: "\(text.utf8.count) characters",
                expected: "40 characters of Z85", remedy: "'argus keys new NAME' for a new pair")
        }
        self.text = text
    }

    init(trusted text: String) { self.text = text }

    public var description: String { "(secret key)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// A public key and the secret one that belongs to it.
public struct KeyPair: Sendable, Hashable {
    public let publicKey: PublicKey
    public let secretKey: SecretKey

    /// The pair of a secret key.
    ///
    /// - Throws: ``ZeroMQError`` when libzmq has no CURVE.
    public init(secretKey: SecretKey) throws(ZeroMQError) {
        var text = [CChar](repeating: 0, count: 41)
        guard zmq_curve_public(&text, secretKey.text) == 0 else { throw ZeroMQError.latest("zmq_curve_public") }
        publicKey = PublicKey(trusted: KeyPair.string(text))
        self.secretKey = secretKey
    }

    private init(publicKey: PublicKey, secretKey: SecretKey) {
        self.publicKey = publicKey
        self.secretKey = secretKey
    }

    /// A new pair from the system's randomness.
    ///
    /// - Throws: ``ZeroMQError`` when libzmq has no CURVE.
    public static func generate() throws(ZeroMQError) -> KeyPair {
        var publicText = [CChar](repeating: 0, count: 41)
        var secretText = [CChar](repeating: 0, count: 41)
        guard zmq_curve_keypair(&publicText, &secretText) == 0 else { throw ZeroMQError.latest("zmq_curve_keypair") }
        return KeyPair(
            publicKey: PublicKey(trusted: string(publicText)), secretKey: SecretKey(trusted: string(secretText)))
    }

    private static func string(_ text: [CChar]) -> String {
        String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}

private func isCurveKey(_ text: String) -> Bool {
    guard text.utf8.count == 40 else { return false }
    var bytes = [UInt8](repeating: 0, count: 32)
    return zmq_z85_decode(&bytes, text) != nil
}
