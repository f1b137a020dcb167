/// The shape of a decoder-only transformer of the Llama family, and everything else that its numbers depend on.
public struct DecoderConfiguration: Sendable, Hashable {
    public enum Family: String, Sendable, Hashable, CaseIterable {
        case llama
        case qwen2
        case qwen3
    }

    public var family: Family
    /// Rows of the embedding: tokens are below it.
    public var vocabularySize: Int
    public var hiddenSize: Int
    public var feedForwardSize: Int
    public var layers: Int
    public var heads: Int
    /// Heads of keys and values, each of which serves as many query heads.
    public var keyValueHeads: Int
    public var headSize: Int
    /// In the root of the mean square norms.
    public var epsilon: Double
    public var rotary: RotaryEmbedding
    /// Whether the output layer is the embedding itself.
    public var sharesEmbedding: Bool
    /// Biases of the query, key and value projections.
    public var hasAttentionBias: Bool
    /// The bias of the attention's output projection.
    public var hasAttentionOutputBias: Bool
    public var hasFeedForwardBias: Bool
    /// Whether queries and keys are normalised, each head for itself.
    public var normalisesQueriesAndKeys: Bool
    /// The greatest number of tokens that the model was made for.
    public var maximumPositions: Int
    /// Tokens that end a text.
    public var endTokens: [Int]
}

extension DecoderConfiguration {
    /// Refuses what contradicts itself, or is larger than any such model.
    func checked(_ source: String) throws(LanguageError) -> DecoderConfiguration {
        func check(_ name: String, _ value: Int, _ range: ClosedRange<Int>) throws(LanguageError) {
            guard range.contains(value) else {
                throw LanguageError(
                    .fileFormat,
                    "\(name) (\(source)): found \(value), expected \(range.lowerBound) to \(range.upperBound)")
            }
        }
        try check("vocabulary size", vocabularySize, 1...(1 << 22))
        try check("hidden size", hiddenSize, 1...(1 << 17))
        try check("feed-forward size", feedForwardSize, 1...(1 << 19))
        try check("number of layers", layers, 1...1024)
        try check("number of heads", heads, 1...1024)
        try check("number of key-value heads", keyValueHeads, 1...heads)
        try check("head size", headSize, 2...4096)
        try check("number of positions", maximumPositions, 1...(1 << 24))
        guard heads % keyValueHeads == 0, headSize % 2 == 0 else {
            throw LanguageError(
                .fileFormat,
                "attention (\(source)): found \(heads) heads, \(keyValueHeads) for keys and values, of size "
                    + "\(headSize), expected whole groups and an even size")
        }
        guard epsilon.isFinite, epsilon > 0, epsilon < 1 else {
            throw LanguageError(.fileFormat, "epsilon of norms (\(source)): found \(epsilon), expected between 0 and 1")
        }
        try rotary.check(source)
        return self
    }
}
