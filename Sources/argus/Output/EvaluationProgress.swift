import ArgusBench
import ArgusHost
import Foundation

/// Where an evaluation stands: JSON lines for programs, a live line on a terminal.
final class EvaluationProgress {
    private let episodes: Int
    private let isJSON: Bool
    private let environment: VectorEnvironment
    private let costs: [any PolicyCosts]
    private let line = LiveLine()
    private let began = ContinuousClock.now
    private var last: ContinuousClock.Instant?
    private var finished = 0
    private var valid = 0
    private var total = 0.0
    /// Environment steps so far.
    var steps = 0

    init(episodes: Int, isJSON: Bool, environment: VectorEnvironment, costs: [any PolicyCosts]) {
        self.episodes = episodes
        self.isJSON = isJSON
        self.environment = environment
        self.costs = costs
    }

    var seconds: Double { (ContinuousClock.now - began) / .seconds(1) }

    /// Before each step of the vector environment.
    func count() {
        steps += environment.activeCount
        // Episodes may be long: say now and then that it goes on.
        write()
    }

    /// After a step in which episodes ended.
    func show(_ finished: Int) {
        let outcome = environment.outcome
        let group = environment.specification.agents[0].group
        let groups = environment.specification.groups.count
        for copy in 0..<environment.copies where [.terminated, .truncated].contains(outcome.end(copy)) {
            valid += 1
            total += outcome.episodeReturns[copy * groups + group]
        }
        self.finished = finished
        write()
    }

    /// At the end.
    func finish() {
        line.clear()
        if isJSON { print(JobProgress(phase: "done", step: episodes, steps: episodes, secondsLeft: 0)) }
    }

    private func write() {
        let now = ContinuousClock.now
        if let last, now - last < .milliseconds(200) { return }
        last = now
        let left = finished > 0 ? seconds / Double(finished) * Double(episodes - finished) : nil
        if isJSON {
            print(JobProgress(phase: "evaluating", step: finished, steps: episodes, secondsLeft: left))
        } else {
            let mean = valid > 0 ? ", return \(NumberFormat.short(total / Double(valid)))" : ""
            let rest = left.map { ", \(ProgressText.clock($0)) left" } ?? ""
            var used = ""
            if let calls = usage.calls, let tokens = usage.tokens {
                used = ", \(calls) calls, \(NumberFormat.grouped(Double(tokens))) tokens"
            }
            line.show("\(finished) of \(episodes) episodes\(mean)\(used)\(rest)")
        }
    }

    /// Of each language model.
    private var usage: [ModelUsage] { costs.map(\.usage) }

    /// With the rate and the mean so far.
    private func print(_ progress: JobProgress) {
        var progress = progress
        let rate = Double(steps) / seconds
        progress.stepsPerSecond = rate.isFinite ? rate : nil
        progress.calls = usage.calls
        progress.tokens = usage.tokens
        progress.return = valid > 0 ? total / Double(valid) : nil
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        guard let data = try? encoder.encode(progress) else { return }
        StandardStream.output.write(String(decoding: data, as: UTF8.self) + "\n")
    }
}
