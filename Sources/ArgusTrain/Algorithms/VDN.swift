extension Algorithm {
    /// Value decomposition networks: the team's value is the sum of the agents', Q_tot = Σᵢ Qᵢ(oᵢ, aᵢ).
    ///
    /// Sunehag et al. 2018, "Value-decomposition networks for cooperative multi-agent learning". The loss is
    /// ``QLearningLoss`` with a sum.
    static let vdn = Algorithm(
        name: "vdn", summary: "Value decomposition: the team's value is the sum of the agents'",
        source: "Sunehag et al. 2018, arXiv:1706.05296", headlineMode: .greedy
    ) { task, configuration in
        try QLearner(task, configuration: configuration as QLearningConfiguration, .sum)
    }
}
