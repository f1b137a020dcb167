import ArgusEnvAPI

/// What a comparison with a recording found.
public struct VerificationOutcome: Sendable, Hashable {
    /// Episodes that were equal; 0 for a recording of single transitions.
    public var episodes = 0
    /// Steps that were equal.
    public var steps = 0
    /// The first difference, at which the comparison stops.
    public var difference: Difference?

    /// The first value that is not as recorded.
    public struct Difference: Sendable, Hashable {
        /// `FILE:LINE`.
        public var place: String
        /// From 1; nil: the line is a single transition.
        public var episode: Int?
        public var seed: UInt64?
        /// 0: after the reset.
        public var step: Int
        public var agent: String?
        /// `reward`, `observation`, `state`, `legal choice`, `out` or `end`.
        public var quantity: String
        /// Which component or choice.
        public var component: Int?
        public var found: String
        public var expected: String

        public var error: ArgusError {
            var words = [place]
            if let episode { words.append("episode \(episode)") }
            if let seed { words += ["seed \(seed)", step == 0 ? "after the reset" : "step \(step)"] }
            if let agent { words.append(agent) }
            words.append(component.map { "\(quantity), component \($0)" } ?? quantity)
            return ArgusError(
                .file, "the environment differs from the recording", at: words.joined(separator: ", "), found: found,
                expected: "\(expected), as recorded")
        }
    }
}

/// A value that is not as recorded, before it is said where that stands in the file.
struct RecordedMismatch {
    var step = 1
    /// Row.
    var agent: Int?
    var quantity: String
    var component: Int?
    var found: String
    var expected: String

    func difference(
        place: String, episode: Int?, seed: UInt64?, _ specification: EnvironmentSpecification
    ) -> VerificationOutcome.Difference {
        VerificationOutcome.Difference(
            place: place, episode: episode, seed: seed, step: step,
            agent: agent.map { specification.agents[$0].name }, quantity: quantity, component: component,
            found: found, expected: expected)
    }
}
