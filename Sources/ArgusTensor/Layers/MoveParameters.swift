/// Moves parameters by `weight` of the way to those of another network of the same shape: a target's update, soft, or
/// hard with weight 1.
public func moveParameters(
    _ targets: [(name: String, tensor: Tensor)], to sources: [(name: String, tensor: Tensor)], weight: Double
) throws(TensorError) {
    try withoutGradient { () throws(TensorError) in
        for (target, source) in zip(targets, sources) {
            if weight == 1 {
                try target.tensor.copyInPlace(from: source.tensor)
            } else {
                try target.tensor.lerpInPlace(to: source.tensor, weight: weight)
            }
        }
    }
}
