import ArgusBench
import Testing

@Suite("Statistics equal rliable, numpy, scipy and statsmodels")
struct StatisticsGoldenTests {
    let fixture: StatisticsFixture

    init() throws {
        fixture = try StatisticsFixture.load()
    }

    @Test("interquartile mean equals scipy's trimmed mean for every sample size from 1 to 17")
    func interquartileMean() throws {
        for example in fixture.interquartileMeans {
            #expect(agree(try InterquartileMean.of(example.values), example.iqm, 1e-12))
            let scores = try ScoreMatrix([example.values])
            #expect(agree(try AggregateMetric.interquartileMean.value(of: scores), example.iqm, 1e-12))
        }
    }

    @Test("aggregates and their bootstrap intervals equal rliable's on rliable's draws")
    func aggregates() throws {
        #expect(fixture.aggregates.count == 2)
        for example in fixture.aggregates {
            let scores = try ScoreMatrix(example.scores)
            let draws = try StatisticsFixture.draws(example.draws, runs: scores.runCount)
            #expect(draws.repetitionCount == 500)
            let bootstrap = try StratifiedBootstrap(draws: [draws])
            let metrics: [String: AggregateMetric] = [
                "interquartileMean": .interquartileMean, "mean": .mean, "median": .median,
                "optimalityGap": .optimalityGap(), "optimalityGapGamma": .optimalityGap(gamma: example.gamma),
            ]
            #expect(metrics.count == example.estimates.count)
            for (name, metric) in metrics {
                let expected = try #require(example.estimates[name])
                let found = try bootstrap.estimate(metric, of: scores)
                #expect(agree(found.point, expected.point, 1e-12), "\(name)")
                #expect(agree(found.interval?.low, expected.low), "\(name)")
                #expect(agree(found.interval?.high, expected.high), "\(name)")
            }
        }
    }

    @Test("own draws give rliable's interval within the bootstrap's own error")
    func seededDraws() throws {
        let example = try #require(fixture.aggregates.first)
        let expected = try #require(example.estimates["interquartileMean"])
        let found = try StratifiedBootstrap(seed: 1).estimate(.interquartileMean, of: ScoreMatrix(example.scores))
        // 500 repetitions there: a 2.5 % quantile of a spread of 0.055 is known to about 0.007.
        #expect(agree(found.interval?.low, expected.low, 0.02))
        #expect(agree(found.interval?.high, expected.high, 0.02))
    }

    @Test("performance profile and its band equal rliable's on rliable's draws, thresholds in any order")
    func profile() throws {
        let example = try #require(fixture.aggregates.first)
        let scores = try ScoreMatrix(example.scores)
        let draws = try StatisticsFixture.draws(example.draws, runs: scores.runCount)
        let bootstrap = try StratifiedBootstrap(draws: [draws])
        let expected = fixture.profile
        for order in [Array(expected.thresholds.indices), expected.thresholds.indices.reversed()] {
            let thresholds = order.map { expected.thresholds[$0] }
            let profile = try PerformanceProfile(of: scores, thresholds: thresholds, bootstrap: bootstrap)
            #expect(profile.points.map(\.threshold) == thresholds)
            for (point, index) in zip(profile.points, order) {
                #expect(agree(point.fraction.point, expected.fractions[index], 1e-12))
                #expect(agree(point.fraction.interval?.low, expected.low[index]))
                #expect(agree(point.fraction.interval?.high, expected.high[index]))
            }
        }
    }

