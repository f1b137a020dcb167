import ArgusModels
import Foundation
import Testing

@Suite struct CandidateScorerTests {
    private let requests = [
        ScoringRequest(prompt: Array(1...70), candidates: [[5, 6, 7], [5, 6, 8], [5, 9], [10], [5, 6, 7, 11]]),
        ScoringRequest(prompt: [3], candidates: [[4], [4, 4]]),
        ScoringRequest(prompt: Array(1...70), candidates: [[5, 6, 8], [90, 91]]),
        ScoringRequest(prompt: Array(1...40) + [9, 9], candidates: [[1, 2, 3, 4, 5, 6, 7, 8]]),
    ]

    /// Every candidate for itself, after its whole prompt.
    private func separately(_ model: DecoderModel, _ request: ScoringRequest) throws -> [[Float]] {
        try request.candidates.map { candidate in
            let logits = try model.logits(of: request.prompt + candidate)
            return candidate.enumerated().map { place, token in
                let row = logits[request.prompt.count + place - 1].map(Double.init)
                let greatest = row.max() ?? 0
                return Float(row[token] - greatest - log(row.reduce(0) { $0 + exp($1 - greatest) }))
            }
        }
    }

    private func difference(_ left: [[Float]], _ right: [[Float]]) -> Float {
        guard left.map(\.count) == right.map(\.count) else { return .infinity }
        return zip(left.joined(), right.joined()).reduce(0) { max($0, abs($1.0 - $1.1)) }
    }

    @Test(
        "Scores with everything shared are those of each candidate alone", arguments: ["llama", "qwen2", "qwen3"],
        [1, 2])
    func sharing(name: String, threads: Int) throws {
        let model = try TinyModel(name).load()
        for size in [1, 60, 4096] {
            let scorer = CandidateScorer(model, options: .init(tokensAtOnce: size, threads: threads))
            for keepsPrefix in [false, true] {
                if keepsPrefix {
                    try scorer.keep(prefix: Array(1...30))
                    try scorer.keep(prefix: Array(1...35))
                    try scorer.keep(prefix: [3])  // as long as a prompt: of no use there
                }
                let before = scorer.computedTokens
                let scores = try scorer.score(requests)
                // Prompts 70, 1 and 42, without the kept 35 of two; inner nodes 5-6-7, 90; 4; and seven.
                #expect(scorer.computedTokens - before == (keepsPrefix ? 35 + 1 + 7 : 113) + 4 + 1 + 7)
                for (request, result) in zip(requests, scores) {
                    #expect(difference(result.tokenLogProbabilities, try separately(model, request)) < 1e-4)
                }
            }
        }
    }

    @Test("One long prompt on several threads has the same scores as on one", arguments: [2, 3, 8])
    func pipeline(threads: Int) throws {
        let model = try TinyModel("qwen3").load()
        for length in [127, 128, 333, 500] {
            let request = ScoringRequest(
                prompt: (0..<length).map { $0 * 31 % 96 },
                candidates: [[5, 6, 7], [5, 6, 8], [10], [90, 91, 92, 93]])
            let scorer = CandidateScorer(model, options: .init(threads: threads))
            for keeps in [false, true] {
                if keeps { try scorer.keep(prefix: Array(request.prompt.prefix(70))) }
                for _ in 0..<3 {
                    let result = try scorer.score([request])[0]
                    #expect(difference(result.tokenLogProbabilities, try separately(model, request)) < 1e-4)
                }
            }
        }
    }

    @Test("A prompt of which all but a token is kept is not cut, however long its candidates are")
    func nothingToCut() throws {
        let model = try TinyModel("llama").load()
        let request = ScoringRequest(prompt: Array(1...71), candidates: [(0..<200).map { $0 * 7 % 96 }, [3]])
        let scorer = CandidateScorer(model, options: .init(threads: 4))
        try scorer.keep(prefix: Array(1...70))
        let result = try scorer.score([request])[0]
        #expect(difference(result.tokenLogProbabilities, try separately(model, request)) < 1e-4)
    }

    @Test("Scores are means, sums or branch probabilities, and the distribution is their softmax")
    func normalization() throws {
        let model = try TinyModel("llama").load()
        let request = ScoringRequest(prompt: [1, 2, 3], candidates: [[5, 6, 7], [5, 6, 8], [5, 9], [10]])
        for normalization in ScoreNormalization.allCases {
            let scorer = CandidateScorer(model, options: .init(normalization: normalization, temperature: 0.7))
            let result = try scorer.score([request])[0]
            let values = result.tokenLogProbabilities.map { $0.map(Double.init) }
            let expected: [Double]
            switch normalization {
            case .tokens: expected = values.map { $0.reduce(0, +) / Double($0.count) }
            case .sum: expected = values.map { $0.reduce(0, +) }
            case .branches:
                func share(_ value: Double, _ all: [Double]) -> Double {
                    value / 0.7 - log(all.reduce(0) { $0 + exp($1 / 0.7) })
                }
                let first = [values[0][0], values[3][0]]
                let second = [values[0][1], values[2][1]]
                let third = [values[0][2], values[1][2]]
                expected = [
                    share(first[0], first) + share(second[0], second) + share(third[0], third),
                    share(first[0], first) + share(second[0], second) + share(third[1], third),
                    share(first[0], first) + share(second[1], second), share(first[1], first),
                ]
            }
            for (found, wanted) in zip(result.scores, expected) { #expect(abs(found - wanted) < 1e-9) }
            let scaled = expected.map { exp($0 / (normalization == .branches ? 1 : 0.7)) }
            for (found, wanted) in zip(result.distribution, scaled) {
                #expect(abs(found - wanted / scaled.reduce(0, +)) < 1e-9)
            }
            #expect(abs(result.distribution.reduce(0, +) - 1) < 1e-12)
            #expect(result.choice(0) == 0 && result.choice(0.999_999_999) == 3)
            #expect(result.choice(result.distribution[0] + 1e-9) == 1)
        }
    }

    @Test("What cannot be scored is refused")
    func refusals() throws {
        let model = try TinyModel("llama").load()
        let scorer = CandidateScorer(model)
        let branching = CandidateScorer(model, options: .init(normalization: .branches))
        for request in [
            ScoringRequest(prompt: [], candidates: [[1]]), ScoringRequest(prompt: [1], candidates: []),
            ScoringRequest(prompt: [1], candidates: [[]]), ScoringRequest(prompt: [96], candidates: [[1]]),
            ScoringRequest(prompt: [1], candidates: [[-1]]),
            ScoringRequest(prompt: Array(repeating: 1, count: 512), candidates: [[1]]),
        ] {
            #expect(throws: LanguageError.self) { try scorer.score([request]) }
        }
        let ambiguous = ScoringRequest(prompt: [1], candidates: [[2, 3], [4], [2]])
        #expect(throws: LanguageError.self) { try branching.score([ambiguous]) }
        #expect(try scorer.score([ambiguous]).count == 1)
        #expect(throws: LanguageError.self) {
            try CandidateScorer(model, options: .init(temperature: 0)).score([ambiguous])
        }
        #expect(try scorer.score([]).isEmpty)
    }
}
