import ArgusBench
import Foundation

/// The golden data of `Fixtures/rliable.json`; `Fixtures/make_rliable_fixture.py` says how they were made.
struct StatisticsFixture: Decodable {
    struct Estimate: Decodable {
        let point, low, high: Double
    }
    struct Aggregates: Decodable {
        let scores: [[Double]]
        let gamma: Double
        let draws: [String]
        let estimates: [String: Estimate]
    }
    struct Trimmed: Decodable {
        let values: [Double]
        let iqm: Double
    }
    struct Profile: Decodable {
        let thresholds, fractions, low, high: [Double]
    }
    struct Improvement: Decodable {
        let scoresX, scoresY: [[Double]]
        let drawsX, drawsY: [String]
        let mannWhitneyU: [Double]
        let estimate: Estimate
    }
    struct StudentTable: Decodable {
        struct Row: Decodable {
            let df, p, t: Double
        }
        let quantiles, twoSided: [Row]
    }
    struct Percentiles: Decodable {
        let values, percents, results: [Double]
    }
    struct Mean: Decodable {
        let values: [Double]
        let mean, low, high: Double
    }
    struct Difference: Decodable {
        let a, b: [Double]
        let mean, low, high, p, df: Double
    }
    struct Holm: Decodable {
        let p, adjusted: [Double]
    }

    let aggregates: [Aggregates]
    let interquartileMeans: [Trimmed]
    let profile: Profile
    let improvement: Improvement
    let studentT: StudentTable
    let percentiles: [Percentiles]
    let means: [Mean]
    let paired, welch: [Difference]
    let holm: [Holm]

    static func load() throws -> StatisticsFixture {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/rliable.json")
        return try JSONDecoder().decode(StatisticsFixture.self, from: Data(contentsOf: file))
    }

    /// Draws as [repetition][task][run], from one string of digits a repetition.
    static func draws(_ digits: [String], runs: Int) throws -> BootstrapDraws {
        try BootstrapDraws(
            digits.map { text in
                let indices = text.compactMap(\.wholeNumberValue)
                return stride(from: 0, to: indices.count, by: runs).map { Array(indices[$0..<($0 + runs)]) }
            }
        )
    }
}

/// Whether two numbers agree to a tolerance that is relative above 1 and absolute below.
func agree(_ found: Double?, _ expected: Double, _ tolerance: Double = 1e-6) -> Bool {
    guard let found else { return false }
    return abs(found - expected) <= tolerance * max(1, abs(expected))
}
