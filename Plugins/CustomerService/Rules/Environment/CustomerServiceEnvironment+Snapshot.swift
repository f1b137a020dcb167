import ArgusEnvAPI

extension CustomerServiceEnvironment {
    public func snapshot() throws -> [UInt8] { centre.serialise() }

    /// - Throws: ``RulesError`` (snapshot), and leaves the copy as it was, for bytes that are no state of this centre.
    public mutating func restore(_ bytes: [UInt8]) throws { try centre.deserialise(bytes) }

    public mutating func reseedChance(_ seed: UInt64) { centre.reseed(seed) }
}
