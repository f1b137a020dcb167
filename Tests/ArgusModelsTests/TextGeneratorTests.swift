import ArgusEnvAPI
import ArgusModels
import Foundation
import Testing

@Suite struct TextGeneratorTests {
    /// A tokenizer whose 96 tokens are printable characters.
    private func tokenizer() throws -> Tokenizer {
        try Oracle.withFolder { folder in
            let vocabulary = (0..<94).map {
                "\"\($0 == 1 ? "\\\"" : $0 == 59 ? "\\\\" : String(UnicodeScalar(UInt8(33 + $0))))\": \($0)"
            }
            let path = folder.appending(path: "tokenizer.json").path
            let json = """
                {"model": {"type": "BPE", "vocab": {\(vocabulary.joined(separator: ", "))}, "merges": []},
                 "pre_tokenizer": {"type": "ByteLevel", "add_prefix_space": false, "use_regex": true}}
                """
            try Data(json.utf8).write(to: URL(filePath: path))
            return try Tokenizer(json: path)
        }
    }

    private func request(_ prompt: [Int], _ key: UInt64) -> GenerationRequest {
        GenerationRequest(prompt: prompt, random: CounterRandom(run: 7, purpose: .action).keyed(key))
    }

    @Test("The likeliest tokens come at temperature 0, in a batch as alone", arguments: ["llama", "qwen2", "qwen3"])
    func greedy(name: String) throws {
        let model = try TinyModel(name).load()
        let generator = TextGenerator(model, try tokenizer())
        let prompts = [[1, 2, 3], Array(1...70), [5], [1, 2, 3]]
        let options = GenerationOptions(temperature: 0, maximumTokens: 12)
        let together = try generator.generate(prompts.map { request($0, 0) }, options)
        try generator.keep(prefix: [1, 2])
        #expect(try generator.generate(prompts.map { request($0, 1) }, options) == together)
        for (prompt, generation) in zip(prompts, together) {
            var tokens = prompt
            for token in generation.tokens {
                let row = try #require(try model.logits(of: tokens).last)
                #expect(row[token] >= (row.max() ?? 0) - 1e-4)
                tokens.append(token)
            }
            #expect(
                generation.finish == .length || model.configuration.endTokens.contains(generation.tokens.last ?? -1))
        }
    }

    @Test("A generation depends on its key alone, and its log-probabilities are those of what was drawn from")
    func sampling() throws {
        let model = try TinyModel("llama").load()
        let generator = TextGenerator(model, try tokenizer())
        let options = GenerationOptions(temperature: 0.8, topP: 0.6, maximumTokens: 10)
        let all = try generator.generate((0..<8).map { request([1, 2, 3], $0) }, options)
        #expect(Set(all.map(\.tokens)).count > 4)
        for key in [0, 5] as [UInt64] {
            let alone = try generator.generate([request([1, 2, 3], key)], options)[0]
            #expect(alone.tokens == all[Int(key)].tokens)
        }
        for generation in all {
            var tokens = [1, 2, 3]
            for (token, logProbability) in zip(generation.tokens, generation.logProbabilities) {
                let row = try #require(try model.logits(of: tokens).last).map { exp(Double($0) / 0.8) }
                let shares = row.map { $0 / row.reduce(0, +) }
                let order = shares.indices.sorted { shares[$0] > shares[$1] }
                var nucleus: [Int] = []
                var sum = 0.0
                for candidate in order where sum < 0.6 {
                    nucleus.append(candidate)
                    sum += shares[candidate]
                }
                #expect(nucleus.contains(token))
                #expect(abs(log(shares[token] / sum) - Double(logProbability)) < 1e-3)
                tokens.append(token)
            }
        }
    }

    @Test("Tokens are drawn as often as the model says")
    func frequencies() throws {
        let model = try TinyModel("llama").load()
        let generator = TextGenerator(model, try tokenizer())
        let count = 4000
        let drawn = try generator.generate(
            (0..<UInt64(count)).map { request([1, 2, 3], $0) }, GenerationOptions(maximumTokens: 1))
        let row = try #require(try model.logits(of: [1, 2, 3]).last).map { exp(Double($0)) }
        var counts = [Int](repeating: 0, count: row.count)
        for generation in drawn { counts[generation.tokens[0]] += 1 }
        for (token, weight) in row.enumerated() {
            let share = weight / row.reduce(0, +)
            let deviation = (share * (1 - share) * Double(count)).squareRoot()
            #expect(abs(Double(counts[token]) - share * Double(count)) < 5 * deviation + 1)
        }
    }

    @Test("A generation ends before a stop string and at an end token")
    func stopping() throws {
        let model = try TinyModel("llama").load()
        let tokenizer = try tokenizer()
        let generator = TextGenerator(model, tokenizer)
        let options = GenerationOptions(temperature: 0, maximumTokens: 12)
        let whole = try generator.generate([request([1, 2, 3], 0)], options)[0]
        let text = Array(whole.text)
        try #require(text.count >= 6)
        var stopping = options
        stopping.stopStrings = ["\u{1F600}", String(text[3...4])]
        let stopped = try generator.generate([request([1, 2, 3], 0)], stopping)[0]
        let place = try #require(whole.text.range(of: String(text[3...4])))
        #expect(stopped.finish == .stop && stopped.text == String(whole.text[..<place.lowerBound]))
        var ending = options
        ending.endTokens = [whole.tokens[2]]
        let ended = try generator.generate([request([1, 2, 3], 0)], ending)[0]
        #expect(ended.finish == .end && ended.tokens.last == whole.tokens[2] && ended.tokens.count <= 3)
        #expect(ended.text == tokenizer.decode(ended.tokens.dropLast()))
    }

    @Test("What cannot be generated is refused")
    func refusals() throws {
        let generator = TextGenerator(try TinyModel("llama").load(), try tokenizer())
        for prompt in [[], [96], Array(repeating: 1, count: 512)] {
            #expect(throws: LanguageError.self) { try generator.generate([request(prompt, 0)], GenerationOptions()) }
        }
        for options in [
            GenerationOptions(temperature: -1), GenerationOptions(topP: 0), GenerationOptions(topP: 1.1),
            GenerationOptions(maximumTokens: 0), GenerationOptions(stopStrings: [""]),
        ] {
            #expect(throws: LanguageError.self) { try generator.generate([request([1], 0)], options) }
        }
        let last = try generator.generate(
            [request(Array(repeating: 1, count: 510), 0)], GenerationOptions(temperature: 0, maximumTokens: 50))
        #expect(last[0].tokens.count <= 2)
    }
}
