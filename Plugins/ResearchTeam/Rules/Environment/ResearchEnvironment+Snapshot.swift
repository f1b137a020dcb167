/// Saving and continuing an episode.
extension ResearchEnvironment {
    public func snapshot() throws -> [UInt8] { game.serialise() }

    /// - Throws: ``RulesError`` (snapshot), and leaves the copy as it was, for bytes that are no state of this task.
    public mutating func restore(_ bytes: [UInt8]) throws { try game.deserialise(bytes) }
}
