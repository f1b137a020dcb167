/// What a check found.
public struct ConformanceResult: Sendable, Hashable, Codable {
    public enum Verdict: String, Sendable, Hashable, Codable, CaseIterable {
        case pass
        /// Legal, but probably not meant.
        case warn
        case fail
        /// The environment does not have what would be checked.
        case skip
        /// The process that ran the check did not survive it.
        case crashed

        /// Whether an environment with this verdict keeps the contract.
        public var isGood: Bool { self != .fail && self != .crashed }
    }

    public var verdict: Verdict
    /// What was found; may be empty or a remark for a pass.
    public var reason: String
    /// Of the episode in which it was found.
    public var seed: UInt64?
    /// Steps made in that episode.
    public var step: Int?

    public init(_ verdict: Verdict, _ reason: String = "", seed: UInt64? = nil, step: Int? = nil) {
        self.verdict = verdict
        self.reason = reason
        self.seed = seed
        self.step = step
    }

    static let passed = ConformanceResult(.pass)
    /// A pass with something worth knowing.
    static func passed(_ remark: String) -> ConformanceResult { ConformanceResult(.pass, remark) }
    static func warning(_ reason: String) -> ConformanceResult { ConformanceResult(.warn, reason) }
    static func failed(_ reason: String) -> ConformanceResult { ConformanceResult(.fail, reason) }
    static func skipped(_ reason: String) -> ConformanceResult { ConformanceResult(.skip, reason) }
}

/// Why a check fails: what was found, and where.
struct ConformanceFailure: Error, CustomStringConvertible {
    let description: String
    var seed: UInt64?
    var step: Int?

    init(_ description: String, seed: UInt64? = nil, step: Int? = nil) {
        self.description = description
        self.seed = seed
        self.step = step
    }

    /// The same failure with the episode and step, if they are not known yet.
    func at(seed: UInt64, step: Int) -> ConformanceFailure {
        self.seed == nil ? ConformanceFailure(description, seed: seed, step: step) : self
    }
}

/// Fails unless `condition` holds.
func require(_ condition: Bool, _ found: @autoclosure () -> String) throws {
    if !condition { throw ConformanceFailure(found()) }
}
