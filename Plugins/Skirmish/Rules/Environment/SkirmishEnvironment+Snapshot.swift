/// Saving and continuing an episode.
extension SkirmishEnvironment {
    public func snapshot() throws -> [UInt8] { battle.serialise() }

    /// Continues from a snapshot or, if the first byte is `{`, from a recorded state of the reference: a JSON object with
    /// `types`, `before` and perhaps `cooldown_noise`, as the README describes.
    ///
    /// - Throws: ``RulesError`` (snapshot), and leaves the copy as it was, for bytes that are no state of this map.
    public mutating func restore(_ bytes: [UInt8]) throws {
        if bytes.first == UInt8(ascii: "{") {
            try battle.adopt(transitionState: bytes)
        } else {
            try battle.deserialise(bytes)
        }
    }

    public mutating func reseedChance(_ seed: UInt64) { battle.reseedChance(seed) }
}
