/// What the marks in hyperparameters' documentation stand for.
public enum HyperparameterSources {
    private static let all = [
        ("[Mava]", "Mava's feed-forward configurations"),
        (
            "[MAPPO]",
            "Yu et al. 2022, 'The surprising effectiveness of PPO in cooperative multi-agent games', and its code"
        ),
        ("[37]", "Huang et al. 2022, 'The 37 implementation details of proximal policy optimization'"),
        (
            "[EPyMARL]",
            "Papoudakis et al. 2021, 'Benchmarking multi-agent deep reinforcement learning algorithms in cooperative "
                + "tasks', and its code"
        ),
        (
            "[PyMARL2]",
            "Hu et al. 2021, 'Rethinking the implementation tricks and monotonicity constraint in cooperative MARL', "
                + "and its code"
        ),
        ("[PQN]", "Gallici et al. 2025, 'Simplifying deep temporal difference learning', and its code, purejaxql"),
        ("[ours]", "chosen here, nearly always on seeds that no table reports (Documentation/settings.md)"),
    ]

    /// The marks that occur in `texts`, each with its source.
    public static func cited(in texts: [String]) -> [(mark: String, source: String)] {
        all.filter { mark, _ in texts.contains { $0.contains(mark) } }.map { (mark: $0, source: $1) }
    }
}
