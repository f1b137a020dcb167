import ArgusEnvAPI
public import ArgusHost
import Foundation

/// Asks a model for decisions, a batch at a time, in the three ways in which it can be asked.
public final class LanguageActor {
    let backend: any LanguageBackend
    let options: LanguageOptions
    let template: PromptTemplate
    /// The most probable action instead of one that is drawn.
    private let isGreedy: Bool
    private let source: ReplySource
    private var isChecked = false

    /// What a decision's random bits are for.
    private enum Draw: UInt64 {
        case action
        case reply
        case fallback
        case secondReply
    }

    /// - Parameters: `isGreedy`: the most probable action, or reply, instead of one that is drawn; `source`: where
    ///   replies come from.
    public init(
        _ backend: any LanguageBackend, options: LanguageOptions, template: PromptTemplate, isGreedy: Bool,
        source: ReplySource
    ) {
        self.backend = backend
        self.options = options
        self.template = template
        self.isGreedy = isGreedy
        self.source = source
    }

    /// Decides. Equal requests are asked once.
    ///
    /// - Returns: A decision for each request, in order; what one is does not depend on the others nor on when replies
    ///   come, unless a budget is used up.
    /// - Throws: ``ArgusError`` (policy) when the model cannot act in this way, or not at all.
    public func act(_ batch: [DecisionRequest]) throws(ArgusError) -> [LanguageDecision] {
        try requireCapabilities()
        guard !batch.isEmpty else { return [] }
        var decisions: [LanguageDecision]
        switch options.mode {
        case .score: decisions = try score(batch)
        case .generate, .constrained: decisions = try generate(batch)
        }
        for index in batch.indices where decisions[index].action == nil { fallBack(batch[index], &decisions[index]) }
        return decisions
    }

    /// Refuses what the model lacks, before anything is counted. A recording needs no model.
    private func requireCapabilities() throws(ArgusError) {
        guard !isChecked, !source.isReplay else { return }
        let capabilities = try backend.capabilities()
        let missing: BackendCapabilities.Missing? =
            switch options.mode {
            case .score: capabilities.scoring
            case .constrained: capabilities.constraining
            case .generate: nil
            }
        if let missing {
            throw ArgusError(
                .policy, "the model cannot act in this way",
                at: "policy llm, model '\(backend.model)', mode '\(options.mode)'",
                found: missing.reason, expected: "a model that can", remedy: "'mode=generate'")
        }
        isChecked = true
    }

    // MARK: Score

    private func score(_ batch: [DecisionRequest]) throws(ArgusError) -> [LanguageDecision] {
        let requests = batch.map { request in
            ScoringRequest(
                messages: request.prompt.messages, replyStart: template.replyStart,
                continuations: LanguageActor.continuations(request.candidates, after: template.replyStart))
        }
        let replies = try source.replies(to: requests, of: backend, for: batch) {
            requests throws(ArgusError) in try backend.score(requests)
        }
        return batch.indices.map { index in
            var decision = decision(batch[index])
            guard let scores = take(replies[index], &decision) else { return decision }
            choose(batch[index], scores, &decision)
            return decision
        }
    }

    private func choose(_ request: DecisionRequest, _ scores: CandidateScores, _ decision: inout LanguageDecision) {
        let values = zip(scores.tokenLogProbabilities, request.candidates).map { tokens, candidate in
            let sum = tokens.reduce(0, +)
            return switch options.normalisation {
            case .sum: sum
            case .token: sum / Double(max(1, tokens.count))
            case .word: sum / Double(max(1, candidate.words.split(whereSeparator: \.isWhitespace).count))
            }
        }
        guard values.count == request.candidates.count, values.allSatisfy({ !$0.isNaN }),
            let distribution = Softmax(values, temperature: options.temperature > 0 ? options.temperature : 1)
        else {
            decision.outcome = .providerError
            decision.problem = "the scores are no numbers"
            return
        }
        let index = draw(distribution.probabilities, request, &decision)
        decision.action = request.candidates[index].number
        decision.reply = "\(template.replyStart) \(request.candidates[index].words)"
        decision.promptIds = scores.promptIds
        decision.replyIds = scores.continuationIds?[index]
        decision.tokenLogProbabilities = scores.tokenLogProbabilities[index]
        decision.outcome = .ok
    }

    /// Draws from the distribution, or takes its most probable action, and notes what was drawn from.
    private func draw(
        _ probabilities: [Double], _ request: DecisionRequest, _ decision: inout LanguageDecision
    ) -> Int {
        var index = probabilities.indices.max { (probabilities[$0], $1) < (probabilities[$1], $0) } ?? 0
        if isDrawn {
            var rest = request.random.unit(Draw.action.rawValue)
            for (candidate, probability) in probabilities.enumerated() where probability > 0 {
                index = candidate
                if rest < probability { break }
                rest -= probability
            }
        }
        note(probabilities, index, &decision)
        return index
    }

    /// Whether actions are drawn; else the most probable one is taken, with certainty.
    private var isDrawn: Bool { !isGreedy && options.temperature > 0 }

    private func note(_ probabilities: [Double], _ index: Int, _ decision: inout LanguageDecision) {
        decision.probabilities = probabilities
        decision.logProbability = isDrawn ? log(probabilities[index]) : 0
        decision.entropy = isDrawn ? probabilities.reduce(0) { $1 > 0 ? $0 - $1 * log($1) : $0 } : 0
    }

