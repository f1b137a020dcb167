import ArgusBench
import Testing

@Suite("Statistics: edge cases and errors")
struct StatisticsEdgeCaseTests {
    let bootstrap: StratifiedBootstrap

    init() throws {
        bootstrap = try StratifiedBootstrap(seed: 1, repetitions: 100)
    }

    private func expectError(
        _ code: StatisticsError.Code,
        sourceLocation: SourceLocation = #_sourceLocation,
        _ body: () throws -> Void
    ) {
        let error = #expect(throws: StatisticsError.self, sourceLocation: sourceLocation) { try body() }
        #expect(error?.code == code, sourceLocation: sourceLocation)
        #expect(error?.message.contains("expected") == true, sourceLocation: sourceLocation)
    }

    @Test("empty input is refused")
    func empty() {
        expectError(.empty) { _ = try ScoreMatrix([]) }
        expectError(.empty) { _ = try ScoreMatrix([[]]) }
        expectError(.empty) { _ = try InterquartileMean.of([]) }
        expectError(.empty) { _ = try MeanInterval(of: []) }
        expectError(.empty) { _ = try ReturnEstimate(episodeReturns: [], isTrained: true) }
        expectError(.empty) { _ = try ReturnEstimate(episodeReturns: [[1], []], isTrained: true) }
        expectError(.empty) { _ = try MeanDifference.paired([], []) }
        expectError(.empty) { _ = try MeanDifference.welch([1, 2], []) }
        expectError(.empty) { _ = try HolmCorrection.adjusted([]) }
        expectError(.empty) { _ = try BootstrapDraws([]) }
        expectError(.empty) { _ = try BootstrapDraws([[[]]]) }
        expectError(.empty) { _ = try StratifiedBootstrap(draws: []) }
        expectError(.empty) {
            _ = try PerformanceProfile(of: ScoreMatrix([[1]]), thresholds: [], bootstrap: bootstrap)
        }
        expectError(.empty) { _ = try SampleEfficiencyCurve(of: [], bootstrap: bootstrap) }
    }

    @Test("values that are not finite or too large are refused", arguments: [.nan, .infinity, -.infinity, 1e200])
    func unusable(value: Double) {
        expectError(.unusableValue) { _ = try ScoreMatrix([[1, value]]) }
        expectError(.unusableValue) { _ = try InterquartileMean.of([value]) }
        expectError(.unusableValue) { _ = try MeanInterval(of: [1, value, 2]) }
        expectError(.unusableValue) { _ = try ReturnEstimate(episodeReturns: [[1], [value]], isTrained: false) }
        expectError(.unusableValue) { _ = try MeanDifference.paired([value], [1]) }
        expectError(.unusableValue) { _ = try MeanDifference.welch([1], [value]) }
        expectError(.unusableValue) { _ = try HolmCorrection.adjusted([0.1, value]) }
        expectError(.unusableValue) {
            _ = try AggregateMetric.optimalityGap(gamma: value).value(of: ScoreMatrix([[1]]))
        }
        expectError(.unusableValue) {
            _ = try PerformanceProfile(of: ScoreMatrix([[1]]), thresholds: [value], bootstrap: bootstrap)
        }
    }

