/// A line of `metrics.jsonl`: one update.
struct UpdateRecord: Codable {
    var step: Int
    var update: Int
    /// Mean return of the training episodes that ended in this rollout; nil if none did.
    var episodeReturn: Double?
    var episodes: Int
    var policyLoss: Double
    var valueLoss: Double
    var entropy: Double
    /// Mean of (ρ − 1) − log ρ, an estimate of the divergence from the old policy (Schulman 2020, "Approximating KL").
    var approximateKL: Double
    var clipFraction: Double
    var actorGradientNorm: Double
    var criticGradientNorm: Double
    var learningRate: Double
    var stepsPerSecond: Double
    /// Wall seconds of this update: in the environment, in choosing actions, in learning.
    var steppingSeconds: Double
    var actingSeconds: Double
    var learningSeconds: Double

    enum CodingKeys: String, CodingKey {
        case step, update, episodes, entropy
        case episodeReturn = "return"
        case policyLoss = "loss_policy"
        case valueLoss = "loss_value"
        case approximateKL = "approximate_kl"
        case clipFraction = "clip_fraction"
        case actorGradientNorm = "actor_gradient_norm"
        case criticGradientNorm = "critic_gradient_norm"
        case learningRate = "learning_rate"
        case stepsPerSecond = "steps_per_second"
        case steppingSeconds = "seconds_stepping"
        case actingSeconds = "seconds_acting"
        case learningSeconds = "seconds_learning"
    }
}
