public import ArgusHost
import ArgusTensor
import Dispatch

extension Algorithm.Configured {
    /// Environment steps a second that training makes, playing and learning, as a few of its updates show.
    ///
    /// The first update that learns warms up and does not count; what follows is timed until `seconds` are over.
    ///
    /// - Parameters: `environment`: with ``copies`` copies, for this alone; `threads`: as the training will have.
    /// - Returns: nil where that is too short a time to learn anything: episodes can be long, and environments slow.
    /// - Throws: ``ArgusError`` as training would.
    public func trialRate(
        in environment: VectorEnvironment, threads: Int, seconds: Double = 0.3, patience: Double = 3
    ) throws(ArgusError) -> Double? {
        try naming {
            try TorchThreads.set(threads)
            let task = LearningTask(algorithm: algorithm, environment: environment, seed: 0, steps: .max)
            let learner = try makeLearner(task)
            try environment.reset(.stream(run: task.seed))
            let beginning = DispatchTime.now()
            var schedule = Schedule(step: 0, steps: task.steps, update: 0)
            var timed: (steps: Int, from: DispatchTime)?
            while beginning.seconds(to: .now()) < patience {
                _ = try learner.collect(schedule)
                let hasLearnt = try learner.learn(schedule).contains { $0.name.hasPrefix("loss_") }
                schedule.step += learner.stepsPerUpdate
                schedule.update += 1
                if let (steps, from) = timed {
                    timed = (steps + learner.stepsPerUpdate, from)
                    if from.seconds(to: .now()) >= seconds { break }
                } else if hasLearnt {
                    timed = (0, .now())
                }
            }
            guard let timed, timed.steps > 0 else { return nil }
            return Double(timed.steps) / timed.from.seconds(to: .now())
        }
    }
}