    @Test("sizes that do not fit are refused")
    func shapes() throws {
        let two = try ScoreMatrix([[1, 2], [3, 4]])
        let one = try ScoreMatrix([[1, 2]])
        let draws = try BootstrapDraws([[[0, 1], [1, 1]]])
        expectError(.shapeMismatch) { _ = try ScoreMatrix([[1, 2], [3]]) }
        expectError(.shapeMismatch) { _ = try MeanDifference.paired([1, 2], [1]) }
        expectError(.shapeMismatch) { _ = try BootstrapDraws([[[0, 1]], [[0, 1], [0, 1]]]) }
        expectError(.invalidSetting) { _ = try BootstrapDraws([[[0, 2]]]) }
        expectError(.invalidSetting) { _ = try BootstrapDraws([[[0, -1]]]) }
        expectError(.shapeMismatch) {
            _ = try StratifiedBootstrap(draws: [draws]).estimate(.mean, of: one)
        }
        expectError(.shapeMismatch) {
            let bootstrap = try StratifiedBootstrap(draws: [draws])
            _ = try ProbabilityOfImprovement.estimate(of: two, over: two, bootstrap: bootstrap)
        }
        expectError(.shapeMismatch) {
            _ = try StratifiedBootstrap(draws: [draws, BootstrapDraws([[[0]], [[0]]])])
        }
        expectError(.shapeMismatch) {
            _ = try ProbabilityOfImprovement.estimate(of: one, over: two, bootstrap: bootstrap)
        }
        expectError(.shapeMismatch) { _ = try ProbabilityOfImprovement.mannWhitneyU(of: one, over: two) }
    }

    @Test("settings outside their range are refused")
    func settings() {
        for confidence in [0, 1, -0.5, 95, .nan] {
            expectError(.invalidSetting) { _ = try StratifiedBootstrap(seed: 1, confidence: confidence) }
            expectError(.invalidSetting) { _ = try MeanInterval(of: [1, 2], confidence: confidence) }
            expectError(.invalidSetting) { _ = try MeanDifference.welch([1, 2], [3], confidence: confidence) }
        }
        for repetitions in [0, -1, Int.max] {
            expectError(.invalidSetting) { _ = try StratifiedBootstrap(seed: 1, repetitions: repetitions) }
        }
        for degrees in [0, -1, .nan, .infinity] {
            expectError(.invalidSetting) { _ = try StudentT(degreesOfFreedom: degrees) }
        }
        for probability in [0, 1, .nan] {
            expectError(.invalidSetting) { _ = try StudentT(degreesOfFreedom: 3).quantile(probability) }
        }
        for p in [-0.1, 1.1] {
            expectError(.unusableValue) { _ = try HolmCorrection.adjusted([p]) }
        }
    }

