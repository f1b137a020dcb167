import ArgusModels
import ArgusTensor
import Foundation
import Testing

@Suite struct DecoderTests {
    @Test("Logits of every shape are those of transformers", arguments: TinyModel.names)
    func equalsTransformers(name: String) throws {
        let tiny = try TinyModel(name)
        let difference = TinyModel.difference(try tiny.load().logits(of: tiny.tokens), tiny.logits)
        #expect(difference < 1e-4, "\(name): \(difference)")
    }

    @Test("A model in shards is the same model")
    func shards() throws {
        let tiny = try TinyModel("qwen3")
        try Oracle.withFolder { folder in
            try tiny.write(to: folder, shards: 3)
            let difference = TinyModel.difference(
                try DecoderModel(folder: folder.path).logits(of: tiny.tokens), tiny.logits)
            #expect(difference < 1e-4)
        }
    }

    @Test("The tokens that end a text come from both files")
    func endTokens() throws {
        let tiny = try TinyModel("qwen3")
        try Oracle.withFolder { folder in
            try tiny.write(to: folder)
            let known = try DecoderModel(folder: folder.path).configuration.endTokens
            let added = known + [77, 78]
            try JSONEncoder().encode(["eos_token_id": added]).write(
                to: folder.appending(path: "generation_config.json"))
            #expect(try DecoderModel(folder: folder.path).configuration.endTokens == added)
        }
    }

    @Test("What a text begins with does not depend on how it goes on")
    func causality() throws {
        let tiny = try TinyModel("llama")
        let model = try tiny.load()
        let whole = try model.logits(of: tiny.tokens)
        for length in [1, 2, 63, 64, 65] {
            let part = try model.logits(of: Array(tiny.tokens.prefix(length)))
            let expected = Dictionary(uniqueKeysWithValues: part.enumerated().map { ($0.offset, $0.element) })
            #expect(TinyModel.difference(whole, expected) < 1e-5)
        }
    }

    @Test(
        "Files as transformers and gguf write them, in every element type, give what transformers computes",
        .enabled(if: Oracle.has("torch", "transformers", "gguf"), "needs torch, transformers and gguf"))
    func files() throws {
        struct Answers: Decodable {
            let tokens: [Int]
            let logits: [String: [Float]]
        }
        try Oracle.withFolder { root in
            try Oracle.run(script: "tiny_models.py", ["folders", root.path])
            let names = try FileManager.default.contentsOfDirectory(atPath: root.path).sorted()
            #expect(names.count == TinyModel.names.count * 9)
            for name in names {
                let folder = root.appending(path: name)
                let model =
                    name.contains("gguf")
                    ? try DecoderModel(GGUFFile(folder.appending(path: "model.gguf").path))
                    : try DecoderModel(folder: folder.path)
                let answers = try JSONDecoder().decode(
                    Answers.self, from: Data(contentsOf: folder.appending(path: "answers.json")))
                let expected = Dictionary(uniqueKeysWithValues: answers.logits.map { (Int($0) ?? -1, $1) })
                let difference = TinyModel.difference(try model.logits(of: answers.tokens), expected)
                #expect(difference < 1e-4, "\(name): \(difference)")
            }
        }
    }
}
