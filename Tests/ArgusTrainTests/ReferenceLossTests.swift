import ArgusEnvAPI
import ArgusHost
import ArgusTensor
import ArgusTrain
import Testing

/// Each loss and its gradients equal what PyTorch computes on the same batch.
@Suite("Losses against PyTorch")
struct ReferenceLossTests {
    private func isClose(_ found: Tensor, _ expected: Double) throws -> Bool { abs(try found.item() - expected) < 1e-4 }

    private func mixer(_ weights: [String: LossFixtures.Values]) throws -> MonotonicMixer {
        var generator = SplitMix64(seed: 1)
        let mixer = try MonotonicMixer(agents: 3, stateSize: 5, using: &generator)
        try restoreTensors(
            mixer.parameters(under: "mixer"),
            from: Dictionary(
                uniqueKeysWithValues: weights.map { ("mixer.\($0.key)", try $0.value.tensor()) }), owner: "fixture")
        return mixer
    }

    @Test("Who waits has choice 0, whatever its values are, also where no mask says so")
    func idleChoices() throws {
        let values = try Tensor([0, 1, 2, 0, 5, 4, 3, 0, 0, 1, 9, 2] as [Float], shape: [3, 4])
        let best = try QLearningLoss(heads: [3, 1], mixing: .sum).bestChoices(
            values, legal: nil, acting: Tensor([1, 0, 0] as [UInt8], shape: [3, 1]))
        #expect(try best.values(as: Int64.self) == [2, 0, 0, 0, 0, 0])
    }

    @Test(
        "Double Q-learning with λ-returns, masks, waiting and dead agents, uneven time, termination and truncation",
        arguments: ["iql", "vdn", "qmix", "pqn-vdn"], [1, 2])
    func qLearning(algorithm: String, ended: Int) throws {
        let fixture = try LossFixtures.load().qLearning
        let expected = try #require(fixture.results["\(algorithm)_\(ended)"])
        let (mixing, targetMixing): (QLearningLoss.Mixing, QLearningLoss.Mixing) =
            switch algorithm {
            case "iql": (.none, .none)
            case "vdn", "pqn-vdn": (.sum, .sum)
            default: (.monotonic(try mixer(fixture.mixer)), .monotonic(try mixer(fixture.targetMixer)))
            }
        let loss = QLearningLoss(heads: [4], mixing: mixing)
        let online = try fixture.online.tensor(shape: [21, 4]).requiringGradient()
        let (present, states) = (try fixture.present.tensor(), try fixture.states.tensor())
        let best = try loss.bestChoices(
            online.detached(), legal: fixture.legal.tensor(.uint8, shape: [21, 4]),
            acting: fixture.acting.tensor(.uint8, shape: [21, 1]))
        // PQN has no target network.
        let later = try algorithm == "pqn-vdn" ? online.detached() : fixture.target.tensor(shape: [21, 4])
        let future = try QLearningLoss(heads: [4], mixing: targetMixing).joint(
            later, choices: best, present: present, states: states)
        #expect(try ArgusTrainTests.isClose(future, expected.future))

        let columns = algorithm == "iql" ? 3 : 1
        let next: [Float] = try future.values()
        var (targets, weights) = ([Float](repeating: 0, count: 6 * columns), [Float](repeating: 0, count: 6 * columns))
        for column in 0..<columns {
            var returns = LambdaReturn(discount: fixture.gamma, lambda: fixture.lambda)
            for step in (0..<6).reversed() {
                let ofAgents = fixture.rewards.floats[step * 3..<step * 3 + 3]
                let acting = fixture.acting.data[(step + 1) * 3..<(step + 1) * 3 + 3]
                targets[step * columns + column] = returns.step(
                    reward: columns == 1 ? ofAgents.reduce(0, +) : Array(ofAgents)[column],
                    elapsed: fixture.elapsed.floats[step],
                    end: step < 5 ? .running : ended == 1 ? .terminated : .truncated,
                    next: next[(step + 1) * columns + column],
                    decidesNext: columns == 1 || Array(acting)[column] == 1)
                weights[step * columns + column] = columns == 1 ? 1 : fixture.present.floats[step * 3 + column]
            }
        }
        let target = try Tensor(targets, shape: [6, columns])
        #expect(try ArgusTrainTests.isClose(target, expected.targets))

        let joint = try loss.joint(
            online, choices: fixture.choices.tensor(.int64, shape: [21, 1]), present: present, states: states)
        let total = try loss(
            joint: joint.narrowed(axis: 0, from: 0, count: 6), targets: target,
            weights: Tensor(weights, shape: [6, columns]))
        #expect(try isClose(total, expected.loss))
        try total.backward()
        #expect(try ArgusTrainTests.isClose(online.gradient(), expected.gradient))
    }

