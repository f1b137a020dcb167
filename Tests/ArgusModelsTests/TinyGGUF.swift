import Foundation

/// Writes a small Llama as a GGUF file with a tokenizer.
struct TinyGGUF {
    private(set) var bytes = Data()
    /// Where the header ends and the weights begin.
    private(set) var headerCount = 0

    /// - Parameters:
    ///   - type: the element type's number for matrices.
    ///   - changes: metadata that is added, or put in place of what is written otherwise.
    init(type: UInt32 = 0, changes: [String: Value] = [:]) {
        let vocabulary = TinyTokenizer.tokens.count
        var metadata: [String: Value] = [
            "general.architecture": .string("llama"), "llama.block_count": .integer(1),
            "llama.context_length": .integer(64),
            "llama.embedding_length": .integer(32), "llama.feed_forward_length": .integer(64),
            "llama.attention.head_count": .integer(2), "llama.attention.head_count_kv": .integer(1),
            "llama.attention.layer_norm_rms_epsilon": .number(1e-5), "llama.rope.freq_base": .number(10000),
            "tokenizer.ggml.model": .string("gpt2"), "tokenizer.ggml.pre": .string("smollm"),
            "tokenizer.ggml.tokens": .strings(TinyTokenizer.tokens),
            "tokenizer.ggml.token_type": .integers(
                TinyTokenizer.tokens.map { TinyTokenizer.special.contains($0) ? 3 : 1 }),
            "tokenizer.ggml.merges": .strings(TinyTokenizer.merges.map { "\($0.0) \($0.1)" }),
            "tokenizer.ggml.eos_token_id": .integer(vocabulary - 1), "tokenizer.ggml.bos_token_id": .integer(0),
        ]
        for (key, value) in changes { metadata[key] = value }
        let tensors: [(String, [Int])] = [
            ("token_embd.weight", [vocabulary, 32]), ("output_norm.weight", [32]), ("blk.0.attn_norm.weight", [32]),
            ("blk.0.attn_q.weight", [32, 32]), ("blk.0.attn_k.weight", [16, 32]), ("blk.0.attn_v.weight", [16, 32]),
            ("blk.0.attn_output.weight", [32, 32]), ("blk.0.ffn_norm.weight", [32]),
            ("blk.0.ffn_gate.weight", [64, 32]),
            ("blk.0.ffn_up.weight", [64, 32]), ("blk.0.ffn_down.weight", [32, 64]),
        ]
        bytes.append(contentsOf: Array("GGUF".utf8))
        append(UInt32(3))
        append(UInt64(tensors.count))
        append(UInt64(metadata.count))
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            append(key)
            append(value)
        }
        var offset = 0
        for (name, shape) in tensors {
            append(name)
            append(UInt32(shape.count))
            for size in shape.reversed() { append(UInt64(size)) }
            append(shape.count == 1 ? 0 : type)
            append(UInt64(offset))
            offset += (Self.size(shape, type) + 31) / 32 * 32
        }
        while bytes.count % 32 != 0 { bytes.append(0) }
        headerCount = bytes.count
        for (_, shape) in tensors {
            // Norms are ones; the rest is small and different everywhere, as far as a type of blocks goes.
            let size = Self.size(shape, type)
            if shape.count == 1 {
                for _ in 0..<shape[0] { append(Float(1).bitPattern) }
            } else {
                for index in 0..<(size / 2) { append(UInt16(0x2000 + (index * 7919) % 0x1000)) }
            }
            bytes.append(contentsOf: [UInt8](repeating: 0, count: (32 - size % 32) % 32))
        }
    }

    enum Value {
        case integer(Int)
        case number(Float)
        case boolean(Bool)
        case string(String)
        case integers([Int])
        case strings([String])
    }

    private static func size(_ shape: [Int], _ type: UInt32) -> Int {
        let count = shape.reduce(1, *)
        if shape.count == 1 { return 4 * count }
        switch type {
        case 0: return 4 * count
        case 2: return count / 32 * 18
        case 3: return count / 32 * 20
        case 8: return count / 32 * 34
        default: return 2 * count
        }
    }

    private mutating func append(_ number: some FixedWidthInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    private mutating func append(_ text: String) {
        append(UInt64(text.utf8.count))
        bytes.append(contentsOf: Array(text.utf8))
    }

    private mutating func append(_ value: Value) {
        switch value {
        case .integer(let integer):
            append(UInt32(5))
            append(Int32(integer))
        case .number(let number):
            append(UInt32(6))
            append(number.bitPattern)
        case .boolean(let boolean):
            append(UInt32(7))
            bytes.append(boolean ? 1 : 0)
        case .string(let text):
            append(UInt32(8))
            append(text)
        case .integers(let integers):
            append(UInt32(9))
            append(UInt32(5))
            append(UInt64(integers.count))
            for integer in integers { append(Int32(integer)) }
        case .strings(let texts):
            append(UInt32(9))
            append(UInt32(8))
            append(UInt64(texts.count))
            for text in texts { append(text) }
        }
    }
}
