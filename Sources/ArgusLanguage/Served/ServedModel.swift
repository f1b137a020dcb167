import ArgusEnvAPI
import ArgusHost
import Foundation

/// A model behind an OpenAI-compatible server.
final class ServedModel: LanguageBackend {
    let model: String
    let adapter: String
    private let connection: ServerConnection
    private let options: LanguageOptions
    private var known: (capabilities: BackendCapabilities, server: Server)?

    /// Which server it is, as far as that changes what it can be asked for.
    private enum Server {
        /// Takes `post_sampling_probs`, and `top_k` and `min_p`, which it else sets to values of its own.
        case llamaCpp
        case vllm
        case other
    }

    /// - Throws: ``ArgusError`` (policy) when the environment variable of the key is not set.
    init(_ base: String, options: LanguageOptions) throws(ArgusError) {
        self.options = options
        model = options.model ?? ""
        // The format is part of what a text completion depends on.
        adapter = options.mode == .score ? "format \(options.format.rawValue)" : ""
        connection = try ServerConnection(base, options: options)
    }

    // MARK: Capabilities

    func capabilities() throws(ArgusError) -> BackendCapabilities { try connected().capabilities }

    private func connected() throws(ArgusError) -> (capabilities: BackendCapabilities, server: Server) {
        if let known { return known }
        let server = try identify()
        var capabilities = BackendCapabilities()
        // One question each, and only what is needed.
        if options.mode == .score { capabilities.scoring = try missingScoring() }
        if options.mode == .constrained { capabilities.constraining = try missingConstraint() }
        known = (capabilities, server)
        return (capabilities, server)
    }

    /// Looks at the models that the server lists; a server may list none.
    private func identify() throws(ArgusError) -> Server {
        guard let body = try connection.get("/models"),
            let list = try? JSONDecoder().decode(ModelList.self, from: body),
            !list.data.isEmpty
        else { return .other }
        let names = list.data.flatMap { [$0.id] + ($0.aliases ?? []) }
        guard let found = list.data.first(where: { $0.id == model || $0.aliases?.contains(model) ?? false }) else {
            throw ArgusError(
                .policy, "unknown model", at: "policy llm, \(connection.base)", found: "'\(model)'",
                expected: "one of \(Array(Set(names)).sorted().prefix(20).joined(separator: ", "))",
                remedy: nearestName(to: model, in: names).map { "'model=\($0)'" })
        }
        return switch found.ownedBy {
        case "llamacpp": .llamaCpp
        case "vllm": .vllm
        default: .other
        }
    }

    private func missingScoring() throws(ArgusError) -> BackendCapabilities.Missing? {
        let prompts = ["One two", "One three"]
        let result = try answer(to: EchoBody(model: model, prompt: prompts), "/completions")
        switch decoded(EchoReply.self, result) {
        case .failure(let failure): return BackendCapabilities.Missing(failure.reason)
        case .success(let reply):
            do throws(BackendFailure) {
                for (index, prompt) in prompts.enumerated() {
                    _ = try reply.logProbabilities(choice: index, prompt: prompt, after: 3)
                }
                return nil
            } catch {
                return BackendCapabilities.Missing(error.reason)
            }
        }
    }

    private func missingConstraint() throws(ArgusError) -> BackendCapabilities.Missing? {
        // Nobody would answer this unless held to it.
        let word = "kumquat 7"
        let request = GenerationRequest(
            messages: [ChatMessage(.user, "Hello.")], maximumTokens: 50, temperature: 0, topP: 1, seed: 0,
            choices: [word])
        let result = try answer(to: body(request, .other), "/chat/completions")
        switch decoded(ChatReply.self, result).flatMap({ generation($0, request, .other) }) {
        case .failure(let failure): return BackendCapabilities.Missing(failure.reason)
        case .success(let reply) where reply.text == word: return nil
        case .success(let reply):
            return BackendCapabilities.Missing(
                "it does not hold replies to a 'json_schema': told to answer '\(word)' it answered '\(reply.text.prefix(40))'"
            )
        }
    }

    /// The reply to a question about what the server can do; one that is late is no answer to it.
    private func answer(to body: some Encodable, _ path: String) throws(ArgusError) -> Result<Data, BackendFailure> {
        let result = try connection.post([try encoded(body)], to: path)[0].result
        if case .failure(let failure) = result, failure.kind == .timeout {
            throw ArgusError(
                .policy, "the server does not answer", at: "policy llm, \(connection.base)\(path)",
                found: failure.reason,
                expected: "a reply", remedy: "a longer 'timeout'")
        }
        return result
    }

    // MARK: Generation

