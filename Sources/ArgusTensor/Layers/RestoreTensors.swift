/// Copies saved tensors into existing ones of the same names. Checks all of them before it changes any.
public func restoreTensors(
    _ targets: [(name: String, tensor: Tensor)], from saved: [String: Tensor], owner: String
) throws(TensorError) {
    for (name, tensor) in targets {
        guard let source = saved[name] else {
            throw TensorError(code: .fileFormat, message: "\(owner): tensor '\(name)' is missing")
        }
        guard source.shape == tensor.shape, source.scalarType == tensor.scalarType else {
            throw TensorError(
                code: .fileFormat,
                message: "\(owner): tensor '\(name)': found \(source.scalarType) \(source.shape), "
                    + "expected \(tensor.scalarType) \(tensor.shape)")
        }
    }
    try withoutGradient { () throws(TensorError) in
        for (name, tensor) in targets {
            if let source = saved[name] { try tensor.copyInPlace(from: source) }
        }
    }
}
