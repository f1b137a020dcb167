import ArgusTensor

extension DecoderModel {
    /// Rows of logits that are in memory at once: a vocabulary is wide.
    private static let logitRows = 128

    /// The logits after each token of one text, `[tokens][vocabulary]`.
    public func logits(of tokens: [Int]) throws(LanguageError) -> [[Float]] {
        try check(tokens: tokens, "text")
        guard !tokens.isEmpty else { return [] }
        return try computing { () throws(TensorError) in
            let part = SequencePart(tokens: tokens, positions: Array(tokens.indices))
            let hidden = try hiddenStates([part], rows: Array(tokens.indices))
            let values: [Float] = try logits(hidden).values()
            let width = configuration.vocabularySize
            return tokens.indices.map { Array(values[($0 * width)..<(($0 + 1) * width)]) }
        }
    }

    /// The log-probabilities of single tokens after hidden states.
    ///
    /// - Parameters:
    ///   - hidden: `[rows, hidden size]`.
    ///   - entries: rows, in ascending order, and a token for each.
    func logProbabilities(_ hidden: Tensor, of entries: [(row: Int, token: Int)]) throws(TensorError) -> [Float] {
        let width = configuration.vocabularySize
        let rows = hidden.shape[0]
        var result: [Float] = []
        result.reserveCapacity(entries.count)
        var next = 0
        for first in stride(from: 0, to: rows, by: Self.logitRows) {
            let count = min(Self.logitRows, rows - first)
            let begin = next
            while next < entries.count, entries[next].row < first + count { next += 1 }
            guard next > begin else { continue }
            let logits = try logits(hidden.narrowed(axis: 0, from: first, count: count))
            let normalizers: [Float] = try logits.logSumExp(axes: [1]).values()
            let places = entries[begin..<next].map { ($0.row - first) * width + $0.token }
            let values: [Float] = try logits.reshaped(to: [-1]).gatheredRows(Tensor(places)).values()
            for (entry, value) in zip(entries[begin..<next], values) {
                result.append(value - normalizers[entry.row - first])
            }
        }
        return result
    }

    func check(tokens: [Int], _ place: String) throws(LanguageError) {
        if let bad = tokens.first(where: { $0 < 0 || $0 >= configuration.vocabularySize }) {
            throw LanguageError(
                .invalidArgument, "token (\(place)): found \(bad), expected 0 to \(configuration.vocabularySize - 1)")
        }
        guard tokens.count <= configuration.maximumPositions else {
            throw LanguageError(
                .invalidArgument,
                "length (\(place)): found \(tokens.count) tokens, expected at most "
                    + "\(configuration.maximumPositions)")
        }
    }
}