    @Test("Advantage actor-critic")
    func actorCritic() throws {
        let fixture = try LossFixtures.load().actorCritic
        let logits = try #require(fixture.logits).tensor().requiringGradient()
        let values = try fixture.values.tensor().requiringGradient()
        let (logProbabilities, entropies) = try Categorical.evaluate(
            logits: logits, legal: #require(fixture.legal).tensor(.uint8),
            actions: #require(fixture.choices).tensor(.int64))
        let terms = try ActorCriticLoss(entropyCoefficient: 0.01)(
            logProbabilities: logProbabilities, entropies: entropies,
            advantages: #require(fixture.advantages).tensor(), weights: fixture.weights.tensor(), values: values,
            returns: fixture.returns.tensor(), valueWeights: #require(fixture.valueWeights).tensor())
        try expect(terms, fixture, outputs: logits, values: values)
    }

    @Test("Counterfactual policy gradient")
    func counterfactual() throws {
        let fixture = try LossFixtures.load().coma
        let logits = try #require(fixture.logits).tensor().requiringGradient()
        let values = try fixture.values.tensor().requiringGradient()
        let terms = try CounterfactualLoss(entropyCoefficient: 0.01)(
            logits: logits, values: values, legal: #require(fixture.legal).tensor(.uint8),
            choices: #require(fixture.choices).tensor(.int64, shape: [9, 1]), returns: fixture.returns.tensor(),
            weights: fixture.weights.tensor(), valueWeights: #require(fixture.valueWeights).tensor())
        try expect(terms, fixture, outputs: logits, values: values)
    }

    @Test("PPO, over choices and over continuous actions", arguments: [false, true])
    func ppo(isContinuous: Bool) throws {
        let fixtures = try LossFixtures.load()
        let fixture = isContinuous ? fixtures.ppoContinuous : fixtures.ppo
        let outputs = try #require(fixture.outputs).tensor().requiringGradient()
        let values = try fixture.values.tensor().requiringGradient()
        let deviations = try fixture.deviations?.tensor().requiringGradient()
        let decisions = try #require(fixture.decisions)
        let batch = Minibatch(
            decisions: isContinuous ? try decisions.tensor() : try decisions.tensor(.int64, shape: [9, 1]),
            legal: try fixture.legal?.tensor(.uint8),
            logDeviations: try deviations?.unsqueezed(0).expanded(to: [9, 2]),
            logProbabilities: try #require(fixture.old).tensor(),
            advantages: try #require(fixture.advantages).tensor(), weights: try fixture.weights.tensor(),
            returns: try fixture.returns.tensor(), oldValues: try #require(fixture.oldValues).tensor(),
            valueWeights: try fixture.weights.tensor())
        let rule: ActionRule =
            isContinuous
            ? .gaussian(GaussianSampler(bounds: Bounds(-1...1, count: 2))) : .categorical(heads: [4])
        let loss = PPOLoss(configuration: PPOConfiguration(), entropyCoefficient: 0.01, rule: rule)
        let terms = try loss(outputs: outputs, values: values, batch: batch)
        try expect(
            (terms.policy, terms.entropy, terms.value, terms.total), fixture, outputs: outputs, values: values)
        if let deviations {
            #expect(try ArgusTrainTests.isClose(deviations.gradient(), #require(fixture.deviationGradient)))
        }
    }

    @Test("PPO with a critic that mixes the agents' own values, as VDPPO has")
    func mixedCritic() throws {
        let fixture = try LossFixtures.load().ppoMixed
        let outputs = try #require(fixture.outputs).tensor().requiringGradient()
        let values = try fixture.values.tensor().requiringGradient()
        let mixer = try mixer(#require(fixture.mixer))
        let weights = mixer.parameters(under: "").filter {
            $0.name.hasSuffix("offset.layers.0.weight") || $0.name.hasSuffix("first_weights.layers.0.weight")
        }
        let batch = Minibatch(
            decisions: try #require(fixture.decisions).tensor(.int64, shape: [9, 1]),
            legal: try fixture.legal?.tensor(.uint8), logProbabilities: try #require(fixture.old).tensor(),
            advantages: try #require(fixture.advantages).tensor(), weights: try fixture.weights.tensor(),
            returns: try fixture.returns.tensor(), oldValues: try #require(fixture.oldValues).tensor(),
            valueWeights: try #require(fixture.valueWeights).tensor())
        let loss = PPOLoss(
            configuration: PPOConfiguration(), entropyCoefficient: 0.01, rule: .categorical(heads: [4]))
        let terms = try loss(
            outputs: outputs, values: mixer(values, states: #require(fixture.states).tensor()), batch: batch)
        try expect(
            (terms.policy, terms.entropy, terms.value, terms.total), fixture, outputs: outputs, values: values)
        try #require(weights.count == 2)
        for (name, tensor) in weights {
            let expected = try #require(name.contains("offset") ? fixture.offsetGradient : fixture.firstGradient)
            #expect(try ArgusTrainTests.isClose(tensor.gradient(), expected))
        }
    }

    private func expect(
        _ terms: (policy: Tensor, entropy: Tensor, value: Tensor, total: Tensor), _ fixture: LossFixtures.Policy,
        outputs: Tensor, values: Tensor
    ) throws {
        #expect(try isClose(terms.policy, fixture.policy))
        #expect(try isClose(terms.entropy, fixture.entropy))
        #expect(try isClose(terms.value, fixture.value))
        #expect(try isClose(terms.total, fixture.total))
        try terms.total.backward()
        #expect(try ArgusTrainTests.isClose(outputs.gradient(), fixture.gradient))
        #expect(try ArgusTrainTests.isClose(values.gradient(), fixture.valueGradient))
    }
}
