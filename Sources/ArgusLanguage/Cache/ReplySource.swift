import ArgusHost
import Foundation

/// Where replies come from: from what this run had before, from a cache of earlier runs, else from the model. Keeps the
/// budget, and counts what the run needs of the model.
///
/// A request's key is the model, its adapter, the whole prompt, the candidates, the sampling parameters and the seed:
/// whatever a reply depends on. Its first use in a run counts as a call, with the tokens and the latency that it had, also
/// where a cache answers it; so a replayed run has the numbers of the one that was recorded.
public final class ReplySource {
    /// What becomes of a request.
    public enum Answer<Content: Sendable> {
        /// - isReused: the run had it already.
        case reply(BackendReply<Content>, isReused: Bool)
        /// Not asked: the budget is used up, for this reason.
        case cutShort(String)
    }

    /// Whether only recorded replies may be used.
    let isReplay: Bool
    private let cache: ReplyCache
    private let account: LanguageAccount
    private let budget: LanguageOptions.Budget
    /// Keys that this run has used.
    private var used: Set<String> = []

    /// - Parameter isReplay: No model is asked; a reply that the cache lacks is an error.
    public init(cache: ReplyCache, account: LanguageAccount, budget: LanguageOptions.Budget, isReplay: Bool) {
        self.cache = cache
        self.account = account
        self.budget = budget
        self.isReplay = isReplay
    }

    /// The replies to requests, in order; equal ones are asked once.
    ///
    /// - Parameters: `batch`: the decisions that they are for; `ask`: asks the model.
    func replies<Request: Codable & Sendable, Content: Codable & Sendable>(
        to requests: [Request], of backend: any LanguageBackend, for batch: [DecisionRequest],
        ask: ([Request]) throws(ArgusError) -> [BackendReply<Content>]
    ) throws(ArgusError) -> [Answer<Content>] {
        let keys = try requests.map { request throws(ArgusError) in
            try ReplyKey(model: backend.model, adapter: backend.adapter, request: request).text()
        }
        var answers: [String: Answer<Content>] = [:]
        var missing: [Int] = []
        var planned = 0
        // Counted when the batch is planned, as replies of the model are: a budget ends a replay where it ended the run.
        var found: [(index: Int, reply: BackendReply<Content>)] = []
        for (index, key) in keys.enumerated() where answers[key] == nil {
            let recorded: RecordedReply<Content>? = try cache.reply(to: key)
            if let recorded, used.contains(key) {
                answers[key] = .reply(recorded.reply, isReused: true)
                continue
            }
            if let reason = account.exhausted(budget, planned: planned) {
                answers[key] = .cutShort(reason)
                continue
            }
            planned += 1
            if let recorded {
                answers[key] = .reply(recorded.reply, isReused: false)
                used.insert(key)
                found.append((index, recorded.reply))
            } else {
                // Holds the place, so that an equal request later in the batch is not asked as well.
                answers[key] = .cutShort("")
                missing.append(index)
            }
        }
        for (index, reply) in found {
            account.count(reply.usage, reply.latency, reply.retries, batch[index], isCached: true)
        }
        if isReplay, let index = missing.first {
            throw ArgusError(
                .policy, "a reply is not in the recording", at: cache.place,
                found:
                    "none to the decision at step \(batch[index].step) of the episode with seed \(batch[index].episode)",
                expected: "every reply of the same run",
                remedy: "the same scenario, team, seed and episodes as recorded")
        }
        if !missing.isEmpty {
            let made = try ask(missing.map { requests[$0] })
            for (index, reply) in zip(missing, made) {
                answers[keys[index]] = .reply(reply, isReused: false)
                account.count(reply.usage, reply.latency, reply.retries, batch[index], isCached: false)
                guard case .success(let content) = reply.result else { continue }
                used.insert(keys[index])
                try cache.keep(RecordedReply(content, reply), for: keys[index])
            }
        }
        // Of equal requests the first has the cost.
        var seen: Set<String> = []
        return keys.map { key in
            guard let answer = answers[key] else { return .cutShort("not asked") }
            guard case .reply(let reply, _) = answer, !seen.insert(key).inserted else { return answer }
            return .reply(reply, isReused: true)
        }
    }
}

/// What a reply depends on, as one text.
private struct ReplyKey<Request: Codable>: Codable {
    var model: String
    var adapter: String
    var request: Request

    func text() throws(ArgusError) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(self) else {
            throw ArgusError(
                .policy, "cannot encode a request", at: "policy llm, model '\(model)'",
                found: "a number that JSON lacks",
                expected: "finite numbers")
        }
        return "\(Request.self) " + String(decoding: data, as: UTF8.self)
    }
}

/// A reply as it is kept.
struct RecordedReply<Content: Codable & Sendable>: Codable {
    var content: Content
    var usage: TokenUsage
    var latency: Double
    var retries: Int

    init(_ content: Content, _ reply: BackendReply<Content>) {
        self.content = content
        usage = reply.usage
        latency = reply.latency
        retries = reply.retries
    }

    var reply: BackendReply<Content> {
        BackendReply(.success(content), usage: usage, latency: latency, retries: retries)
    }
}
