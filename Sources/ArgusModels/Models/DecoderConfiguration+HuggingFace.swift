import ArgusTensor
import FoundationEssentials

extension DecoderConfiguration {
    /// Reads the `config.json` of a Hugging Face folder. What it asks for and is not supported is refused by name.
    public init(json path: String) throws(LanguageError) {
        let file = try computing { () throws(TensorError) in try MappedFile(path) }
        try self.init(jsonBytes: file.withBytes { Data($0) }, source: path)
    }

    /// The tokens that a `generation_config.json` names as ends of a text.
    static func endTokens(json path: String) throws(LanguageError) -> [Int] {
        let file = try computing { () throws(TensorError) in try MappedFile(path) }
        let settings = try JSONFile.decode(GenerationSettings.self, from: file.withBytes { Data($0) }, source: path)
        return settings.endTokens?.tokens ?? []
    }

    init(jsonBytes: Data, source: String) throws(LanguageError) {
        // First the type alone: another one's fields may be anything.
        let type = try JSONFile.decode(ModelType.self, from: jsonBytes, source: source).name
        func unsupported(_ what: String, _ found: String, _ expected: String) -> LanguageError {
            LanguageError(.unsupported, "\(what) (\(source)): found \(found), expected \(expected)")
        }
        guard let family = Family(rawValue: type) else {
            throw unsupported(
                "model_type", "'\(type)'", Family.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))
        }
        let file = try JSONFile.decode(ConfigurationFile.self, from: jsonBytes, source: source)
        if let activation = file.activation, activation != "silu" {
            throw unsupported("hidden_act", "'\(activation)'", "'silu'")
        }
        if file.usesSlidingWindow == true { throw unsupported("use_sliding_window", "true", "false") }
        if let other = file.layerTypes?.first(where: { $0 != "full_attention" }) {
            throw unsupported("layer_types", "'\(other)'", "'full_attention' for every layer")
        }
        if file.quantization != nil { throw unsupported("quantization_config", "settings", "none") }
        if file.isInterleaved == true { throw unsupported("rope_interleaved", "true", "false") }
        if let share = file.partialRotary ?? file.rope?.partialRotary, share != 1 {
            throw unsupported("partial_rotary_factor", "\(share)", "1")
        }
        let rope = file.rope ?? file.ropeScaling
        let scaling: RotaryEmbedding.Scaling
        switch rope?.kind {
        case nil, "default": scaling = .none
        case "linear": scaling = .linear(factor: rope?.factor ?? .nan)
        case "llama3":
            scaling = .llama3(
                factor: rope?.factor ?? .nan, low: rope?.low ?? .nan, high: rope?.high ?? .nan,
                positions: rope?.originalPositions ?? .nan)
        case let other?: throw unsupported("rope_type", "'\(other)'", "'default', 'linear' or 'llama3'")
        }
        let headSize: Int
        if let given = file.headSize {
            headSize = given
        } else {
            guard file.heads > 0, file.hiddenSize % file.heads == 0 else {
                throw LanguageError(
                    .fileFormat,
                    "num_attention_heads (\(source)): found \(file.heads), expected a divisor of hidden_size "
                        + "\(file.hiddenSize)")
            }
            headSize = file.hiddenSize / file.heads
        }
        let configuration = DecoderConfiguration(
            family: family, vocabularySize: file.vocabularySize, hiddenSize: file.hiddenSize,
            feedForwardSize: file.feedForwardSize, layers: file.layers, heads: file.heads,
            keyValueHeads: file.keyValueHeads ?? file.heads, headSize: headSize, epsilon: file.epsilon ?? 1e-6,
            rotary: RotaryEmbedding(base: file.rope?.base ?? file.ropeBase ?? 10000, scaling: scaling),
            sharesEmbedding: file.sharesEmbedding ?? false,
            // Qwen 2 always has these biases and no setting for them.
            hasAttentionBias: family == .qwen2 || file.hasAttentionBias == true,
            hasAttentionOutputBias: family != .qwen2 && file.hasAttentionBias == true,
            hasFeedForwardBias: family == .llama && file.hasFeedForwardBias == true,
            normalisesQueriesAndKeys: family == .qwen3, maximumPositions: file.maximumPositions ?? 2048,
            endTokens: file.endTokens?.tokens ?? [])
        self = try configuration.checked(source)
    }
}

