import ArgusHost

/// Contradictions that several algorithms' settings may have.
extension HyperparameterSet {
    func requirePositive(_ value: Double, _ name: String) throws(ArgusError) {
        guard value > 0 else {
            throw ArgusError(
                .configuration, "bad hyperparameter", at: "--set \(name)", found: "\(value)",
                expected: "a number above 0")
        }
    }

    /// - Parameter unit: what a piece consists of, in plural and singular.
    func requirePieces(_ minibatches: Int, of pieces: Int, _ units: String, _ unit: String) throws(ArgusError) {
        func refused(_ expected: String) -> ArgusError {
            let nearest = (1...max(1, min(minibatches, pieces))).last { pieces % $0 == 0 } ?? 1
            return ArgusError(
                .configuration, "hyperparameters contradict each other", at: "--set minibatches",
                found: "\(minibatches) minibatches of \(pieces) \(units)", expected: expected,
                remedy: "'--set minibatches=\(nearest)'")
        }
        guard minibatches <= pieces else { throw refused("at most one a \(unit)") }
        // Parts of two sizes would weigh rows differently.
        guard pieces % minibatches == 0 else { throw refused("parts of one size") }
    }

    /// A return is bootstrapped where the rollout ends, if not before.
    func requireReach(_ nStep: Int, within rolloutSteps: Int) throws(ArgusError) {
        guard nStep <= rolloutSteps else {
            throw ArgusError(
                .configuration, "hyperparameters contradict each other", at: "--set n_step",
                found: "returns of \(nStep) steps in a rollout of \(rolloutSteps)",
                expected: "at most the rollout's", remedy: "'--set rollout_steps=\(nStep)'")
        }
    }

    func requireFalling(from start: Double, to end: Double) throws(ArgusError) {
        guard end <= start else {
            throw ArgusError(
                .configuration, "hyperparameters contradict each other", at: "--set exploration_end",
                found: "ε from \(start) to \(end)", expected: "ε that does not rise")
        }
    }
}
