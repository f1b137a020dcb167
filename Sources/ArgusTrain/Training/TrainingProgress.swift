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
    public var secondsLeft: Double?
}
