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
}
