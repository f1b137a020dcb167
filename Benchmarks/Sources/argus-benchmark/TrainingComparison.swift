import Foundation

/// Environment steps a second of each algorithm beside a straightforward loop in PyTorch with the same network,
/// hyperparameters, losses and threads, over the package rware and over make_vec, all three timed in turn.
struct TrainingComparison: Encodable {
    /// One algorithm's rates, a number each round.
    struct Rate: Encodable {
        let algorithm: String
        let conditions: TimedTraining.Conditions
        var ours: [Double] = []
        var pytorchOverRware: [Double] = []
        var pytorchOverMakeVec: [Double] = []

        /// `1990  x6.53 [6.19]`: theirs, how many times as fast ours is, and that ratio's 10th percentile.
        fileprivate func cell(_ theirs: [Double]) -> String {
            let ratio = Measurement(zip(ours, theirs).map { $0 / $1 })
            let numbers = String(format: "x%.2f [%.2f]", ratio.median, ratio.percentile(0.1))
            return padded("\(format(Measurement(theirs).median))  \(numbers)", 27)
        }
    }

    let scenario = "warehouse/tiny-2ag"
    let threads = 1
    private(set) var rates: [Rate] = []

    /// Measures and prints one algorithm after the other.
    ///
    /// - Parameters: `python`: has torch and rware; `file`: where what is measured so far is written, nil: nowhere.
    mutating func run(python: String, rounds: Int, file: String?) throws {
        print("Training on \(scenario) against a loop in PyTorch: environment steps/s, medians of \(rounds)")
        print("  Same network (64-64), hyperparameters, losses and one thread; in brackets the ratio's 10th percentile")
        print("  algorithm   argus      over rware                 over make_vec")
        for algorithm in ["iql", "vdn", "qmix", "pqn-vdn", "ippo", "mappo", "maa2c", "coma", "vdppo"] {
            let rate = try TrainingComparison.measured(algorithm, python: python, rounds: rounds)
            let cells = rate.cell(rate.pytorchOverRware) + rate.cell(rate.pytorchOverMakeVec)
            print("  \(padded(algorithm, 12))\(padded(format(Measurement(rate.ours).median), 11))\(cells)")
            fflush(nil)
            rates.append(rate)
            if let file { try write(to: file) }
        }
        print("  wanted of MAPPO: x4 over rware, x1.2 over make_vec")
    }

    private static func measured(_ algorithm: String, python: String, rounds: Int) throws -> Rate {
        let training = TimedTraining(algorithm: algorithm)
        // A first run says how long four seconds of learning are, and with what.
        let (updates, conditions) = try training.run(steps: 40_000)
        let update = conditions.stepsPerUpdate
        let steps = max(10, Int(4 * Measurement(updates.map(\.stepsPerSecond)).median) / update) * update
        let texts = String(decoding: try JSONEncoder().encode(conditions.hyperparameters), as: UTF8.self)
        let loops = try ["rware", "make_vec"].map {
            try TimedProgram(script: "reference/training", arguments: [algorithm, $0, texts], python: python)
        }
        var rate = Rate(algorithm: algorithm, conditions: conditions)
        for _ in 0..<rounds {
            rate.ours.append(try training.stepsPerSecond(steps: steps))
            rate.pytorchOverRware.append(try loops[0].stepsPerSecond(over: 4))
            rate.pytorchOverMakeVec.append(try loops[1].stepsPerSecond(over: 4))
        }
        return rate
    }

    private func write(to file: String) throws {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        try (encoder.encode(self) + Data("\n".utf8)).write(to: URL(fileURLWithPath: file), options: .atomic)
    }
}

private func padded(_ text: String, _ width: Int) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}
