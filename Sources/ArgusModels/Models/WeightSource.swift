import ArgusTensor

/// A file, or several, from which a decoder's weights come.
protocol WeightSource {
    /// Names the source in errors.
    var place: String { get }

    /// A float32 tensor of exactly this shape; throws where the file has none or another shape.
    func tensor(_ weight: DecoderWeightName, shape: [Int]) throws(LanguageError) -> Tensor
}

/// Names a tensor of a decoder: what it is, whether it is a bias, and its layer if it belongs to one.
struct DecoderWeightName {
    enum Part: String {
        case embedding
        case finalNorm
        case output
        case attentionNorm
        case query
        case key
        case value
        case attentionOutput
        case queryNorm
        case keyNorm
        case feedForwardNorm
        case gate
        case up
        case down
    }

    let part: Part
    let layer: Int?
    let isBias: Bool

    init(_ part: Part, layer: Int? = nil, isBias: Bool = false) {
        self.part = part
        self.layer = layer
        self.isBias = isBias
    }

    private var suffix: String { isBias ? "bias" : "weight" }

    /// As `transformers` names it.
    var huggingFace: String {
        let names: [Part: String] = [
            .embedding: "model.embed_tokens", .finalNorm: "model.norm", .output: "lm_head",
            .attentionNorm: "input_layernorm", .query: "self_attn.q_proj", .key: "self_attn.k_proj",
            .value: "self_attn.v_proj", .attentionOutput: "self_attn.o_proj", .queryNorm: "self_attn.q_norm",
            .keyNorm: "self_attn.k_norm", .feedForwardNorm: "post_attention_layernorm", .gate: "mlp.gate_proj",
            .up: "mlp.up_proj", .down: "mlp.down_proj",
        ]
        let name = names[part] ?? part.rawValue
        return layer.map { "model.layers.\($0).\(name).\(suffix)" } ?? "\(name).\(suffix)"
    }

    /// As llama.cpp names it.
    var gguf: String {
        let names: [Part: String] = [
            .embedding: "token_embd", .finalNorm: "output_norm", .output: "output", .attentionNorm: "attn_norm",
            .query: "attn_q", .key: "attn_k", .value: "attn_v", .attentionOutput: "attn_output",
            .queryNorm: "attn_q_norm", .keyNorm: "attn_k_norm", .feedForwardNorm: "ffn_norm", .gate: "ffn_gate",
            .up: "ffn_up", .down: "ffn_down",
        ]
        let name = names[part] ?? part.rawValue
        return layer.map { "blk.\($0).\(name).\(suffix)" } ?? "\(name).\(suffix)"
    }
}