    /// The actions' words as they continue the reply. Where one is the beginning of another, all get a line's end, so that
    /// no action's words are also the beginning of another's.
    static func continuations(_ candidates: [ReplyParser.Candidate], after start: String) -> [String] {
        let words = candidates.map { (start.isEmpty || start.hasSuffix(" ") ? "" : " ") + $0.words }
        let isAmbiguous = words.contains { first in words.contains { $0 != first && $0.hasPrefix(first) } }
        return isAmbiguous ? words.map { $0 + "\n" } : words
    }

    // MARK: Generate

    private func generate(_ batch: [DecisionRequest]) throws(ArgusError) -> [LanguageDecision] {
        var decisions = try ask(batch, batch.map(\.prompt.messages), .reply)
        guard options.reasks > 0 else { return decisions }
        let again = batch.indices.filter { index in
            [.illegal, .malformed, .truncated].contains(decisions[index].outcome)
        }
        guard !again.isEmpty else { return decisions }
        let messages = again.map { index in
            batch[index].prompt.messages + [
                ChatMessage(.assistant, decisions[index].reply),
                ChatMessage(.user, template.again(problem: decisions[index].problem ?? "")),
            ]
        }
        let second = try ask(again.map { batch[$0] }, messages, .secondReply)
        for (index, answer) in zip(again, second) {
            let first = decisions[index]
            // Not asked again, since a budget is used up: the first answer stands.
            guard let outcome = answer.outcome else { continue }
            decisions[index] = answer
            decisions[index].isReasked = true
            decisions[index].outcome = outcome == .ok ? .repaired : outcome
            decisions[index].usage.add(first.usage)
            decisions[index].latency += first.latency
        }
        return decisions
    }

    private func ask(
        _ batch: [DecisionRequest], _ messages: [[ChatMessage]], _ draw: Draw
    ) throws(ArgusError) -> [LanguageDecision] {
        let temperature = isDrawn ? options.temperature : 0
        let requests = zip(batch, messages).map { request, messages in
            GenerationRequest(
                messages: messages, maximumTokens: options.maximumTokens, temperature: temperature,
                topP: options.topP,
                // Servers take 31 bits. Nothing is drawn at temperature 0, and equal prompts are then one request.
                seed: temperature == 0 ? 0 : request.random.bits(draw.rawValue) >> 33,
                choices: options.mode == .constrained ? request.candidates.map(\.words) : nil)
        }
        let replies = try source.replies(to: requests, of: backend, for: batch) {
            requests throws(ArgusError) in try backend.generate(requests)
        }
        return batch.indices.map { index in
            var decision = decision(batch[index])
            decision.messages = messages[index]
            guard let reply = take(replies[index], &decision) else { return decision }
            read(reply, batch[index], &decision)
            return decision
        }
    }

    private func read(_ reply: Generation, _ request: DecisionRequest, _ decision: inout LanguageDecision) {
        decision.reply = reply.text
        decision.promptIds = reply.promptIds
        decision.replyIds = reply.replyIds
        decision.tokenLogProbabilities = reply.tokenLogProbabilities
        decision.logProbability = reply.tokenLogProbabilities?.reduce(0, +)
        var reading: ReplyParser.Reading
        if options.mode == .constrained {
            let index = request.candidates.firstIndex { $0.words == reply.text }
            reading = ReplyParser.Reading(outcome: index == nil ? .malformed : .ok, candidate: index)
            if index == nil {
                reading.outcome =
                    reply.finish == .length ? .truncated : reply.finish == .refused ? .refused : .malformed
                reading.problem = "it is none of the possible actions, to which it was to be held"
            }
            if let logarithms = reply.choiceLogProbabilities, let index, logarithms.count == request.candidates.count {
                let probabilities = logarithms.map(exp)
                note(probabilities, index, &decision)
            }
        } else {
            reading = ReplyParser().read(reply, request.candidates)
        }
        decision.outcome = reading.outcome
        decision.problem = reading.problem
        decision.message = reading.message
        decision.action = reading.candidate.map { request.candidates[$0].number }
    }

    // MARK: Both

    private func decision(_ request: DecisionRequest) -> LanguageDecision {
        LanguageDecision(messages: request.prompt.messages, model: backend.model, adapter: backend.adapter)
    }

    /// The content of a reply, if there is one; notes what it cost, or why there is none.
    private func take<Content>(
        _ answer: ReplySource.Answer<Content>, _ decision: inout LanguageDecision
    ) -> Content? {
        switch answer {
        case .cutShort(let reason):
            decision.problem = reason
            return nil
        case .reply(let reply, let isReused):
            decision.isReused = isReused
            if !isReused {
                decision.usage = reply.usage
                decision.latency = reply.latency
            }
            switch reply.result {
            case .success(let content): return content
            case .failure(let failure):
                decision.outcome = failure.kind == .timeout ? .timeout : .providerError
                decision.problem = failure.reason
                return nil
            }
        }
    }

    private func fallBack(_ request: DecisionRequest, _ decision: inout LanguageDecision) {
        guard let outcome = decision.outcome, outcome.isModels else { return }
        decision.fallback = options.fallback
        switch options.fallback {
        case .noop: decision.action = request.candidates.map(\.number).min()
        case .random:
            let count = UInt64(request.candidates.count)
            let index = request.random.bits(Draw.fallback.rawValue).multipliedFullWidth(by: count).high
            decision.action = request.candidates[Int(index)].number
        case .fail: break
        }
    }
}

extension CounterRandom {
    /// Uniform in [0, 1) with 53 bits.
    fileprivate func unit(_ counter: UInt64) -> Double { Double(bits(counter) >> 11) * 0x1p-53 }
}
