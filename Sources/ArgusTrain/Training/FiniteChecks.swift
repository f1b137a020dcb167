import ArgusHost
import ArgusTensor

/// A term of a loss as a number.
///
/// - Throws: ``ArgusError`` (training), which stops the run with its last checkpoint, when it is not finite.
func finite(_ term: Tensor, _ name: String, _ schedule: Schedule) throws -> Double {
    let value = try term.item()
    guard value.isFinite else {
        throw ArgusError(
            .training, "the loss is not finite", at: place(name, schedule), found: "\(value)",
            expected: "a finite number", remedy: "a smaller learning_rate; the last checkpoint is good")
    }
    return value
}

private func place(_ name: String, _ schedule: Schedule) -> String {
    "update \(schedule.update + 1) after step \(schedule.step), \(name)"
}

extension Adam {
    /// Clips the joint gradient norm; the norm before that.
    ///
    /// - Throws: ``ArgusError`` (training) when it is not finite.
    func finiteClippedNorm(_ maximum: Double, _ name: String, _ schedule: Schedule) throws -> Double {
        let norm = try clipGradientNorm(maximum: maximum)
        guard norm.isFinite else {
            throw ArgusError(
                .training, "a gradient is not finite", at: place(name, schedule), found: "norm \(norm)",
                expected: "a finite number", remedy: "a smaller learning_rate; the last checkpoint is good")
        }
        return norm
    }

    /// One gradient step down a loss; the norm of the gradient before clipping.
    ///
    /// - Throws: ``ArgusError`` (training) when the norm is not finite; nothing has moved then.
    func step(_ loss: Tensor, maximumNorm: Double, _ name: String, _ schedule: Schedule) throws -> Double {
        try clearGradients()
        try loss.backward()
        let norm = try finiteClippedNorm(maximumNorm, name, schedule)
        try step()
        return norm
    }

    /// The optimiser's memory under names of a checkpoint.
    var savedState: [(name: String, tensor: Tensor)] { state.map { ("adam.\($0.name)", $0.tensor) } }
}

extension [String: Tensor] {
    /// A saved tensor's numbers.
    func numbers<Element: TensorElement>(_ name: String, count: Int, as type: Element.Type) throws -> [Element] {
        guard let tensor = self[name], tensor.count == count else {
            throw TensorError(code: .fileFormat, message: "checkpoint: tensor '\(name)' is missing or of another size")
        }
        return try tensor.values(as: type)
    }
}
