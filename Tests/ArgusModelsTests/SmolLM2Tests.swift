import ArgusModels
import Foundation
import Testing

/// The real model, against others who run the same file.
@Suite(.serialized, .enabled(if: LanguageModelFile.isHere, LanguageModelFile.missing)) struct SmolLM2Tests {
    private func load() throws -> LanguageModel {
        guard let path = LanguageModelFile.smollm2 else { throw Oracle.Failure(description: "the model is missing") }
        return try LanguageModel(path)
    }

    @Test("The model answers, and knows its chat template")
    func answers() throws {
        let model = try load()
        let system = "You are a helpful AI assistant named SmolLM, trained by Hugging Face"
        #expect(model.template == .chatML(defaultSystem: system))
        let tokens = model.tokenizer.encode("The capital of France is")
        let logits = try model.decoder.logits(of: tokens)
        let best = logits.last?.enumerated().max { $0.element < $1.element }?.offset
        #expect(model.tokenizer.decode([best ?? 0]) == " Paris")
        #expect(model.decoder.configuration.endTokens == [2])
    }

    @Test(
        "Log-probabilities are those of transformers on the same dequantised weights",
        .enabled(if: Oracle.has("torch", "transformers", "gguf", "tokenizers"), "needs torch, transformers, gguf"))
    func equalsTransformers() throws {
        let model = try load()
        try Oracle.withFolder { folder in
            try Oracle.run(script: "smollm2_reference.py", ["transformers", model.path, folder.path])
            let tokens = try JSONDecoder().decode(
                [Int].self, from: Data(contentsOf: folder.appending(path: "tokens.json")))
            let bytes = try Data(contentsOf: folder.appending(path: "logits.bin"))
            let expected = bytes.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
            let found = try model.decoder.logits(of: tokens)
            #expect(expected.count == tokens.count * 49152)
            var greatest = 0.0
            for (position, row) in found.enumerated() {
                let left = logProbabilities(row)
                let right = logProbabilities(Array(expected[(position * row.count)..<((position + 1) * row.count)]))
                for (a, b) in zip(left, right) { greatest = max(greatest, abs(a - b)) }
            }
            #expect(greatest < 1e-4, "\(greatest)")
        }
    }

    @Test(
        "Next tokens are those of llama.cpp, which rounds activations",
        .enabled(if: Oracle.has("xllamacpp", "gguf", "tokenizers"), "needs xllamacpp, gguf and tokenizers"))
    func agreesWithLlama() throws {
        struct Position: Decodable {
            struct Entry: Decodable {
                let token: Int
                let logProbability: Double

                init(from decoder: any Decoder) throws {
                    var container = try decoder.unkeyedContainer()
                    token = try container.decode(Int.self)
                    logProbability = try container.decode(Double.self)
                }
            }
            let prompt: [Int]
            let top: [Entry]
        }
        let model = try load()
        try Oracle.withFolder { folder in
            try Oracle.run(script: "smollm2_reference.py", ["llama.cpp", model.path, folder.path])
            let positions = try JSONDecoder().decode(
                [Position].self, from: Data(contentsOf: folder.appending(path: "llama.json")))
            let found = try model.decoder.logits(of: positions.last?.prompt ?? [])
            #expect(positions.count == 200 && found.count == 200)
            var same = 0
            var sum = 0.0
            for (position, row) in zip(positions, found) {
                #expect(position.top.count == 10)
                let ours = logProbabilities(row)
                if ours.indices.max(by: { ours[$0] < ours[$1] }) == position.top.first?.token { same += 1 }
                for entry in position.top { sum += abs(ours[entry.token] - entry.logProbability) / 10 }
            }
            print("llama.cpp: same top token on \(same) of 200, mean difference \(sum / 200)")
            #expect(same >= 186)
            #expect(sum / 200 <= 0.15)
        }
    }

    private func logProbabilities(_ logits: [Float]) -> [Double] {
        let greatest = Double(logits.max() ?? 0)
        let sum = logits.reduce(0) { $0 + exp(Double($1) - greatest) }
        return logits.map { Double($0) - greatest - log(sum) }
    }
}
