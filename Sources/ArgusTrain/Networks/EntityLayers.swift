import ArgusEnvAPI
import ArgusTensor

/// The first and the last layer of a network that treats things of one kind alike: exchanging two of them exchanges the
/// outputs that are about them and changes nothing else.
///
///     eₖ = φ(D·φ(W·xₖ + U·own)),  h = φ(V·[own, pool of each kind's eₖ])
///     output about thing k = w·φ(P·eₖ + Q·h');  other outputs = R·h'
///
/// with h' what the layers between make of h, and ``AttentionPooling``. The outputs are those of action semantics
/// networks (Wang et al. 2020), as Hao et al. 2023, "Boosting multi-agent reinforcement learning via permutation
/// invariant and permutation equivariant networks", have them. Where a critic is shown all agents' observations, it takes the
/// mean of what it makes of each: h = φ(T·[mean of the agents' h, rest]).
struct EntityLayers: Layer {
    /// What is known of a row: h [rows, hidden], and of each group e [rows, count, entity].
    struct Features {
        var own: Tensor
        var entities: [Tensor]
    }

    /// The layers of one kind of things.
    private struct Kind {
        /// W, which has the bias.
        let input: Linear
        /// U; nil where all of the input is in groups.
        let context: Linear?
        let norm: LayerNorm?
        /// D.
        let second: Linear
        let secondNorm: LayerNorm?
        let pooling: AttentionPooling
        /// P, Q and w, where outputs are about these things.
        let output: (entity: Linear, context: Linear, choice: Linear)?
    }

    private let layout: EntityLayout
    private let activation: Activation
    private let norm: LayerNormPlacement
    private let kinds: [Kind]
    /// V.
    private let join: Linear
    private let joinNorm: LayerNorm?
    /// T, where there are several observations.
    private let team: (join: Linear, norm: LayerNorm?)?
    /// R; nil where every output is about a thing.
    let ownOutput: Linear?

    init(
        _ layout: EntityLayout, hidden: Int, activation: Activation, norm: LayerNormPlacement, outputGain: Double,
        using generator: inout SplitMix64
    ) throws {
        self.layout = layout
        self.activation = activation
        self.norm = norm
        let gain = 2.0.squareRoot()
        let size = EntityLayers.entitySize(hidden: hidden)
        func linear(_ inputs: Int, _ outputs: Int, gain: Double) throws -> Linear {
            try Linear(inputs: inputs, outputs: outputs, gain: gain, using: &generator)
        }
        let own = layout.ownInputSize
        kinds = try layout.groups.map { group in
            Kind(
                input: try linear(group.width, size, gain: gain),
                context: own > 0 ? try linear(own, size, gain: gain) : nil,
                norm: norm == .none ? nil : try LayerNorm(size: size),
                second: try linear(size, size, gain: gain),
                secondNorm: norm == .none ? nil : try LayerNorm(size: size),
                pooling: try AttentionPooling(size: size, using: &generator),
                output: group.output == nil
                    ? nil
                    : (
                        try linear(size, size, gain: gain), try linear(hidden, size, gain: gain),
                        try linear(size, 1, gain: outputGain)
                    ))
        }
        join = try linear(own + size * layout.groups.count, hidden, gain: gain)
        joinNorm = norm == .none ? nil : try LayerNorm(size: hidden)
        team =
            layout.observations == 1
            ? nil
            : (
                try linear(hidden + layout.restSize, hidden, gain: gain),
                norm == .none ? nil : try LayerNorm(size: hidden)
            )
        ownOutput = layout.ownOutputSize > 0 ? try linear(hidden, layout.ownOutputSize, gain: outputGain) : nil
    }

    /// Components of e: half of h's, or a few more.
    static func entitySize(hidden: Int) -> Int { AttentionPooling.size(atLeast: (hidden + 1) / 2) }

