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
            weights.pointer[row] = Float(valid.pointer[row])
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

    private func prepareValueTargets() {
        let (agents, valueRows) = (player.agents, critic.valueRows)
        let center = configuration.normalizeValues ? Float(normalizer.center) : 0
        let scale = configuration.normalizeValues ? Float(1 / normalizer.deviation) : 1
        for place in 0..<player.steps * player.copies {
            for row in 0..<valueRows {
                let index = place * valueRows + row
                // One value for all agents: its target is the mean over those that acted or, if none did, that wait.
                let rows =
                    valueRows == agents
                    ? place * agents + row..<place * agents + row + 1
                    : place * agents..<(place + 1) * agents
                var sum: Float = 0
                var weight: Float = 0
                let counts = rows.contains { valid.pointer[$0] != 0 } ? valid.pointer : valued.pointer
                for agent in rows where counts[agent] != 0 {
                    sum += returns.pointer[agent]
                    weight += 1
                }
                valueReturns.pointer[index] = weight > 0 ? (sum / weight - center) * scale : 0
                valueWeights.pointer[index] = weight > 0 ? 1 : 0
                critic.values.pointer[index] = (critic.values.pointer[index] - center) * scale
            }
        }
    }
}
