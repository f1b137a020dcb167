/// Where a training stands, for a progress line.
public struct TrainingProgress: Sendable {
    public enum Phase: String, Sendable {
        case training
        case evaluating
        case done
    }

    public var phase: Phase
    public var step: Int
    public var steps: Int
    /// Of training, evaluation apart.
    public var stepsPerSecond: Double
    /// Mean return of the last training episodes; nil before the first ended.
    public var meanReturn: Double?
    /// The metric that the scenario's score is of, such as `won`, over the same episodes; nil where it is the return.
    public var score: (name: String, value: Double)?
    /// Terms of the last update's loss.
    public var losses: [(name: String, value: Double)]
    public var secondsLeft: Double?
}
