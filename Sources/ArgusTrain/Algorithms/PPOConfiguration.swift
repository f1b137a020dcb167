public import ArgusHost

/// Hyperparameters of IPPO, MAPPO and VDPPO, with the source of each default.
///
/// [Mava] Mava's feed-forward PPO configuration; [MAPPO] Yu et al. 2022, "The surprising effectiveness of PPO in
/// cooperative multi-agent games", and its code; [37] Huang et al. 2022, "The 37 implementation details of PPO";
/// [ours] chosen here on the scenarios of the quick suite, with seeds that no table reports.
public struct PPOConfiguration: RolloutConfiguration {
    /// How a value's error is measured.
    public enum ValueLoss: String, Sendable, CaseIterable {
        case huber
        case squared
    }

    public var copies = 32
    public var rolloutSteps = 64
    public var epochs = 8
    public var minibatches = 4
    public var learningRate = 7e-4
    public var annealLearningRate = true
    public var adamEpsilon = 1e-5
    public var discount = 0.99
    public var gaeLambda = 0.95
    public var clip = 0.2
    public var clipValues = true
    public var entropyCoefficient = 0.03
    public var annealEntropy = false
    public var valueCoefficient = 0.5
    public var valueLoss = ValueLoss.huber
    public var huberDelta = 10.0
    public var maximumGradientNorm = 0.5
    public var normalizeAdvantages = true
    public var minimumAdvantageDeviation = 0.0
    public var normalizeValues = true
    public var valueNormalizationDecay = 0.99
    public var network = NetworkConfiguration(layerNorm: true)

    public init() {}

    public static var hyperparameters: [Hyperparameter<PPOConfiguration>] {
        [
            .copies(\.copies, "[ours]"),
            .rolloutSteps(\.rolloutSteps, "[ours]"),
            .epochs(\.epochs, "[ours]; [Mava] has 4"),
            .minibatches(\.minibatches, pieces: "with recurrent networks pieces are whole copies", "[ours]"),
            .learningRate(\.learningRate, "[ours]"),
            .annealLearningRate(\.annealLearningRate, "[37] detail 4"),
            .adamEpsilon(\.adamEpsilon, "[37] detail 3: 1e-5"),
            .discount(\.discount, "[Mava] 0.99"),
            .number("gae_lambda", \.gaeLambda, 0...1, "λ of generalised advantage estimation. [Mava] 0.95"),
            .number("clip", \.clip, 0...10, "ε: how far the probability ratio may move the objective. [Mava] 0.2"),
            .boolean("clip_values", \.clipValues, "Clips the value's change by ε too, as [MAPPO]."),
            .entropyCoefficient(\.entropyCoefficient, "[ours]; [Mava] has 0.01"),
            .boolean(
                "anneal_entropy", \.annealEntropy,
                "Lets the entropy bonus fall linearly to 0 over the training. A policy that commits can deadlock with its "
                    + "partners, hence off. [ours]"),
            .number("value_coefficient", \.valueCoefficient, 0...100, "Weight of the value loss. [37] detail 10: 0.5"),
            .choice(
                "value_loss", \.valueLoss,
                "How a value's error counts: squared, or huber: squared up to huber_delta and linear beyond. [MAPPO] huber"
            ),
            .number(
                "huber_delta", \.huberDelta, 1e-6...1e6, "The error at which the Huber loss turns linear. [MAPPO] 10"),
            .maximumGradientNorm(\.maximumGradientNorm, "[Mava] 0.5"),
            .boolean(
                "normalize_advantages", \.normalizeAdvantages,
                "Advantages of a rollout get mean 0 and deviation 1 over the rows that acted; [37] has it by minibatch "
                    + "(detail 7)."),
            .number(
                "minimum_advantage_deviation", \.minimumAdvantageDeviation, 0...1e6,
                "What normalize_advantages divides by is at least this, in units of reward. Where no reward has been met yet, "
                    + "advantages are the critic's errors, and a policy that follows them stops exploring. [ours]"),
            .boolean(
                "normalize_values", \.normalizeValues,
                "The critic predicts normalised returns, with running moments. [MAPPO]"),
            .number(
                "value_normalization_decay", \.valueNormalizationDecay, 0...0.999_999,
                "What the moments of normalize_values keep of themselves at each rollout. [ours]"),
        ] + NetworkConfiguration.hyperparameters(\.network, layerNormSource: "[MAPPO] true; [Mava] has false")
    }

    public func validate() throws(ArgusError) {
        let (pieces, units, unit) =
            network.recurrent ? (copies, "copies", "copy") : (copies * rolloutSteps, "steps", "step")
        try requirePieces(minibatches, of: pieces, units, unit)
        try requirePositive(learningRate, "learning_rate")
    }
}
