/// Hyperparameters that several algorithms have: name, range and meaning are given here, once; each algorithm's file has
/// its default, and says where that comes from (`source`).
extension Hyperparameter {
    static func copies(_ path: WritableKeyPath<Configuration, Int>, _ source: String) -> Self {
        .integer("copies", path, 1...4096, "Episodes played side by side. \(source)")
    }

    static func rolloutSteps(_ path: WritableKeyPath<Configuration, Int>, _ source: String) -> Self {
        .integer(
            "rollout_steps", path, 1...100_000,
            "Steps of each copy between two updates; copies × rollout_steps environment steps an update. \(source)")
    }

    static func epochs(_ path: WritableKeyPath<Configuration, Int>, _ source: String) -> Self {
        .integer("epochs", path, 1...1000, "Passes over a rollout. \(source)")
    }

    /// - Parameter pieces: what they consist of.
    static func minibatches(_ path: WritableKeyPath<Configuration, Int>, pieces: String, _ source: String) -> Self {
        .integer(
            "minibatches", path, 1...4096, "Pieces of a rollout, one gradient step each; \(pieces). \(source)")
    }

    static func nStep(_ path: WritableKeyPath<Configuration, Int>, _ source: String) -> Self {
        .integer("n_step", path, 1...100_000, "Steps of a return before it is bootstrapped. \(source)")
    }

    static func learningRate(_ path: WritableKeyPath<Configuration, Double>, _ source: String) -> Self {
        .number("learning_rate", path, 0...1, "Adam's step size, for every network. \(source)")
    }

    static func annealLearningRate(_ path: WritableKeyPath<Configuration, Bool>, _ source: String) -> Self {
        .boolean(
            "anneal_learning_rate", path, "Lets the step size fall linearly to 0 over the training. \(source)")
    }

    static func adamEpsilon(_ path: WritableKeyPath<Configuration, Double>, _ source: String) -> Self {
        .number(
            "adam_epsilon", path, 1e-16...1,
            "Adam's ε. Small and rare rewards make small gradients, which 1e-5 outweighs unless they are normalised. "
                + source)
    }

    static func discount(_ path: WritableKeyPath<Configuration, Double>, _ source: String) -> Self {
        .number("discount", path, 0...1, "γ, for one unit of simulated time. \(source)")
    }

    static func rewardScale(_ path: WritableKeyPath<Configuration, Double>, _ source: String) -> Self {
        .number(
            "reward_scale", path, 1e-6...1e6,
            "What rewards are multiplied by before values are learnt of them. A step of Adam moves values by about as much "
                + "whatever they are, so that those of rare and small rewards drown. \(source)")
    }

    static func stepCost(_ path: WritableKeyPath<Configuration, Double>, _ source: String) -> Self {
        .number(
            "step_cost", path, 0...1e6,
            "What a step takes off the scaled reward. Where rewards are sparse, all that leads to none is worth the same, "
                + "and the best of it may be to stand still; with a cost, what was not tried yet is worth more. \(source)"
        )
    }

    static func entropyCoefficient(_ path: WritableKeyPath<Configuration, Double>, _ source: String) -> Self {
        .number("entropy_coefficient", path, 0...10, "Weight of the entropy bonus. \(source)")
    }

    /// Of a target critic, which values what returns are bootstrapped from.
    static func targetRate(_ path: WritableKeyPath<Configuration, Double>, _ source: String) -> Self {
        .number(
            "target_rate", path, 1e-9...1,
            "How far the target critic, which bootstraps, moves towards the critic at each update. \(source)")
    }

    static func maximumGradientNorm(_ path: WritableKeyPath<Configuration, Double>, _ source: String) -> Self {
        .number(
            "maximum_gradient_norm", path, 1e-6...1e6,
            "Clips the norm of each optimiser's gradient; where there is a critic it has an optimiser of its own. \(source)"
        )
    }

    static func explorationStart(_ path: WritableKeyPath<Configuration, Double>, _ source: String) -> Self {
        .number("exploration_start", path, 0...1, "ε at first. \(source)")
    }

    static func explorationEnd(_ path: WritableKeyPath<Configuration, Double>, _ source: String) -> Self {
        .number("exploration_end", path, 0...1, "ε in the end, and in sampled evaluations. \(source)")
    }

    static func explorationSteps(_ path: WritableKeyPath<Configuration, Int>, _ source: String) -> Self {
        .integer(
            "exploration_steps", path, 1...1_000_000_000_000,
            "Environment steps over which ε falls linearly. \(source)")
    }
}
