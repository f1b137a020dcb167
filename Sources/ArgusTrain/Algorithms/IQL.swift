extension Algorithm {
    /// Independent Q-learning: each agent learns the value of its own choices from its own reward, Qᵢ(oᵢ, aᵢ).
    ///
    /// Tan 1993, "Multi-agent reinforcement learning: independent vs. cooperative agents"; with deep networks Tampuu et al.
    /// 2017. The loss is ``QLearningLoss`` without mixing.
    static let iql = Algorithm(
        name: "iql", summary: "Independent Q-learning", source: "Tan 1993; Tampuu et al. 2017, arXiv:1511.08779",
        headlineMode: .greedy
    ) { task, configuration in
        try QLearner(task, configuration: configuration as QLearningConfiguration, .independent)
    }
}
