import ArgusTensor

/// A matrix with a bias or without.
struct Projection {
    let weight: Tensor
    let bias: Tensor?

    func shared() throws(TensorError) -> Projection {
        Projection(weight: try weight.detached(), bias: try bias?.detached())
    }

    func callAsFunction(_ input: Tensor) throws(TensorError) -> Tensor {
        try input.linearForInference(weight: weight, bias: bias)
    }
}

/// The weights of one layer.
struct DecoderLayerWeights {
    let attentionNorm: Tensor
    let query: Projection
    let key: Projection
    let value: Projection
    let attentionOutput: Projection
    let queryNorm: Tensor?
    let keyNorm: Tensor?
    let feedForwardNorm: Tensor
    let gate: Projection
    let up: Projection
    let down: Projection

    func shared() throws(TensorError) -> DecoderLayerWeights {
        DecoderLayerWeights(
            attentionNorm: try attentionNorm.detached(), query: try query.shared(), key: try key.shared(),
            value: try value.shared(), attentionOutput: try attentionOutput.shared(),
            queryNorm: try queryNorm?.detached(), keyNorm: try keyNorm?.detached(),
            feedForwardNorm: try feedForwardNorm.detached(), gate: try gate.shared(), up: try up.shared(),
            down: try down.shared())
    }
}

/// All weights of a decoder, in float32.
struct DecoderWeights {
    let embedding: Tensor
    let layers: [DecoderLayerWeights]
    let finalNorm: Tensor
    let output: Tensor
    /// Keeps the files mapped, in whose memory tensors may lie.
    private let source: any WeightSource

    init(_ configuration: DecoderConfiguration, from source: any WeightSource) throws(LanguageError) {
        self.source = source
        let hidden = configuration.hiddenSize
        embedding = try source.tensor(DecoderWeightName(.embedding), shape: [configuration.vocabularySize, hidden])
        var layers: [DecoderLayerWeights] = []
        for index in 0..<configuration.layers {
            layers.append(try Self.layer(index, configuration, source))
        }
        self.layers = layers
        finalNorm = try source.tensor(DecoderWeightName(.finalNorm), shape: [hidden])
        output =
            configuration.sharesEmbedding
            ? embedding
            : try source.tensor(DecoderWeightName(.output), shape: [configuration.vocabularySize, hidden])
    }

    private init(
        embedding: Tensor, layers: [DecoderLayerWeights], finalNorm: Tensor, output: Tensor, source: any WeightSource
    ) {
        self.embedding = embedding
        self.layers = layers
        self.finalNorm = finalNorm
        self.output = output
        self.source = source
    }

    /// References of their own to the same memory: two threads must not use one tensor object at the same time.
    func shared() throws(TensorError) -> DecoderWeights {
        DecoderWeights(
            embedding: try embedding.detached(),
            layers: try layers.map { layer throws(TensorError) in try layer.shared() },
            finalNorm: try finalNorm.detached(), output: try output.detached(), source: source)
    }

    private static func layer(
        _ index: Int, _ configuration: DecoderConfiguration, _ source: any WeightSource
    ) throws(LanguageError) -> DecoderLayerWeights {
        func tensor(
            _ part: DecoderWeightName.Part, _ shape: [Int], isBias: Bool = false
        ) throws(LanguageError) -> Tensor {
            try source.tensor(DecoderWeightName(part, layer: index, isBias: isBias), shape: shape)
        }
        func projection(
            _ part: DecoderWeightName.Part, _ outputs: Int, _ inputs: Int, _ hasBias: Bool
        ) throws(LanguageError) -> Projection {
            Projection(
                weight: try tensor(part, [outputs, inputs]),
                bias: hasBias ? try tensor(part, [outputs], isBias: true) : nil)
        }
        let hidden = configuration.hiddenSize
        let feedForward = configuration.feedForwardSize
        let queries = configuration.heads * configuration.headSize
        let keys = configuration.keyValueHeads * configuration.headSize
        let isNormalised = configuration.normalisesQueriesAndKeys
        let hasBias = configuration.hasAttentionBias
        let hasFeedForwardBias = configuration.hasFeedForwardBias
        return DecoderLayerWeights(
            attentionNorm: try tensor(.attentionNorm, [hidden]),
            query: try projection(.query, queries, hidden, hasBias),
            key: try projection(.key, keys, hidden, hasBias),
            value: try projection(.value, keys, hidden, hasBias),
            attentionOutput: try projection(
                .attentionOutput, hidden, queries, configuration.hasAttentionOutputBias),
            queryNorm: isNormalised ? try tensor(.queryNorm, [configuration.headSize]) : nil,
            keyNorm: isNormalised ? try tensor(.keyNorm, [configuration.headSize]) : nil,
            feedForwardNorm: try tensor(.feedForwardNorm, [hidden]),
            gate: try projection(.gate, feedForward, hidden, hasFeedForwardBias),
            up: try projection(.up, feedForward, hidden, hasFeedForwardBias),
            down: try projection(.down, hidden, feedForward, hasFeedForwardBias))
    }
}
