import ArgusHost

extension PPOLearner {
    /// Normalised advantages, and normalised returns and old values in the critic's units.
    ///
    /// - Returns: The deviation that the advantages had; nil when no row of the rollout counts.
    func prepareTargets() throws -> Double? {
        var count = 0.0
        var valuedCount = 0.0
        var sums = (advantage: 0.0, advantageSquares: 0.0, returns: 0.0, returnSquares: 0.0)
        for row in 0..<advantages.count {
            if valued.pointer[row] != 0 {
                let target = Double(returns.pointer[row])
                valuedCount += 1
                sums.returns += target
                sums.returnSquares += target * target
            }
            guard valid.pointer[row] != 0 else { continue }
            let advantage = Double(advantages.pointer[row])
            count += 1
            sums.advantage += advantage
            sums.advantageSquares += advantage * advantage
        }
        guard count > 0 else { return nil }
        let mean = sums.advantage / count
        let deviation = max(0, sums.advantageSquares / count - mean * mean).squareRoot()
        if configuration.normalizeAdvantages {
            let divisor = max(deviation, configuration.minimumAdvantageDeviation) + 1e-8
            for row in 0..<advantages.count {
                advantages.pointer[row] = Float((Double(advantages.pointer[row]) - mean) / divisor)
            }
        }
        if configuration.normalizeValues {
            let before = normalizer
            normalizer.update(
                mean: sums.returns / valuedCount, meanOfSquares: sums.returnSquares / valuedCount)
            // The critic's values stay what they were when the moments move.
            let (ratio, shift) = normalizer.conversion(from: before)
            try critic.rescaleOutputs(ratio: ratio, shift: shift)
        }
        prepareValueTargets()
        return deviation
    }

    /// In the critic's units, as are the old values then.
    private func prepareValueTargets() {
        ValueTargets.fill(
            valueReturns, valueWeights, from: returns, valid: valid, valued: valued, agents: player.agents,
            valueRows: critic.valueRows)
        let center = configuration.normalizeValues ? Float(normalizer.center) : 0
        let scale = configuration.normalizeValues ? Float(1 / normalizer.deviation) : 1
        for row in 0..<valueReturns.count {
            if valueWeights.pointer[row] != 0 {
                valueReturns.pointer[row] = (valueReturns.pointer[row] - center) * scale
            }
            critic.values.pointer[row] = (critic.values.pointer[row] - center) * scale
        }
    }
}
