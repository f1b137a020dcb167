/// How every entry of a suite is measured: the same for all, so that they can be compared.
///
/// Defaults after Gorsane et al., "Towards a standardised performance evaluation protocol for cooperative MARL"
/// (NeurIPS 2022): 32 episodes an evaluation, and ten times as many for the absolute metric.
public struct EvaluationProtocol: Codable, Sendable, Hashable {
    /// Training seeds; for untrained entries, blocks of evaluation episodes. Distinct.
    public var seeds: [UInt64]
    /// Episodes of each evaluation of the learning curve.
    public var evaluationEpisodes: Int
    /// Evaluations over the course of training.
    public var evaluations: Int
    /// Episodes of the absolute metric, the number that is reported.
    public var absoluteEpisodes: Int

    public init(
        seeds: [UInt64], evaluationEpisodes: Int = 32, evaluations: Int = 20, absoluteEpisodes: Int = 320
    ) {
        self.seeds = seeds
        self.evaluationEpisodes = evaluationEpisodes
        self.evaluations = evaluations
        self.absoluteEpisodes = absoluteEpisodes
    }

    enum CodingKeys: String, CodingKey, CaseIterable {
        case seeds, evaluations
        case evaluationEpisodes = "evaluation_episodes"
        case absoluteEpisodes = "absolute_episodes"
    }
}
