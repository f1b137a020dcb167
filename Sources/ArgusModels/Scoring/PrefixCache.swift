import ArgusTensor

/// Prefixes whose keys and values are kept.
final class PrefixCache {
    private let model: DecoderModel
    /// The longest first.
    private var entries: [(tokens: [Int], segment: KeyValueSegment)] = []

    init(_ model: DecoderModel) { self.model = model }

    /// The same prefixes for another thread, which has `model`.
    init(sharing other: PrefixCache, _ model: DecoderModel) throws(TensorError) {
        self.model = model
        var entries: [(tokens: [Int], segment: KeyValueSegment)] = []
        for entry in other.entries {
            entries.append((entry.tokens, try KeyValueSegment(sharing: entry.segment, count: entry.segment.count)))
        }
        self.entries = entries
    }

    func keep(_ tokens: [Int]) throws(LanguageError) {
        guard !tokens.isEmpty, !entries.contains(where: { $0.tokens == tokens }) else { return }
        try model.check(tokens: tokens, "kept prefix")
        guard tokens.count < model.configuration.maximumPositions else {
            throw LanguageError(
                .invalidArgument,
                "kept prefix (scoring): found \(tokens.count) tokens, expected fewer than "
                    + "\(model.configuration.maximumPositions)")
        }
        let segment = try computing { () throws(TensorError) in
            let segment = try KeyValueSegment(model.configuration, capacity: tokens.count)
            let part = SequencePart(tokens: tokens, positions: Array(tokens.indices), storage: segment)
            _ = try model.hiddenStates([part], rows: [tokens.count - 1])
            return segment
        }
        entries.append((tokens, segment))
        entries.sort { $0.tokens.count > $1.tokens.count }
    }

    func removeAll() { entries = [] }

    /// The longest kept prefix that leaves at least one token of `prompt`, and its length.
    func longest(beginningOf prompt: [Int]) -> (Int, KeyValueSegment?) {
        for entry in entries where entry.tokens.count < prompt.count && prompt.starts(with: entry.tokens) {
            return (entry.tokens.count, entry.segment)
        }
        return (0, nil)
    }
}
