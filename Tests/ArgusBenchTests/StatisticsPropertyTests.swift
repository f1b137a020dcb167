import ArgusBench
import Foundation
import Testing

/// Seeded, so that a failure repeats.
private struct TestRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    }

    mutating func normal() -> Double {
        let (u, v) = (Double.random(in: 0x1p-53..<1, using: &self), Double.random(in: 0..<1, using: &self))
        return (-2 * log(u)).squareRoot() * cos(2 * .pi * v)
    }
}

@Suite("Statistics: properties")
struct StatisticsPropertyTests {
    static let metrics: [AggregateMetric] = [.interquartileMean, .mean, .median, .optimalityGap()]

    static func scores(tasks: Int, runs: Int, seed: UInt64) -> [[Double]] {
        var random = TestRandom(state: seed)
        return (0..<tasks).map { _ in (0..<runs).map { _ in random.normal() } }
    }

    @Test("the order of runs and tasks changes no aggregate")
    func permutationInvariance() throws {
        var random = TestRandom(state: 3)
        for seed in 0..<50 as Range<UInt64> {
            let scores = Self.scores(tasks: 1 + Int(seed % 6), runs: 1 + Int(seed % 7), seed: seed)
            let shuffled = scores.map { $0.shuffled(using: &random) }.shuffled(using: &random)
            for metric in Self.metrics {
                let value = try metric.value(of: ScoreMatrix(scores))
                #expect(agree(try metric.value(of: ScoreMatrix(shuffled)), value, 1e-12))
            }
        }
    }

    @Test("the interquartile mean and its interval lie between the least and the greatest score")
    func withinRange() throws {
        for seed in 0..<30 as Range<UInt64> {
            let scores = Self.scores(tasks: 3, runs: 2 + Int(seed % 5), seed: seed)
            let all = scores.flatMap { $0 }
            let range = try #require(all.min())...(try #require(all.max()))
            let estimate = try StratifiedBootstrap(seed: seed, repetitions: 200)
                .estimate(.interquartileMean, of: ScoreMatrix(scores))
            let interval = try #require(estimate.interval)
            #expect(range.contains(estimate.point) && range.contains(interval.low) && range.contains(interval.high))
            #expect(interval.low <= interval.high)
        }
    }

    @Test("rounding cannot move a mean of equal scores")
    func equalScores() throws {
        let scores = try ScoreMatrix(Array(repeating: [0.1, 0.1, 0.1], count: 3))
        let estimate = try StratifiedBootstrap(seed: 0, repetitions: 100).estimate(.interquartileMean, of: scores)
        #expect(estimate.point == 0.1 && estimate.interval?.low == 0.1 && estimate.interval?.high == 0.1)
        let mean = try MeanInterval(of: [0.1, 0.1, 0.1])
        #expect(mean.mean == 0.1 && mean.low == 0.1 && mean.high == 0.1 && mean.standardDeviation == 0)
    }

    @Test("intervals contain the point for symmetric data")
    func containsPoint() throws {
        let scores = try ScoreMatrix((0..<4).map { task in [-2, -1, 0, 1, 2].map { $0 + Double(task) } })
        for metric in Self.metrics {
            let estimate = try StratifiedBootstrap(seed: 5, repetitions: 2000).estimate(metric, of: scores)
            #expect(estimate.interval?.contains(estimate.point) == true)
        }
        let mean = try MeanInterval(of: [-2, -1, 0, 1, 2])
        #expect(mean.mean == 0 && agree(mean.low, -(mean.high ?? 0), 1e-15))
    }

    @Test("the same seed gives the same interval, another seed another one")
    func reproducible() throws {
        let scores = try ScoreMatrix(Self.scores(tasks: 5, runs: 5, seed: 9))
        func interval(_ seed: UInt64) throws -> ConfidenceInterval? {
            try StratifiedBootstrap(seed: seed, repetitions: 1000).estimate(.mean, of: scores).interval
        }
        #expect(try interval(11) == interval(11))
        #expect(try interval(11) != interval(12))
    }

    @Test("bootstrap means have the spread that theory gives them")
    func bootstrapSpread() throws {
        // Two runs, 0 and 1, on one task: a resample's mean is 0, 1/2 or 1 with probability 1/4, 1/2, 1/4.
        let coin = try ScoreMatrix([[0, 1]])
        let profile = try PerformanceProfile(
            of: coin,
            thresholds: [0.5],
            bootstrap: StratifiedBootstrap(seed: 2, confidence: 0.51)
        )
        #expect(profile.points.first?.fraction.interval?.low == 0)
        let narrower = try PerformanceProfile(
            of: coin,
            thresholds: [0.5],
            bootstrap: StratifiedBootstrap(seed: 2, confidence: 0.49)
        )
        #expect(narrower.points.first?.fraction.interval?.low == 0.5)
    }

    @Test("improvement of x over y and of y over x add up to 1; an entry ties with itself")
    func improvementIsAntisymmetric() throws {
        let bootstrap = try StratifiedBootstrap(seed: 4, repetitions: 100)
        for seed in 0..<20 as Range<UInt64> {
            let x = try ScoreMatrix(Self.scores(tasks: 3, runs: 4, seed: seed))
            let y = try ScoreMatrix(Self.scores(tasks: 3, runs: 6, seed: seed + 100))
            let there = try ProbabilityOfImprovement.estimate(of: x, over: y, bootstrap: bootstrap)
            let back = try ProbabilityOfImprovement.estimate(of: y, over: x, bootstrap: bootstrap)
            #expect(agree(there.point + back.point, 1, 1e-12))
            #expect(try ProbabilityOfImprovement.estimate(of: x, over: x, bootstrap: bootstrap).point == 0.5)
        }
    }

    @Test("at three seeds the t interval covers 95 %, where the percentile bootstrap is [min, max] and covers 75 %")
    func coverageAtThreeSeeds() throws {
        var random = TestRandom(state: 77)
        var coveredByT = 0
        var coveredByRange = 0
        let experiments = 4000
        for experiment in 0..<experiments {
            let values = [random.normal(), random.normal(), random.normal()]
            let student = try MeanInterval(of: values)
            if student.interval?.contains(0) == true { coveredByT += 1 }
            if student.minimum <= 0, student.maximum >= 0 { coveredByRange += 1 }
            if experiment < 50 {
                let sampled = try StratifiedBootstrap(seed: 1, repetitions: 5000)
                    .estimate(.mean, of: ScoreMatrix([values])).interval
                #expect(agree(sampled?.low, student.minimum, 1e-12) && agree(sampled?.high, student.maximum, 1e-12))
            }
        }
        #expect(abs(Double(coveredByT) / Double(experiments) - 0.95) < 0.015)
        #expect(abs(Double(coveredByRange) / Double(experiments) - 0.75) < 0.03)
    }

    @Test("fifty thousand repetitions over five seeds and ten tasks take well under a second in release")
    func speed() throws {
        let scores = try ScoreMatrix(Self.scores(tasks: 10, runs: 5, seed: 1))
        let bootstrap = try StratifiedBootstrap(seed: 1)
        let duration = try ContinuousClock().measure {
            for metric in Self.metrics { _ = try bootstrap.estimate(metric, of: scores) }
        }
        // Four metrics. A generous bound, because tests share their machine, and none in a debug build.
        #if !DEBUG
        #expect(duration < .seconds(4))
        #else
        _ = duration
        #endif
    }
}