    @Test("probability of improvement equals rliable's, and its U equals scipy's Mann-Whitney")
    func improvement() throws {
        let example = fixture.improvement
        let (x, y) = (try ScoreMatrix(example.scoresX), try ScoreMatrix(example.scoresY))
        let bootstrap = try StratifiedBootstrap(draws: [
            try StatisticsFixture.draws(example.drawsX, runs: x.runCount),
            try StatisticsFixture.draws(example.drawsY, runs: y.runCount),
        ])
        let found = try ProbabilityOfImprovement.estimate(of: x, over: y, bootstrap: bootstrap)
        #expect(agree(found.point, example.estimate.point, 1e-12))
        #expect(agree(found.interval?.low, example.estimate.low))
        #expect(agree(found.interval?.high, example.estimate.high))
        #expect(try ProbabilityOfImprovement.mannWhitneyU(of: x, over: y) == example.mannWhitneyU)
    }

    @Test("Student t quantiles equal scipy's to 1e-8 for 1 to 200 degrees of freedom, and in the tails")
    func studentQuantiles() throws {
        for row in fixture.studentT.quantiles {
            let found = try StudentT(degreesOfFreedom: row.df).quantile(row.p)
            #expect(agree(found, row.t, 1e-8), "df \(row.df), p \(row.p): \(found), expected \(row.t)")
        }
    }

    @Test("two-sided p-values equal scipy's, the smallest too")
    func studentTails() throws {
        for row in fixture.studentT.twoSided {
            let found = try StudentT(degreesOfFreedom: row.df).twoSidedTail(row.t)
            #expect(abs(found - row.p) <= 1e-10 * row.p, "df \(row.df), t \(row.t): \(found), expected \(row.p)")
        }
    }

    @Test("bootstrap percentiles equal numpy's linear percentiles")
    func percentiles() throws {
        // One task, and each "resample" is one of the values again: its mean is the value itself.
        for example in fixture.percentiles where example.values.count > 1 {
            let scores = try ScoreMatrix([example.values])
            let draws = try BootstrapDraws(
                example.values.indices.map { [Array(repeating: $0, count: example.values.count)] }
            )
            for (percent, expected) in zip(example.percents, example.results) where percent > 0 && percent < 50 {
                let confidence = 1 - 2 * percent / 100
                let bootstrap = try StratifiedBootstrap(draws: [draws], confidence: confidence)
                let found = try bootstrap.estimate(.mean, of: scores)
                #expect(agree(found.interval?.low, expected, 1e-12))
                let upper = example.percents.firstIndex { abs($0 - (100 - percent)) < 1e-9 }
                if let upper { #expect(agree(found.interval?.high, example.results[upper], 1e-12)) }
            }
        }
    }

    @Test("mean intervals equal scipy's t intervals")
    func means() throws {
        for example in fixture.means {
            let found = try MeanInterval(of: example.values)
            #expect(found.count == example.values.count)
            #expect(agree(found.mean, example.mean, 1e-10))
            #expect(agree(found.low, example.low, 1e-10))
            #expect(agree(found.high, example.high, 1e-10))
        }
    }

    @Test("paired and Welch differences equal scipy's t-tests")
    func differences() throws {
        let cases =
            try fixture.paired.map { ($0, try MeanDifference.paired($0.a, $0.b)) }
            + fixture.welch.map { ($0, try MeanDifference.welch($0.a, $0.b)) }
        #expect(cases.count == 10)
        for (expected, found) in cases {
            #expect(agree(found.mean, expected.mean, 1e-10))
            #expect(agree(found.interval?.low, expected.low, 1e-9))
            #expect(agree(found.interval?.high, expected.high, 1e-9))
            #expect(agree(found.pValue, expected.p, 1e-9))
            #expect(agree(found.degreesOfFreedom, expected.df, 1e-9))
            #expect(found.isSignificant == (found.interval?.contains(0) == false))
        }
        // Otherwise the verdicts above would agree whatever they were.
        #expect(cases.contains { $0.1.isSignificant } && cases.contains { !$0.1.isSignificant })
    }

    @Test("Holm's correction equals that of statsmodels")
    func holm() throws {
        for example in fixture.holm {
            for (found, expected) in zip(try HolmCorrection.adjusted(example.p), example.adjusted) {
                #expect(agree(found, expected, 1e-12))
            }
        }
    }
}