    func generate(_ batch: [GenerationRequest]) throws(ArgusError) -> [BackendReply<Generation>] {
        let server = try connected().server
        var bodies: [Data] = []
        for request in batch { bodies.append(try encoded(body(request, server))) }
        let outcomes = try connection.post(bodies, to: "/chat/completions")
        return zip(batch, outcomes).map { request, outcome in
            let reply = decoded(ChatReply.self, outcome.result)
            return BackendReply(
                reply.flatMap { generation($0, request, server) },
                usage: (try? reply.get())?.usage?.tokens ?? TokenUsage(),
                latency: outcome.latency, retries: outcome.retries)
        }
    }

    private func body(_ request: GenerationRequest, _ server: Server) -> ChatBody {
        var body = ChatBody(
            model: model, messages: request.messages, maximumTokens: request.maximumTokens,
            temperature: request.temperature, topP: request.topP, seed: request.seed)
        if let choices = request.choices {
            body.format = .init(jsonSchema: .init(schema: .init(properties: .init(action: .init(enum: choices)))))
        }
        guard server != .other else { return body }
        body.topK = server == .vllm ? -1 : 0
        body.minP = 0
        // Of a reply that is held to something no server tells the distribution that was drawn from: llama.cpp draws
        // freely first, and only what does not fit is drawn again.
        guard request.choices == nil, request.temperature > 0 else { return body }
        switch server {
        case .llamaCpp: (body.logprobs, body.postSamplingProbabilities) = (true, true)
        case .vllm where request.temperature == 1 && request.topP == 1: body.logprobs = true
        default: break
        }
        return body
    }

    private func generation(
        _ reply: ChatReply, _ request: GenerationRequest, _ server: Server
    ) -> Result<Generation, BackendFailure> {
        guard let choice = reply.choices.first else {
            return .failure(BackendFailure(.provider, "the reply has no choices"))
        }
        let isRefused = choice.finishReason == "content_filter" || choice.message.refusal?.isEmpty == false
        var made = Generation(
            text: choice.message.content ?? choice.message.refusal ?? "",
            finish: isRefused ? .refused : choice.finishReason == "length" ? .length : .stop)
        if request.choices != nil, !isRefused,
            let chosen = try? JSONDecoder().decode(ChosenAction.self, from: Data(made.text.utf8))
        {
            made.text = chosen.action
        }
        if let tokens = choice.logprobs?.content, request.choices == nil, server != .other {
            let ids = tokens.compactMap(\.id)
            if ids.count == tokens.count { made.replyIds = ids }
            let logarithms = tokens.compactMap { server == .llamaCpp ? $0.prob.map(log) : $0.logprob }
            if logarithms.count == tokens.count { made.tokenLogProbabilities = logarithms }
        }
        return .success(made)
    }

    // MARK: Scoring

    func score(_ batch: [ScoringRequest]) throws(ArgusError) -> [BackendReply<CandidateScores>] {
        _ = try connected()
        var bodies: [Data] = []
        let starts = batch.map { ChatText.text($0.messages, replyStart: $0.replyStart, options.format) }
        for (request, start) in zip(batch, starts) {
            bodies.append(try encoded(EchoBody(model: model, prompt: request.continuations.map { start + $0 })))
        }
        let outcomes = try connection.post(bodies, to: "/completions")
        return batch.indices.map { index in
            let outcome = outcomes[index]
            let reply = decoded(EchoReply.self, outcome.result)
            return BackendReply(
                reply.flatMap { scores($0, batch[index], starts[index]) },
                usage: (try? reply.get())?.usage?.tokens ?? TokenUsage(), latency: outcome.latency,
                retries: outcome.retries)
        }
    }

    private func scores(
        _ reply: EchoReply, _ request: ScoringRequest, _ start: String
    ) -> Result<CandidateScores, BackendFailure> {
        do throws(BackendFailure) {
            var values: [[Double]] = []
            let length = start.unicodeScalars.count
            for (index, continuation) in request.continuations.enumerated() {
                values.append(try reply.logProbabilities(choice: index, prompt: start + continuation, after: length))
            }
            return .success(CandidateScores(tokenLogProbabilities: values))
        } catch {
            return .failure(error)
        }
    }

    // MARK: JSON

    private func encoded(_ body: some Encodable) throws(ArgusError) -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(body) else {
            throw ArgusError(
                .policy, "cannot encode a request", at: "policy llm, model '\(model)'",
                found: "a number that JSON lacks",
                expected: "finite numbers")
        }
        return data
    }

    private func decoded<Reply: Decodable>(
        _ type: Reply.Type, _ result: Result<Data, BackendFailure>
    ) -> Result<Reply, BackendFailure> {
        result.flatMap { body in
            guard let reply = try? JSONDecoder().decode(type, from: body) else {
                let shown = String(decoding: body.prefix(60), as: UTF8.self)
                return .failure(BackendFailure(.provider, "its reply is not what was asked for: '\(shown)'"))
            }
            return .success(reply)
        }
    }
}
