extension Algorithm {
    /// Multi-agent PPO: one critic sees the global state, V(s).
    ///
    /// Yu et al. 2022, "The surprising effectiveness of PPO in cooperative multi-agent games". The loss is ``PPOLoss``.
    /// Where the whole team gets one reward a single value a state serves all agents, which is exact and cheaper; with
    /// individual rewards or several groups the critic is also told which agent it is to value.
    static let mappo = Algorithm(
        name: "mappo", summary: "Multi-agent PPO: a central critic on the global state",
        source: "Yu et al. 2022, arXiv:2103.01955", headlineMode: .sampled
    ) { task, configuration in
        try PPOLearner(task, configuration: configuration, view: .central)
    }
}
