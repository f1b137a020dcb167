/// What every learner from rollouts sets.
protocol RolloutConfiguration: NetworkConfiguration {
    var rolloutSteps: Int { get }
}
