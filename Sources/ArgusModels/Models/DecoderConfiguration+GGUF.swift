extension DecoderConfiguration {
    /// Reads the metadata of a GGUF file. What it asks for and is not supported is refused by name.
    public init(_ file: GGUFFile) throws(LanguageError) {
        func unsupported(_ key: String, _ found: String, _ expected: String) -> LanguageError {
            LanguageError(.unsupported, "metadata '\(key)' (\(file.path)): found \(found), expected \(expected)")
        }
        let architecture = try file.string("general.architecture")
        guard let family = Family(rawValue: architecture) else {
            throw unsupported(
                "general.architecture", "'\(architecture)'",
                Family.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", "))
        }
        func key(_ name: String) -> String { "\(architecture).\(name)" }
        if let experts = try file.optionalInteger(key("expert_count")), experts > 0 {
            throw unsupported(key("expert_count"), "\(experts)", "0: no mixture of experts")
        }
        if let window = try file.optionalInteger(key("attention.sliding_window")), window > 0 {
            throw unsupported(key("attention.sliding_window"), "\(window)", "none")
        }
        let hidden = try file.integer(key("embedding_length"))
        let heads = try file.integer(key("attention.head_count"))
        let given = try file.optionalInteger(key("attention.key_length"))
        guard heads > 0, given != nil || hidden % heads == 0 else {
            throw LanguageError(
                .fileFormat,
                "metadata '\(key("attention.head_count"))' (\(file.path)): found \(heads), expected a "
                    + "divisor of the embedding length \(hidden)")
        }
        let headSize = given ?? hidden / heads
        for name in ["attention.value_length", "rope.dimension_count"] {
            if let size = try file.optionalInteger(key(name)), size != headSize {
                throw unsupported(key(name), "\(size)", "the head size \(headSize)")
            }
        }
        var scaling = RotaryEmbedding.Scaling.none
        switch try file.optionalString(key("rope.scaling.type")) {
        case nil, "none": break
        case "linear":
            scaling = .linear(factor: try file.optionalNumber(key("rope.scaling.factor")) ?? .nan)
        case let other?: throw unsupported(key("rope.scaling.type"), "'\(other)'", "'none' or 'linear'")
        }
        if let entry = file.entries["rope_freqs.weight"] {
            guard entry.shape == [headSize / 2], entry.type == .float32, scaling == .none else {
                throw unsupported(
                    "rope_freqs.weight", "\(entry.shape) beside '\(scaling)'", "F32 [\(headSize / 2)] alone")
            }
            scaling = .divisors(
                file.file.withBytes { bytes in
                    (0..<entry.count).map {
                        Float(
                            bitPattern: bytes.loadUnaligned(
                                fromByteOffset: entry.range.lowerBound + 4 * $0, as: UInt32.self))
                    }
                })
        }
        var endTokens: [Int] = []
        for name in ["eos_token_id", "eot_token_id"] {
            if let token = try file.optionalInteger("tokenizer.ggml.\(name)"), !endTokens.contains(token) {
                endTokens.append(token)
            }
        }
        let configuration = DecoderConfiguration(
            family: family, vocabularySize: file.entries["token_embd.weight"]?.shape.first ?? 0, hiddenSize: hidden,
            feedForwardSize: try file.integer(key("feed_forward_length")), layers: try file.integer(key("block_count")),
            heads: heads, keyValueHeads: try file.optionalInteger(key("attention.head_count_kv")) ?? heads,
            headSize: headSize, epsilon: try file.optionalNumber(key("attention.layer_norm_rms_epsilon")) ?? .nan,
            rotary: RotaryEmbedding(
                base: try file.optionalNumber(key("rope.freq_base")) ?? 10000, scaling: scaling),
            sharesEmbedding: file.entries["output.weight"] == nil,
            hasAttentionBias: file.entries["blk.0.attn_q.bias"] != nil,
            hasAttentionOutputBias: file.entries["blk.0.attn_output.bias"] != nil,
            hasFeedForwardBias: file.entries["blk.0.ffn_down.bias"] != nil,
            normalisesQueriesAndKeys: family == .qwen3,
            maximumPositions: try file.optionalInteger(key("context_length")) ?? 2048, endTokens: endTokens)
        self = try configuration.checked(file.path)
    }
}
