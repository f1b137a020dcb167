import ArgusHost
import ArgusLanguage

/// A language model whose every number follows from a hash of the text: whatever a request is about changes its reply,
/// and what it is not about cannot.
final class HashModel: LanguageBackend {
    let model = "hash"
    var lacking = BackendCapabilities()
    /// What it writes, given the last message; nil: one of the choices, or an action line with a number from the hash.
    var writes: ((GenerationRequest) -> Generation)?
    /// Requests for which it fails.
    var fails: (([ChatMessage]) -> BackendFailure?)?
    private(set) var scored: [ScoringRequest] = []
    private(set) var generated: [GenerationRequest] = []

    func capabilities() throws(ArgusError) -> BackendCapabilities { lacking }

    func score(_ batch: [ScoringRequest]) throws(ArgusError) -> [BackendReply<CandidateScores>] {
        scored += batch
        return batch.map { request in
            if let failure = fails?(request.messages) { return BackendReply(.failure(failure)) }
            let prompt = request.messages.map(\.content).joined()
            let scores = request.continuations.map { continuation in
                continuation.split(separator: " ").map { -Double(hash(prompt + $0) % 400) / 100 }
            }
            return BackendReply(
                .success(CandidateScores(tokenLogProbabilities: scores)),
                usage: TokenUsage(prompt: prompt.utf8.count, completion: scores.count), latency: 0.5)
        }
    }

    func generate(_ batch: [GenerationRequest]) throws(ArgusError) -> [BackendReply<Generation>] {
        generated += batch
        return batch.map { request in
            if let failure = fails?(request.messages) { return BackendReply(.failure(failure)) }
            let bits = hash(request.messages.map(\.content).joined() + "\(request.seed)")
            let reply =
                writes?(request)
                ?? Generation(
                    text: request.choices.map { $0[Int(bits % UInt64($0.count))] } ?? "Action: \(bits % 3)",
                    finish: .stop)
            return BackendReply(.success(reply), usage: TokenUsage(prompt: 10, completion: 5), latency: 0.25)
        }
    }

    private func hash(_ text: some StringProtocol) -> UInt64 { Fingerprint.fnv1a64(text.utf8) >> 7 }
}
