import ArgusEnvAPI

/// Saving and continuing an episode: the game's bytes, then the number of failed loads (little-endian, 32 bits).
///
/// Chance plays no part after a reset, so a new chance seed changes nothing.
extension ForagingEnvironment {
    public func snapshot() throws -> [UInt8] {
        game.serialise() + (0..<4).map { UInt8(truncatingIfNeeded: failedLoads >> (8 * UInt32($0))) }
    }

    /// - Throws: ``RulesError`` (snapshot), and leaves the copy as it was, for bytes that are no state of this task.
    public mutating func restore(_ bytes: [UInt8]) throws {
        guard bytes.count >= 4 else {
            throw RulesError(.snapshot, "found \(bytes.count) bytes, expected at least 16")
        }
        try game.deserialise([UInt8](bytes.dropLast(4)))
        failedLoads = bytes.suffix(4).reversed().reduce(0) { ($0 << 8) | UInt32($1) }
    }
}
