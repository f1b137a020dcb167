import ArgusEnvAPI
import ArgusModels
import Foundation
import Testing

/// Files that are damaged, or ask for something else.
@Suite struct FileTests {
    /// Writes a file and loads it as a model.
    private func load(_ bytes: Data, as name: String = "model.gguf") throws -> LanguageModel {
        try Oracle.withFolder { folder in
            try bytes.write(to: folder.appending(path: name))
            return try LanguageModel(folder.appending(path: name).path)
        }
    }

    @Test("A GGUF file of any supported type loads and computes", arguments: [0, 1, 2, 3, 8, 30] as [UInt32])
    func loads(type: UInt32) throws {
        let model = try load(TinyGGUF(type: type).bytes)
        let tokens = model.tokenizer.encode("hello world<|im_end|>")
        #expect(tokens.count == 7)
        #expect(try model.decoder.logits(of: tokens).joined().allSatisfy(\.isFinite))
    }

    @Test(
        "What a GGUF file asks for and is not supported is refused by name",
        arguments: [
            ("general.architecture", TinyGGUF.Value.string("gemma"), "gemma"),
            ("llama.rope.scaling.type", .string("yarn"), "yarn"), ("llama.expert_count", .integer(8), "expert_count"),
            ("llama.rope.dimension_count", .integer(8), "rope.dimension_count"),
            ("tokenizer.ggml.model", .string("llama"), "'llama'"),
            ("tokenizer.ggml.pre", .string("deepseek-llm"), "deepseek-llm"),
            ("tokenizer.ggml.add_space_prefix", .boolean(true), "add_space_prefix"),
        ])
    func refusesSettings(key: String, value: TinyGGUF.Value, name: String) throws {
        let error = try #require(throws: LanguageError.self) { try load(TinyGGUF(changes: [key: value]).bytes) }
        #expect(error.code == .unsupported && error.message.contains(name), "\(error)")
    }

    @Test("An element type that is not supported is refused by its name")
    func refusesType() throws {
        let error = try #require(throws: LanguageError.self) { try load(TinyGGUF(type: 12).bytes) }
        #expect(error.code == .unsupported && error.message.contains("Q4_K"), "\(error)")
    }

    @Test(
        "What a config.json asks for and is not supported is refused by name",
        arguments: [
            ("\"model_type\"", "\"model_type\":\"gemma\",\"_\"", "gemma"), ("\"silu\"", "\"gelu\"", "gelu"),
            ("\"linear\"", "\"yarn\"", "yarn"),
            ("\"vocab_size\"", "\"use_sliding_window\":true,\"vocab_size\"", "use_sliding_window"),
            ("\"vocab_size\"", "\"layer_types\":[\"sliding_attention\"],\"vocab_size\"", "sliding_attention"),
            ("\"vocab_size\"", "\"quantization_config\":{\"bits\":4},\"vocab_size\"", "quantization_config"),
            ("\"vocab_size\"", "\"partial_rotary_factor\":0.5,\"vocab_size\"", "partial_rotary_factor"),
            ("\"vocab_size\"", "\"rope_interleaved\":true,\"vocab_size\"", "rope_interleaved"),
        ])
    func refusesConfiguration(old: String, new: String, name: String) throws {
        let json = String(decoding: try TinyModel("llama-linear").configuration(), as: UTF8.self)
        #expect(json.contains(old))
        let error = try #require(throws: LanguageError.self) {
            try Oracle.withFolder { folder in
                let path = folder.appending(path: "config.json")
                try Data(json.replacing(old, with: new, maxReplacements: 1).utf8).write(to: path)
                _ = try DecoderConfiguration(json: path.path)
            }
        }
        #expect(error.code == .unsupported && error.message.contains(name), "\(error)")
    }

    @Test("A damaged file gives an error or a model, never a crash")
    func mutations() throws {
        let count = Oracle.isLong ? 20_000 : 300
        var random = SplitMix64(seed: 7)
        try Oracle.withFolder { folder in
            let gguf = TinyGGUF(type: 8)
            let path = folder.appending(path: "model.gguf")
            var loaded = 0
            for _ in 0..<count {
                let damaged = mutated(gguf.bytes, within: gguf.headerCount, &random)
                try damaged.write(to: path)
                loaded += try survives { try LanguageModel(path.path).decoder.logits(of: [1, 2]) }
            }
            #expect(loaded > 0 && loaded < count)

            let tiny = try TinyModel("llama-llama3")
            try tiny.write(to: folder)
            let json = try Data(TinyTokenizer.json().utf8)
            try json.write(to: folder.appending(path: "tokenizer.json"))
            _ = try DecoderModel(folder: folder.path)
            for name in ["config.json", "tokenizer.json", "model.safetensors"] {
                let file = folder.appending(path: name)
                let whole = try Data(contentsOf: file)
                let header = name == "model.safetensors" ? min(whole.count, 2400) : whole.count
                for _ in 0..<count {
                    try mutated(whole, within: header, &random).write(to: file)
                    _ = try survives {
                        if name == "tokenizer.json" {
                            _ = try Tokenizer(json: file.path).encode("hello 12 wörld <|im_end|>")
                        } else {
                            _ = try DecoderModel(folder: folder.path).logits(of: [1, 2])
                        }
                    }
                }
                try whole.write(to: file)
            }
        }
    }

    /// Whether the file was read; anything but this module's error goes on.
    private func survives(_ body: () throws -> some Any) throws -> Int {
        do {
            _ = try body()
            return 1
        } catch is LanguageError {
            return 0
        }
    }

    /// Some bytes changed, removed or put in, near the beginning.
    private func mutated(_ bytes: Data, within limit: Int, _ random: inout SplitMix64) -> Data {
        var result = bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            let place = Int.random(in: 0..<max(1, min(limit, result.count)), using: &random)
            guard place < result.count else { continue }
            switch Int.random(in: 0..<7, using: &random) {
            case 0: result[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: result[place] = UInt8.random(in: 0...255, using: &random)
            case 2: result = result.prefix(place)
            case 3: result.remove(at: place)
            case 4: result.insert(contentsOf: Array("99999999999".utf8), at: place)
            case 5:
                result.insert(
                    contentsOf: Array("[[[[{\"null-1e999,".utf8).prefix(Int.random(in: 1...16, using: &random)),
                    at: place)
            default:
                let end = min(result.count, place + 8)
                result.replaceSubrange(place..<end, with: [UInt8](repeating: .max, count: end - place))
            }
        }
        return Data(result)
    }
}
