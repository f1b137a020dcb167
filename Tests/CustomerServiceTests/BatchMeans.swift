import ArgusEnvAPI
import Foundation
import Testing

/// Independent batches of a simulated centre: each an episode with a warm-up and a seed of its own.
struct BatchMeans {
    private let batches: [[String: Double]]

    /// Whether the long tests were asked for: a million contacts and more instead of a hundred thousand.
    static let isLong = ProcessInfo.processInfo.environment["ARGUS_LONG"] == "1"
    /// What simulations must come within of the formulas, relative.
    static let tolerance = isLong ? 0.02 : 0.05
    private static let count = 25
    /// Two-sided 99.9 % quantile of Student's t with 24 degrees of freedom.
    private static let quantile = 3.745

    /// - Parameters: `contacts`: in all batches together, tenfold in long tests; `hourly`: arrivals an hour of all kinds
    ///   together, from which follows how long a batch is.
    init(
        _ parameters: [String: ParameterValue], contacts: Double = 120_000, hourly: Double, policy: String,
        seed: UInt64 = 1
    ) throws {
        let size = contacts * (Self.isLong ? 10 : 1) / Double(Self.count)
        let warmUp = 500 * 3600 / hourly
        let day = warmUp + size * 3600 / hourly
        var given = parameters
        given["day"] = .number(day)
        given["warm_up"] = .number(warmUp)
        given["tick"] = .number(86_400)
        var run = try CentreRun(given)
        var batches: [[String: Double]] = []
        for batch in 0..<UInt64(Self.count) {
            run.reset(seed: seed << 32 | batch)
            batches.append(try run.playDay(as: policy))
        }
        self.batches = batches
    }

    func values(_ metric: String) -> [Double] { batches.compactMap { $0[metric] } }

    func sum(_ metric: String) -> Double { values(metric).reduce(0, +) }

    func mean(_ metric: String) -> Double { sum(metric) / Double(batches.count) }

    /// Half the width of the 99.9 % interval of the mean.
    func halfWidth(_ metric: String) -> Double {
        let mean = mean(metric)
        let squares = values(metric).reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return Self.quantile * (squares / Double(batches.count - 1) / Double(batches.count)).squareRoot()
    }

    /// Requires that the mean agrees with theory: inside the interval, and near enough.
    func expect(_ metric: String, _ expected: Double, sourceLocation: SourceLocation = #_sourceLocation) {
        let (mean, half) = (mean(metric), halfWidth(metric))
        #expect(
            abs(mean - expected) <= half, "\(metric): \(mean) ± \(half), theory \(expected)",
            sourceLocation: sourceLocation)
        #expect(
            abs(mean - expected) <= Self.tolerance * abs(expected),
            "\(metric): \(mean) is \(abs(mean / expected - 1) * 100) % from theory, \(expected)",
            sourceLocation: sourceLocation)
    }
}