private struct ModelType: Decodable {
    let name: String

    private enum CodingKeys: String, CodingKey {
        case name = "model_type"
    }
}

private struct GenerationSettings: Decodable {
    let endTokens: ConfigurationFile.EndTokens?

    private enum CodingKeys: String, CodingKey {
        case endTokens = "eos_token_id"
    }
}

private struct ConfigurationFile: Decodable {
    let vocabularySize: Int
    let hiddenSize: Int
    let feedForwardSize: Int
    let layers: Int
    let heads: Int
    let keyValueHeads: Int?
    let headSize: Int?
    let epsilon: Double?
    let activation: String?
    let hasAttentionBias: Bool?
    let hasFeedForwardBias: Bool?
    let sharesEmbedding: Bool?
    let maximumPositions: Int?
    let usesSlidingWindow: Bool?
    let layerTypes: [String]?
    let endTokens: EndTokens?
    let ropeBase: Double?
    let ropeScaling: Rope?
    /// Newer files have everything about rotary positions here.
    let rope: Rope?
    let isInterleaved: Bool?
    let partialRotary: Double?
    let quantization: TokenizerFile.Presence?

    private enum CodingKeys: String, CodingKey {
        case vocabularySize = "vocab_size"
        case hiddenSize = "hidden_size"
        case feedForwardSize = "intermediate_size"
        case layers = "num_hidden_layers"
        case heads = "num_attention_heads"
        case keyValueHeads = "num_key_value_heads"
        case headSize = "head_dim"
        case epsilon = "rms_norm_eps"
        case activation = "hidden_act"
        case hasAttentionBias = "attention_bias"
        case hasFeedForwardBias = "mlp_bias"
        case sharesEmbedding = "tie_word_embeddings"
        case maximumPositions = "max_position_embeddings"
        case usesSlidingWindow = "use_sliding_window"
        case layerTypes = "layer_types"
        case endTokens = "eos_token_id"
        case ropeBase = "rope_theta"
        case ropeScaling = "rope_scaling"
        case rope = "rope_parameters"
        case isInterleaved = "rope_interleaved"
        case partialRotary = "partial_rotary_factor"
        case quantization = "quantization_config"
    }

    struct Rope: Decodable {
        let kind: String?
        let base: Double?
        let factor: Double?
        let low: Double?
        let high: Double?
        let originalPositions: Double?
        let partialRotary: Double?

        private enum CodingKeys: String, CodingKey {
            case kind = "rope_type"
            case olderKind = "type"
            case base = "rope_theta"
            case factor
            case low = "low_freq_factor"
            case high = "high_freq_factor"
            case originalPositions = "original_max_position_embeddings"
            case partialRotary = "partial_rotary_factor"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            kind =
                try container.decodeIfPresent(String.self, forKey: .kind)
                ?? container.decodeIfPresent(String.self, forKey: .olderKind)
            base = try container.decodeIfPresent(Double.self, forKey: .base)
            factor = try container.decodeIfPresent(Double.self, forKey: .factor)
            low = try container.decodeIfPresent(Double.self, forKey: .low)
            high = try container.decodeIfPresent(Double.self, forKey: .high)
            originalPositions = try container.decodeIfPresent(Double.self, forKey: .originalPositions)
            partialRotary = try container.decodeIfPresent(Double.self, forKey: .partialRotary)
        }
    }

    /// One token or a list of them.
    struct EndTokens: Decodable {
        let tokens: [Int]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let token = try? container.decode(Int.self) {
                tokens = [token]
            } else {
                tokens = try container.decode([Int].self)
            }
        }
    }
}
