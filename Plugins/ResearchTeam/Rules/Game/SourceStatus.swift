/// What has happened to a source.
struct SourceStatus: OptionSet, Sendable {
    let rawValue: UInt8

    /// A paper that was read, or a series with a reading.
    static let looked = SourceStatus(rawValue: 1)
    /// Told at least once.
    static let told = SourceStatus(rawValue: 2)
    static let cited = SourceStatus(rawValue: 4)
}

/// Readings of one subject: how many, and their sum, which together are all that can be learnt from them.
struct ReadingSeries: Hashable, Sendable {
    var count: Int32 = 0
    var sum: Int32 = 0
}
