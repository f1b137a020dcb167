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
    private let score: Tensor

    /// - Parameter size: components of a thing, a multiple of ``heads``.
    init(size: Int, using generator: inout SplitMix64) throws {
        score = try Tensor.orthogonal(rows: AttentionPooling.heads, columns: size, gain: 1, using: &generator)
            .requiringGradient()
    }

    var parameters: [(name: String, tensor: Tensor)] { [("score", score)] }

    /// Things [rows, count, size] to [rows, size].
    func callAsFunction(_ things: Tensor) throws -> Tensor {
        let (rows, count, size) = (things.shape[0], things.shape[1], things.shape[2])
        let heads = AttentionPooling.heads
        let weights = try things.linear(weight: score).softmax(axis: 1).unsqueezed(3)
        return try (things.reshaped(to: [rows, count, heads, size / heads]) * weights)
            .sum(axes: [1]).reshaped(to: [rows, size])
    }
}
