import ArgusHost
import Foundation
import Glibc

/// Decisions of language models as text that a person reads: prompt, reply, probabilities of the legal actions, outcome.
final class Transcript {
    private let path: String
    private let file: Int32
    /// System messages that stand in the file already, by agent.
    private var shown: [String: String] = [:]

    /// Begins the file, replacing one that is there.
    init(path: String) throws(ArgusError) {
        self.path = path
        file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Transcript.failed(path) }
    }

    deinit { close(file) }

    func write(_ request: DecisionRequest, _ decision: LanguageDecision, agent: String) throws(ArgusError) {
        var lines = [
            "=== episode \(request.episode), step \(request.step), \(agent), model \(decision.model)"
                + (decision.adapter.isEmpty ? "" : " (\(decision.adapter))")
        ]
        for message in decision.messages {
            if message.role == .system, shown[agent] == message.content {
                lines.append("--- system: as before")
                continue
            }
            if message.role == .system { shown[agent] = message.content }
            lines += ["--- \(message.role.rawValue)", message.content]
        }
        if !request.prompt.cuts.isEmpty { lines.append("--- cut: \(request.prompt.cuts.joined(separator: "; "))") }
        if !decision.reply.isEmpty { lines += ["--- reply", decision.reply] }
        if let probabilities = decision.probabilities {
            lines.append("--- probabilities")
            for (candidate, probability) in zip(request.candidates, probabilities) {
                lines.append(String(format: "  %.4f  %d %@", probability, candidate.number, candidate.words))
            }
        }
        lines += ["--- outcome", Transcript.outcome(request, decision), ""]
        let text = Array((lines.joined(separator: "\n") + "\n").utf8)
        var written = 0
        while written < text.count {
            let count = text[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw Transcript.failed(path) }
            written += count
        }
    }

    /// `ok: 2 turn left (log-probability -0.51); 412 + 6 tokens in 0.41 s`.
    private static func outcome(_ request: DecisionRequest, _ decision: LanguageDecision) -> String {
        var words = decision.outcome?.rawValue ?? "cut short"
        if let problem = decision.problem { words += " (\(problem))" }
        if decision.isReasked { words += ", asked twice" }
        let name = request.candidates.first { $0.number == decision.action }.map { "\($0.number) \($0.words)" }
        if let fallback = decision.fallback { words += ", fallback \(fallback)" }
        words += ": \(name ?? "no action, the episode is given up")"
        if let value = decision.logProbability {
            let whose = decision.fallback == nil ? "" : "the reply's "
            words += " (\(whose)log-probability " + String(format: "%.3f)", value)
        }
        if let message = decision.message { words += "; says: \(message)" }
        guard !decision.isReused else { return words + "; a reply that the run had already" }
        return words
            + String(
                format: "; %d + %d tokens in %.2f s", decision.usage.prompt, decision.usage.completion, decision.latency
            )
    }

    private static func failed(_ path: String) -> ArgusError {
        ArgusError(
            .output, "cannot write", at: path, found: String(cString: strerror(errno)).lowercased(),
            expected: "a file that can be written", remedy: "another file")
    }
}
