import ArgusEnvAPI
import ArgusHost
import ArgusTensor

/// Learning: targets, then passes of gradient steps.
extension PPOLearner {
    /// Advantages and returns of the rollout, then `epochs` passes of gradient steps.
    func learn(learningRate: Double, entropyCoefficient: Double) throws -> UpdateStatistics {
        try withoutGradient { try evaluateValues() }
        AdvantageEstimation(
            discount: configuration.discount, lambda: configuration.gaeLambda, steps: steps, copies: copies,
            agents: agents, valuesArePerCopy: valueRows == 1 && agents > 1
        ).run(
            values: values.pointer, finalValues: finalValues.pointer, storage.transitions,
            advantages: advantages.pointer, returns: returns.pointer, valid: valid.pointer,
            valued: valued.pointer)
        guard try prepareTargets() else {
            // Every episode failed: nothing to learn from.
            updates += 1
            return UpdateStatistics()
        }
        actorOptimizer.options.learningRate = learningRate
        criticOptimizer.options.learningRate = learningRate
        var statistics = UpdateStatistics()
        let loss = PPOLoss(configuration: configuration, entropyCoefficient: entropyCoefficient, heads: heads)
        for epoch in 0..<configuration.epochs {
            shuffle(epoch)
            for index in 0..<configuration.minibatches {
                let count = order.count
                let range = index * count / configuration.minibatches..<(index + 1) * count / configuration.minibatches
                let indices = try Tensor.borrowing(
                    order.pointer + range.lowerBound, shape: [range.count], type: .int64)
                let (logits, values, batch) =
                    configuration.recurrent
                    ? try sequenceMinibatch(indices, count: range.count) : try rowMinibatch(indices, count: range.count)
                let terms = try loss(logits: logits, values: values, batch: batch)
                try step(terms, into: &statistics)
                if epoch == configuration.epochs - 1 && index == configuration.minibatches - 1 {
                    try withoutGradient { try statistics.measure(logits, batch, loss) }
                }
            }
        }
        updates += 1
        return statistics
    }

    func step(_ terms: PPOLoss.Terms, into statistics: inout UpdateStatistics) throws {
        let policy = try terms.policy.item()
        let value = try terms.value.item()
        let entropy = try terms.entropy.item()
        for (name, number) in [("policy loss", policy), ("value loss", value), ("entropy", entropy)]
        where !number.isFinite {
            throw ArgusError(
                .training, "the loss is not finite", at: "update \(updates + 1), \(name)", found: "\(number)",
                expected: "a finite number", remedy: "a smaller learning_rate; the last checkpoint is good")
        }
        try actorOptimizer.clearGradients()
        try criticOptimizer.clearGradients()
        try terms.total.backward()
        let actorNorm = try actorOptimizer.clipGradientNorm(maximum: configuration.maximumGradientNorm)
        let criticNorm = try criticOptimizer.clipGradientNorm(maximum: configuration.maximumGradientNorm)
        guard actorNorm.isFinite, criticNorm.isFinite else {
            throw ArgusError(
                .training, "a gradient is not finite", at: "update \(updates + 1)",
                found: "norms \(actorNorm) (actor) and \(criticNorm) (critic)", expected: "finite numbers",
                remedy: "a smaller learning_rate; the last checkpoint is good")
        }
        try actorOptimizer.step()
        try criticOptimizer.step()
        statistics.add(policy: policy, value: value, entropy: entropy, actorNorm: actorNorm, criticNorm: criticNorm)
    }

    /// Normalised advantages, and normalised returns and old values in the critic's units.
    ///
    /// - Returns: false when no row of the rollout counts.
    func prepareTargets() throws -> Bool {
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
        guard count > 0 else { return false }
        if configuration.normalizeAdvantages {
            let mean = sums.advantage / count
            let deviation = max(0, sums.advantageSquares / count - mean * mean).squareRoot() + 1e-8
            for row in 0..<advantages.count {
                advantages.pointer[row] = Float((Double(advantages.pointer[row]) - mean) / deviation)
            }
        }
        if configuration.normalizeValues {
            let before = normalizer
            normalizer.update(
                mean: sums.returns / valuedCount, meanOfSquares: sums.returnSquares / valuedCount)
            try keepOutputs(from: before)
        }
        let center = configuration.normalizeValues ? Float(normalizer.center) : 0
        let scale = configuration.normalizeValues ? Float(1 / normalizer.deviation) : 1
        for place in 0..<steps * copies {
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
                values.pointer[index] = (values.pointer[index] - center) * scale
            }
        }
        return true
    }

    /// Rescales the critic's last layer so that its values stay what they were when the moments move (PopArt, van Hasselt
    /// et al. 2016, eq. 3).
    func keepOutputs(from before: ValueNormalizer) throws {
        guard let layer = critic.outputLayer else { return }
        let (ratio, shift) = normalizer.conversion(from: before)
        try withoutGradient {
            try layer.weight.multiplyInPlace(ratio)
            try layer.bias.multiplyInPlace(ratio)
            try layer.bias.addInPlace(Tensor.full(shift, shape: layer.bias.shape))
        }
    }

    /// A new order of rows (or copies), fixed by seed, update and epoch (Fisher & Yates).
    func shuffle(_ epoch: Int) {
        let random = CounterRandom(run: seed, purpose: .minibatchOrder).keyed(UInt64(updates)).keyed(UInt64(epoch))
        for index in 0..<order.count { order.pointer[index] = Int64(index) }
        for index in stride(from: order.count - 1, to: 0, by: -1) {
            let other = Int(random.bits(UInt64(index)).multipliedFullWidth(by: UInt64(index + 1)).high)
            (order.pointer[index], order.pointer[other]) = (order.pointer[other], order.pointer[index])
        }
    }
}
