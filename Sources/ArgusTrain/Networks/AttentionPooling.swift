import ArgusEnvAPI
import ArgusTensor

/// Makes one of several things, whatever their order: attention with learned queries (Lee et al. 2019, "Set
/// Transformer", where it is called pooling by multihead attention).
///
///     pᵢ = Σₖ softmaxₖ(Sᵢ·eₖ) eₖᵢ,  i one of four parts of e's components
///
/// Unlike a sum it can pick one thing, such as the nearest food, and be told what it picked.
struct AttentionPooling: Layer {
    static let heads = 4

    /// The least size of at least `size` components that divides into heads.
    static func size(atLeast size: Int) -> Int { (size + heads - 1) / heads * heads }

    /// S [heads, size]; a bias would change nothing.
    let score: Tensor

    /// - Parameter size: components of a thing, a multiple of ``heads``.
    init(size: Int, using generator: inout SplitMix64) throws {
        score = try Tensor.orthogonal(rows: AttentionPooling.heads, columns: size, gain: 1, using: &generator)
            .requiringGradient()
    }

    var parameters: [(name: String, tensor: Tensor)] { [("score", score)] }

    /// Things [rows, count, size] to [rows, size].
    func callAsFunction(_ things: Tensor) throws -> Tensor { try things.attentionPooled(score: score) }
}