    var parameters: [(name: String, tensor: Tensor)] {
        var layers: [(name: String, layer: (any Layer)?)] = []
        for (index, kind) in kinds.enumerated() {
            layers += [
                ("\(index).input", kind.input), ("\(index).context", kind.context), ("\(index).norm", kind.norm),
                ("\(index).second", kind.second), ("\(index).second_norm", kind.secondNorm),
                ("\(index).pooling", kind.pooling), ("\(index).output_entity", kind.output?.entity),
                ("\(index).output_context", kind.output?.context), ("\(index).choice", kind.output?.choice),
            ]
        }
        layers += [
            ("join", join), ("join_norm", joinNorm), ("team_join", team?.join), ("team_norm", team?.norm),
            ("own_output", ownOutput),
        ]
        return layers.flatMap { $0.layer?.parameters(under: $0.name) ?? [] }
    }

    /// Inputs [rows, inputs].
    func features(_ inputs: Tensor) throws -> Features {
        guard let team else { return try observationFeatures(inputs) }
        let (rows, size) = (inputs.shape[0], layout.observationSize * layout.observations)
        let observations = try inputs.narrowed(axis: 1, from: 0, count: size)
            .reshaped(to: [rows * layout.observations, layout.observationSize])
        let each = try observationFeatures(observations).own
        var parts = [try each.reshaped(to: [rows, layout.observations, each.shape[1]]).mean(axes: [1])]
        if layout.restSize > 0 { parts.append(try inputs.narrowed(axis: 1, from: size, count: layout.restSize)) }
        let joined = try Tensor.concatenate(parts, axis: 1)
        return Features(own: try team.join(joined, activation: activation, norm: team.norm, norm), entities: [])
    }

    private func observationFeatures(_ inputs: Tensor) throws -> Features {
        let rows = inputs.shape[0]
        var parts = try layout.ownInputs.map { try inputs.narrowed(axis: 1, from: $0.lowerBound, count: $0.count) }
        let own = parts.isEmpty ? nil : try Tensor.concatenate(parts, axis: 1)
        var entities: [Tensor] = []
        for (group, kind) in zip(layout.groups, kinds) {
            let each = try inputs.narrowed(axis: 1, from: group.offset, count: group.width * group.count)
                .reshaped(to: [rows, group.count, group.width])
            let context = try own.flatMap { own in try kind.context?(own) }
            let first = try kind.input(each, adding: context, activation: activation, norm: kind.norm, norm)
            let second = try kind.second(first, activation: activation, norm: kind.secondNorm, norm)
            entities.append(second)
            parts.append(try kind.pooling(second))
        }
        let joined = try Tensor.concatenate(parts, axis: 1)
        return Features(own: try join(joined, activation: activation, norm: joinNorm, norm), entities: entities)
    }

    /// Outputs [rows, outputs] of h' [rows, hidden] and the rows' entities.
    func outputs(_ hidden: Tensor, entities: [Tensor]) throws -> Tensor {
        var parts: [(first: Int, tensor: Tensor)] = []
        for (index, group) in layout.groups.enumerated() {
            guard let first = group.output, let output = kinds[index].output else { continue }
            let flow = try output.entity(
                entities[index], adding: output.context(hidden), activation: activation)
            parts.append((first, try output.choice(flow).squeezed(2)))
        }
        if let ownOutput {
            let outputs = try ownOutput(hidden)
            var start = 0
            for range in layout.ownOutputs {
                parts.append((range.lowerBound, try outputs.narrowed(axis: 1, from: start, count: range.count)))
                start += range.count
            }
        }
        parts.sort { $0.first < $1.first }
        return try Tensor.concatenate(parts.map(\.tensor), axis: 1)
    }

    /// For acting, which is done on one observation.
    var inference: EntityInference? {
        guard team == nil else { return nil }
        let kinds = zip(layout.groups, kinds).map { group, kind in
            EntityInference.Kind(
                offset: group.offset, width: group.width, count: group.count, firstOutput: group.output,
                input: kind.input, context: kind.context, norm: kind.norm, second: kind.second,
                secondNorm: kind.secondNorm, score: kind.pooling.score, output: kind.output)
        }
        return EntityInference(
            kinds: kinds, ownInputs: layout.ownInputs, ownOutputs: layout.ownOutputs, join: join, joinNorm: joinNorm,
            ownOutput: ownOutput, activation: activation, layerNorm: norm)
    }
}
