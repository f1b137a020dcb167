/// A part of a network with parameters.
public protocol Layer {
    /// The parameters with names that are unique within the layer, in a fixed order: what an optimiser updates and a
    /// checkpoint holds.
    var parameters: [(name: String, tensor: Tensor)] { get }
}

extension Layer {
    /// The parameters with `prefix` and a dot before each name.
    public func parameters(under prefix: String) -> [(name: String, tensor: Tensor)] {
        parameters.map { (name: "\(prefix).\($0.name)", tensor: $0.tensor) }
    }

    /// Copies the values of another layer of the same shape: a hard update of a target network.
    public func copyParameters(from other: Self) throws(TensorError) {
        try withoutGradient { () throws(TensorError) in
            for (mine, theirs) in zip(parameters, other.parameters) { try mine.tensor.copyInPlace(from: theirs.tensor) }
        }
    }

    /// Moves each parameter by `weight` of the way to another layer's: a soft update of a target network.
    public func lerpParameters(to other: Self, weight: Double) throws(TensorError) {
        try withoutGradient { () throws(TensorError) in
            for (mine, theirs) in zip(parameters, other.parameters) {
                try mine.tensor.lerpInPlace(to: theirs.tensor, weight: weight)
            }
        }
    }
}
