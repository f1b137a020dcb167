public import ArgusHost

/// Hyperparameters of IQL, VDN and QMIX, with the source of each default.
///
/// [EPyMARL] Papoudakis et al. 2021, "Benchmarking multi-agent deep reinforcement learning algorithms in cooperative
/// tasks", and its code; [PyMARL2] Hu et al. 2021, "Rethinking the implementation tricks and monotonicity constraint in
/// cooperative MARL", and its code; [ours] chosen here, with seeds that no table reports.
public struct QLearningConfiguration: HyperparameterSet {
    public var copies = 16
    public var rolloutSteps = 16
    public var gradientSteps = 4
    public var batchEpisodes = 32
    public var bufferEpisodes = 5000
    public var bufferMegabytes = 512
    public var learningRate = 5e-4
    public var annealLearningRate = false
    public var adamEpsilon = 1e-8
    public var discount = 0.99
    public var rewardScale = 1.0
    public var stepCost = 0.0
    public var tdLambda = 0.6
    public var doubleQ = true
    public var explorationStart = 1.0
    public var explorationEnd = 0.05
    public var explorationSteps = 200_000
    public var targetInterval = 200
    public var targetRate = 1.0
    public var maximumGradientNorm = 10.0
    public var network = NetworkConfiguration()

    public init() {}

    public static var hyperparameters: [Hyperparameter<QLearningConfiguration>] {
        [
            .copies(\.copies, "[ours]; [PyMARL2] has 8"),
            .rolloutSteps(\.rolloutSteps, "[ours]"),
            .integer(
                "gradient_steps", \.gradientSteps, 1...1000,
                "Gradient steps an update, each on new episodes: with the defaults one for 64 environment steps. [ours]; "
                    + "[EPyMARL] has one an episode"),
            .integer("batch_episodes", \.batchEpisodes, 1...4096, "Episodes of a gradient step. [EPyMARL] 32"),
            .integer("buffer_episodes", \.bufferEpisodes, 1...10_000_000, "Episodes kept at most. [EPyMARL] 5000"),
            .integer(
                "buffer_megabytes", \.bufferMegabytes, 1...1_000_000,
                "Memory for the kept episodes at most; the oldest are dropped. [ours]"),
            .learningRate(\.learningRate, "[EPyMARL] 5e-4"),
            .annealLearningRate(\.annealLearningRate, "[EPyMARL] false"),
            .adamEpsilon(\.adamEpsilon, "[EPyMARL] 1e-8"),
            .discount(\.discount, "[EPyMARL] 0.99"),
            .rewardScale(\.rewardScale, "[ours]; [EPyMARL] standardises rewards instead"),
            .stepCost(\.stepCost, "[ours]; [EPyMARL] takes off the mean reward where it standardises"),
            .number(
                "td_lambda", \.tdLambda, 0...1,
                "λ of the targets: 0 looks one decision ahead, 1 to the episode's end. [PyMARL2] 0.6; [EPyMARL] has 0"),
            .boolean(
                "double_q", \.doubleQ,
                "The online network chooses the action that the target network values (van Hasselt et al. 2016). "
                    + "[EPyMARL] true"),
            .explorationStart(\.explorationStart, "[EPyMARL] 1"),
            .explorationEnd(\.explorationEnd, "[EPyMARL] 0.05"),
            .explorationSteps(\.explorationSteps, "[EPyMARL] 50,000 to 200,000"),
            .integer(
                "target_interval", \.targetInterval, 1...1_000_000,
                "Gradient steps between two updates of the target networks. [EPyMARL] 200"),
            .number(
                "target_rate", \.targetRate, 1e-9...1,
                "How far an update moves the target networks towards the online ones: 1 is a hard update; with "
                    + "target_interval=1 and 0.01 it is a soft one. [EPyMARL] 1"),
            .maximumGradientNorm(\.maximumGradientNorm, "[EPyMARL] 10"),
        ] + NetworkConfiguration.hyperparameters(\.network)
    }

    public func validate() throws(ArgusError) {
        try requirePositive(learningRate, "learning_rate")
        try requireFalling(from: explorationStart, to: explorationEnd)
        guard bufferEpisodes >= batchEpisodes else {
            throw ArgusError(
                .configuration, "hyperparameters contradict each other", at: "--set buffer_episodes",
                found: "\(bufferEpisodes) episodes in the buffer, \(batchEpisodes) in a batch",
                expected: "a buffer of at least a batch", remedy: "'--set buffer_episodes=\(batchEpisodes)'")
        }
    }
}
