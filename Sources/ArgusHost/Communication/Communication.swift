/// How the agents of a scenario may talk: the key `communication:` of its file.
///
/// A message is a symbol (an extra action head, for numeric policies) or a text (for language models and people). Both
/// go to all receivers that the topology gives the sender, and count against the same budgets.
public struct Communication: Sendable, Hashable {
    /// Who hears whom.
    public var topology = Topology.all
    /// Different symbols, 0 to 255; 0: no symbols.
    public var symbols = 8
    /// Characters (as a reader counts them) that a text may have, 0 to 10,000; 0: no texts.
    public var characters = 120
    /// Messages that an agent may send in one step; nil: any number.
    public var perStep: Int? = 1
    /// Messages that an agent may send in one episode; nil: any number.
    public var perEpisode: Int? = 40
    /// Steps after which a message arrives: 1 is with the next observation.
    public var delay = 1
    /// Probability that a receiver does not get a message.
    public var loss = 0.0
    /// Control: what arrives, arrives when it did, but says nothing. See ``Channel``.
    public var shuffle = false
    /// Where it is written, for messages.
    var place = Place()

    static let symbolLimit = 255
    static let characterLimit = 10_000
    static let perStepLimit = 1000
    static let perEpisodeLimit = 1_000_000
    static let delayLimit = 1000

    public init() {}

    /// A place in a file: equal to every other, so that the same channel in another file is the same channel.
    struct Place: Sendable, Hashable {
        /// `FILE:LINE`; nil where it was made in code.
        var line: String?

        static func == (_: Place, _: Place) -> Bool { true }
        func hash(into _: inout Hasher) {}
    }
}

extension Communication {
    /// Where one of its keys is, or it itself.
    func place(of key: String? = nil) -> String {
        let path = key.map { "communication.\($0)" } ?? "communication"
        return place.line.map { "\($0), key '\(path)'" } ?? path
    }

    /// All keys in a fixed order, as they would stand in a scenario's file.
    public var canonicalText: String {
        func budget(_ count: Int?) -> String { count.map { "\($0)" } ?? "none" }
        return "{topology: \(topology), symbols: \(symbols), characters: \(characters), per_step: \(budget(perStep)), "
            + "per_episode: \(budget(perEpisode)), delay: \(delay), loss: \(loss), shuffle: \(shuffle)}"
    }
}
