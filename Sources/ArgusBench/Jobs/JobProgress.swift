import Foundation

/// A line that a job's process writes to standard output: how far it is.
public struct JobProgress: Codable, Sendable, Hashable {
    /// `training`, `evaluating` or `done`; others are shown as they are.
    public var phase: String
    /// Environment steps (episodes, for untrained entries) done, and in all.
    public var step: Int
    public var steps: Int
    public var stepsPerSecond: Double?
    /// The latest mean return; nil before there is one.
    public var `return`: Double?
    public var secondsLeft: Double?
    /// Of language models, so far; nil without any.
    public var calls: Int?
    public var tokens: Int?

    public init(
        phase: String, step: Int, steps: Int, stepsPerSecond: Double? = nil, return: Double? = nil,
        secondsLeft: Double? = nil
    ) {
        self.phase = phase
        self.step = step
        self.steps = steps
        self.stepsPerSecond = stepsPerSecond
        self.`return` = `return`
        self.secondsLeft = secondsLeft
    }

    enum CodingKeys: String, CodingKey {
        case phase, step, steps, `return`, calls, tokens
        case stepsPerSecond = "steps_per_second"
        case secondsLeft = "seconds_left"
    }

    /// From 0 to 1.
    public var fraction: Double { steps > 0 ? min(1, max(0, Double(step) / Double(steps))) : 0 }

    /// The last whole line that is progress, out of lines of which some may be anything else.
    static func last(in lines: [Data]) -> JobProgress? {
        for line in lines.reversed() {
            if let progress = try? JSONDecoder().decode(JobProgress.self, from: line) { return progress }
        }
        return nil
    }
}
