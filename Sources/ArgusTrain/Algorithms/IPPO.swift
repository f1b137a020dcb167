extension Algorithm {
    /// Independent PPO: each agent's critic sees what the agent sees, V(oᵢ).
    ///
    /// De Witt et al. 2020, "Is independent learning all you need in the StarCraft multi-agent challenge?". The loss is
    /// ``PPOLoss``.
    static let ippo = Algorithm(
        name: "ippo", summary: "Independent PPO: decentralised critics",
        source: "de Witt et al. 2020, arXiv:2011.09533",
        headlineMode: .sampled
    ) { task, configuration in
        try PPOLearner(task, configuration: configuration, view: .local)
    }
}
