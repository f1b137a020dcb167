import ArgusEnvAPI
import ArgusTensor

/// The first and the last layer of a network that treats things of one kind alike: exchanging two of them exchanges the
/// outputs that are about them and changes nothing else.
///
///     eₖ = φ(W·xₖ + U·own),  h = φ(V·[own, Σₖ eₖ of each kind])
///     output about thing k = w·φ(P·eₖ + Q·h');  other outputs = R·h'
///
/// with h' what the layers between make of h. Deep sets (Zaheer et al. 2017) for what comes in; the outputs are those of
/// action semantics networks (Wang et al. 2020), as Hao et al. 2023, "Boosting multi-agent reinforcement learning via
/// permutation invariant and permutation equivariant networks", have both.
struct EntityLayers: Layer {
    /// What is known of a row: h [rows, hidden], and of each group e [rows, count, entity].
    struct Features {
        var own: Tensor
        var entities: [Tensor]
    }

    let layout: EntityLayout
    private let activation: Activation
    private let norm: LayerNormPlacement
    /// W and U of each group; U is nil where all of the input is in groups.
    private let entityIn: [Linear]
    private let contextIn: [Linear?]
    private let entityNorms: [LayerNorm]
    private let join: Linear
    private let joinNorm: LayerNorm?
    /// P, Q and w of each group with outputs.
    private let entityOut: [Linear?]
    private let contextOut: [Linear?]
    private let choice: [Linear?]
    let ownOut: Linear?

    init(
        _ layout: EntityLayout, hidden: Int, activation: Activation, norm: LayerNormPlacement, outputGain: Double,
        using generator: inout SplitMix64
    ) throws {
        self.layout = layout
        self.activation = activation
        self.norm = norm
        let gain = 2.0.squareRoot()
        let size = EntityLayers.entitySize(hidden: hidden)
        var (entityIn, contextIn, norms): ([Linear], [Linear?], [LayerNorm]) = ([], [], [])
        var (entityOut, contextOut, choice): ([Linear?], [Linear?], [Linear?]) = ([], [], [])
        for group in layout.groups {
            entityIn.append(try Linear(inputs: group.width, outputs: size, gain: gain, using: &generator))
            contextIn.append(
                layout.ownInputSize == 0
                    ? nil : try Linear(inputs: layout.ownInputSize, outputs: size, gain: gain, using: &generator))
            if norm != .none { norms.append(try LayerNorm(size: size)) }
            guard group.output != nil else {
                entityOut.append(nil)
                contextOut.append(nil)
                choice.append(nil)
                continue
            }
            entityOut.append(try Linear(inputs: size, outputs: size, gain: gain, using: &generator))
            contextOut.append(try Linear(inputs: hidden, outputs: size, gain: gain, using: &generator))
            choice.append(try Linear(inputs: size, outputs: 1, gain: outputGain, using: &generator))
        }
        self.entityIn = entityIn
        self.contextIn = contextIn
        entityNorms = norms
        join = try Linear(
            inputs: layout.ownInputSize + size * layout.groups.count, outputs: hidden, gain: gain, using: &generator)
        joinNorm = norm == .none ? nil : try LayerNorm(size: hidden)
        self.entityOut = entityOut
        self.contextOut = contextOut
        self.choice = choice
        ownOut =
            layout.ownOutputSize > 0
            ? try Linear(inputs: hidden, outputs: layout.ownOutputSize, gain: outputGain, using: &generator) : nil
    }

    /// Components of e: half of h's.
    static func entitySize(hidden: Int) -> Int { (hidden + 1) / 2 }

    var parameters: [(name: String, tensor: Tensor)] {
        var result: [(name: String, tensor: Tensor)] = []
        for index in layout.groups.indices {
            result += entityIn[index].parameters(under: "entity_in.\(index)")
            result += contextIn[index]?.parameters(under: "context_in.\(index)") ?? []
            if norm != .none { result += entityNorms[index].parameters(under: "entity_norm.\(index)") }
            result += entityOut[index]?.parameters(under: "entity_out.\(index)") ?? []
            result += contextOut[index]?.parameters(under: "context_out.\(index)") ?? []
            result += choice[index]?.parameters(under: "choice.\(index)") ?? []
        }
        return result + join.parameters(under: "join") + (joinNorm?.parameters(under: "join_norm") ?? [])
            + (ownOut?.parameters(under: "own_out") ?? [])
    }

    /// Inputs [rows, inputs].
    func features(_ inputs: Tensor) throws -> Features {
        let rows = inputs.shape[0]
        var parts = try layout.ownInputs.map { try inputs.narrowed(axis: 1, from: $0.lowerBound, count: $0.count) }
        let own = parts.isEmpty ? nil : try Tensor.concatenate(parts, axis: 1)
        var entities: [Tensor] = []
        for (index, group) in layout.groups.enumerated() {
            let each = try inputs.narrowed(axis: 1, from: group.offset, count: group.width * group.count)
                .reshaped(to: [rows, group.count, group.width])
            var flow = try entityIn[index](each)
            if let own, let context = contextIn[index] { flow = try flow + context(own).unsqueezed(1) }
            flow = try activated(flow, norm: norm == .none ? nil : entityNorms[index])
            entities.append(flow)
            parts.append(try flow.sum(axes: [1]))
        }
        let hidden = try activated(join(Tensor.concatenate(parts, axis: 1)), norm: joinNorm)
        return Features(own: hidden, entities: entities)
    }

    /// Outputs [rows, outputs] of h' [rows, hidden] and the rows' entities.
    func outputs(_ hidden: Tensor, entities: [Tensor]) throws -> Tensor {
        var parts: [(first: Int, tensor: Tensor)] = []
        for (index, group) in layout.groups.enumerated() {
            guard let first = group.output, let entityOut = entityOut[index], let contextOut = contextOut[index],
                let choice = choice[index]
            else { continue }
            let flow = try activation(entityOut(entities[index]) + contextOut(hidden).unsqueezed(1))
            parts.append((first, try choice(flow).squeezed(2)))
        }
        if let ownOut {
            let outputs = try ownOut(hidden)
            var start = 0
            for range in layout.ownOutputs {
                parts.append((range.lowerBound, try outputs.narrowed(axis: 1, from: start, count: range.count)))
                start += range.count
            }
        }
        parts.sort { $0.first < $1.first }
        return parts.count == 1 ? parts[0].tensor : try Tensor.concatenate(parts.map(\.tensor), axis: 1)
    }

    private func activated(_ flow: Tensor, norm layer: LayerNorm?) throws -> Tensor {
        guard let layer else { return try activation(flow) }
        return norm == .beforeActivation ? try activation(layer(flow)) : try layer(activation(flow))
    }
}
