/// A line of `metrics.jsonl`: one update.
struct UpdateRecord: Encodable {
    var step: Int
    var update: Int
    /// Mean return of the training episodes that ended in this rollout; nil if none did.
    var episodeReturn: Double?
    var episodes: Int
    /// The algorithm's own numbers.
    var statistics: [Statistic]
    var stepsPerSecond: Double
    /// Wall seconds of this update: in the environment, in choosing actions, in learning.
    var steppingSeconds: Double
    var actingSeconds: Double
    var learningSeconds: Double

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }

        init(_ name: String) { stringValue = name }
        init?(stringValue: String) { self.init(stringValue) }
        init?(intValue: Int) { nil }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        try container.encode(step, forKey: Key("step"))
        try container.encode(update, forKey: Key("update"))
        try container.encodeIfPresent(episodeReturn, forKey: Key("return"))
        try container.encode(episodes, forKey: Key("episodes"))
        for statistic in statistics { try container.encode(statistic.value, forKey: Key(statistic.name)) }
        try container.encode(stepsPerSecond, forKey: Key("steps_per_second"))
        try container.encode(steppingSeconds, forKey: Key("seconds_stepping"))
        try container.encode(actingSeconds, forKey: Key("seconds_acting"))
        try container.encode(learningSeconds, forKey: Key("seconds_learning"))
    }
}
