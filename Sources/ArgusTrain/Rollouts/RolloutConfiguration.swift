/// What every learner from rollouts sets.
protocol RolloutConfiguration: HyperparameterSet {
    var rolloutSteps: Int { get }
    var network: NetworkConfiguration { get }
}
