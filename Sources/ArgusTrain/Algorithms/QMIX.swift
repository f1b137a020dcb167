extension Algorithm {
    /// QMIX: the team's value rises with each agent's, as a network whose weights depend on the global state has it,
    /// Q_tot = f(Q₁, …, Q_N; s).
    ///
    /// Rashid et al. 2018, "QMIX: monotonic value function factorisation for deep multi-agent reinforcement learning". The
    /// mixing network is ``MonotonicMixer``, the loss ``QLearningLoss``.
    static let qmix = Algorithm(
        name: "qmix", summary: "Value decomposition: a monotonic mixture of the agents' values, by the global state",
        source: "Rashid et al. 2018, arXiv:1803.11485", headlineMode: .greedy
    ) { task, configuration in
        try QLearner(task, configuration: configuration as QLearningConfiguration, .monotonic)
    }
}
