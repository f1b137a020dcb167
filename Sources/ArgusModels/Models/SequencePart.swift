/// Tokens of one sequence that a forward pass computes. A pass takes many parts, of one sequence or of several.
struct SequencePart {
    /// What a token of this part sees of the part itself; it always sees itself and everything before the part.
    enum Visibility {
        /// All tokens before it.
        case causal
        /// The tokens on the way to it in a tree: for each, the index of its parent in the part, which comes before
        /// it, or -1.
        case tree(parents: [Int])
    }

    var tokens: [Int]
    /// Each token's place in its sequence.
    var positions: [Int]
    var visibility = Visibility.causal
    /// What the sequence had before, computed in earlier passes.
    var context: [KeyValueSegment] = []
    /// A part of the same pass, before this one, that all tokens of this one follow.
    var follows: Int?
    /// Where this part's keys and values are kept, after those that are there already; they follow the context.
    var storage: KeyValueSegment?
}
