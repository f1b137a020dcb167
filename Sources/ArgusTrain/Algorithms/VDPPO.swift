extension Algorithm {
    /// PPO with a decomposed central critic: each agent's value of its own observation, mixed monotonically by the global
    /// state into the team's, V_tot = f(V₁(o₁), …, V_N(o_N); s).
    ///
    /// The critic is that of VDAC-mix (Su, Adams & Beling 2021, "Value-decomposition multi-agent actor-critics", AAAI,
    /// section 4.2), whose mixing network is QMIX's (``MonotonicMixer``); as there, the advantage of V_tot, estimated with
    /// the team's reward, is every agent's. The actors learn by PPO's clipped objective (``PPOLoss``) in place of the plain
    /// policy gradient, as VDPPO in MARLlib (Hu et al. 2023) has it.
    static let vdppo = Algorithm(
        name: "vdppo", summary: "PPO whose central critic is a monotonic mixture of per-agent values",
        source: "Su et al. 2021 (VDAC-mix) with PPO's loss, as MARLlib's VDPPO", headlineMode: .sampled
    ) { task, configuration in
        try PPOLearner(task, configuration: configuration, view: .decomposed)
    }
}