    @Test("a single value has a mean and no interval")
    func single() throws {
        let mean = try MeanInterval(of: [4])
        #expect(mean.mean == 4 && mean.count == 1 && mean.interval == nil && mean.standardDeviation == nil)
        let scores = try ScoreMatrix([[1], [2]])
        #expect(try bootstrap.estimate(.mean, of: scores) == bootstrap.estimate(.median, of: scores))
        #expect(try bootstrap.estimate(.mean, of: scores).interval == nil)
        let profile = try PerformanceProfile(of: scores, thresholds: [1], bootstrap: bootstrap)
        #expect(profile.points.first?.fraction.point == 0.5 && profile.points.first?.fraction.interval == nil)
        #expect(
            try ProbabilityOfImprovement.estimate(of: scores, over: scores, bootstrap: bootstrap).interval == nil
        )
        let difference = try MeanDifference.paired([1], [2])
        #expect(difference.mean == -1 && difference.interval == nil && difference.pValue == nil)
        #expect(!difference.isSignificant)
        #expect(try MeanDifference.welch([1], [2, 3]).pValue == nil)
    }

    @Test("three pairs that differ equally are no proof, ten are; rounding counts as equal")
    func noSpread() throws {
        let three = try MeanDifference.paired([0.3, 0.4, 1.1], [0.2, 0.3, 1.0])
        #expect(agree(three.mean, 0.1, 1e-12) && three.pValue == 0.25 && three.test == .permutation)
        #expect(!three.isSignificant)
        let ten = try MeanDifference.paired(Array(repeating: 1, count: 10), Array(repeating: 0, count: 10))
        #expect(ten.isSignificant && agree(ten.pValue, 2.0 / 1024, 1e-12))
        let equal = try MeanDifference.paired([1, 2, 3], [1, 2, 3])
        #expect(equal.pValue == 1 && !equal.isSignificant && equal.interval?.low == 0)
        #expect(agree(try MeanDifference.welch([1, 1, 1], [0, 0, 0]).pValue, 0.1, 1e-12))
        #expect(agree(try MeanDifference.welch([1, 1], [0, 0, 0]).pValue, 0.1, 1e-12))
        #expect(try MeanDifference.welch([1, 1], [1, 1]).pValue == 1)
    }

    @Test("perfect returns that were summed in another order are ties, and no difference")
    func perfect() throws {
        let one = [1.0000000129, 1.0000000163, 1.0000000140]
        let other = [1.0000000163, 1.0000000120, 1.0000000151]
        let improvement = try ProbabilityOfImprovement.estimate(
            of: ScoreMatrix([one]), over: ScoreMatrix([other]),
            bootstrap: StratifiedBootstrap(seed: 1, repetitions: 200))
        #expect(improvement.point == 0.5)
        #expect(improvement.interval?.low == 0.5 && improvement.interval?.high == 0.5)
        let difference = try MeanDifference.paired([1.0000000163, 1.000000017, 1.000000018], other.map { $0 - 5e-9 })
        #expect(difference.test == .permutation && difference.pValue == 1)
        // What is small is not rounding for that.
        #expect(try MeanDifference.paired([2e-9, 3e-9, 4e-9], [1e-9, 1e-9, 1e-9]).test == .pairedT)
    }

    @Test("returns are counted by run if trained more than once, by episode otherwise")
    func units() throws {
        let returns = [[1.0, 3.0], [5.0, 7.0], [0.0, 2.0]]
        let trained = try ReturnEstimate(episodeReturns: returns, isTrained: true)
        #expect(trained.unit == .trainingRun && trained.interval.count == 3 && trained.seedMeans == [2, 6, 1])
        #expect(trained.isSmokeTest && trained.trainingRuns == 3 && trained.episodes == 6)
        #expect(trained.interval == (try MeanInterval(of: [2, 6, 1])))
        let scripted = try ReturnEstimate(episodeReturns: returns, isTrained: false)
        #expect(scripted.unit == .episode && scripted.interval.count == 6 && !scripted.isSmokeTest)
        let one = try ReturnEstimate(episodeReturns: [[1, 3]], isTrained: true)
        #expect(one.unit == .episode && one.interval.count == 2 && one.isSmokeTest)
        let five = try ReturnEstimate(episodeReturns: Array(repeating: [1, 2], count: 5), isTrained: true)
        #expect(!five.isSmokeTest && five.interval.low == 1.5)
    }

    @Test("a curve has the metric of each evaluation")
    func curve() throws {
        let evaluations = [(0, [[0.0, 1.0]]), (100, [[2.0, 3.0]])]
        let curve = try SampleEfficiencyCurve(
            of: evaluations.map { (step: $0.0, scores: try ScoreMatrix($0.1)) },
            bootstrap: bootstrap
        )
        #expect(curve.points.map(\.step) == [0, 100])
        #expect(curve.points.map(\.estimate.point) == [0.5, 2.5])
    }

    @Test("a t statistic without bounds has probability 0, and nothing traps at the ends")
    func studentExtremes() throws {
        let t = try StudentT(degreesOfFreedom: 4)
        #expect(t.twoSidedTail(.infinity) == 0 && t.twoSidedTail(0) == 1 && t.twoSidedTail(.nan).isNaN)
        #expect(t.twoSidedTail(-2) == t.twoSidedTail(2))
        #expect(try t.quantile(0.5) == 0)
        #expect(try t.quantile(.leastNonzeroMagnitude).isFinite)
        #expect(try StudentT(degreesOfFreedom: 0.01).quantile(0.999).isFinite)
        #expect(agree(try StudentT(degreesOfFreedom: 1e300).quantile(0.975), 1.959963984540054, 1e-7))
    }
}
