/// How an aggregate grows with training: the metric of all runs and tasks at each evaluation, with its interval.
///
/// Agarwal et al. (NeurIPS 2021), `rliable`'s sample-efficiency curve. The band is pointwise, not simultaneous.
public struct SampleEfficiencyCurve: Sendable, Hashable {
    /// One evaluation of the curve.
    public struct Point: Sendable, Hashable {
        /// Environment steps that training had taken.
        public let step: Int
        /// The aggregate at that step.
        public let estimate: IntervalEstimate
    }

    /// The curve, in the order that the evaluations were given.
    public let points: [Point]

    /// The curve of evaluations, each with the scores of every run on every task at that step.
    ///
    /// - Throws: ``StatisticsError`` if there is no evaluation, given draws do not fit, or the metric's gamma is not
    ///   finite.
    public init(
        of evaluations: [(step: Int, scores: ScoreMatrix)],
        metric: AggregateMetric = .interquartileMean,
        bootstrap: StratifiedBootstrap
    ) throws(StatisticsError) {
        guard !evaluations.isEmpty else {
            throw StatisticsError(.empty, "sample-efficiency curve: found no evaluation, expected at least one.")
        }
        var points: [Point] = []
        for evaluation in evaluations {
            points.append(
                Point(step: evaluation.step, estimate: try bootstrap.estimate(metric, of: evaluation.scores))
            )
        }
        self.points = points
    }
}
