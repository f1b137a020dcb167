/// Reads an action from a reply.
///
/// The ladder: a line `Action: …` whose content is exactly a legal action's number or words (ok); the same with other
/// case, space, quotes or a full stop, or number and words together (repaired); no such line, but a reply that is nothing
/// but an action (repaired). A line `Action: …` with anything else is illegal, and the text around it is not searched for
/// something that might have been meant. Of several such lines the last counts if all name the same, else the reply is
/// malformed. What stands in `<think>…</think>` is never read.
public struct ReplyParser: Sendable {
    /// A legal action.
    public struct Candidate: Sendable, Hashable {
        /// Its place among all actions, legal or not: its number in the prompt.
        public var number: Int
        public var words: String

        public init(number: Int, words: String) {
            self.number = number
            self.words = words
        }
    }

    public struct Reading: Sendable, Hashable {
        public var outcome: ParseOutcome
        /// Index in the candidates, where the outcome is ok or repaired.
        public var candidate: Int?
        /// What was wrong, in words that the model may be told.
        public var problem: String?
        /// What follows `Message:`, for the other agents; nil: nothing.
        public var message: String?
    }

    private static let answer = "action:"
    private static let saying = "message:"

    public init() {}

    public func read(_ reply: Generation, _ candidates: [Candidate]) -> Reading {
        guard reply.finish != .refused else {
            return Reading(outcome: .refused, problem: "it was not answered")
        }
        guard let text = ReplyParser.withoutReasoning(reply.text) else {
            return reply.finish == .length
                ? Reading(outcome: .truncated, problem: "it ended while thinking, before an answer")
                : Reading(outcome: .malformed, problem: "its thoughts have no end")
        }
        let lines = text.split(whereSeparator: \.isNewline).map(ReplyParser.trimmed)
        let message = lines.compactMap { ReplyParser.content(of: $0, after: ReplyParser.saying) }.last
        var reading = action(lines, reply, candidates)
        reading.message = message.flatMap { $0.isEmpty ? nil : $0 }
        return reading
    }

    private func action(_ lines: [String], _ reply: Generation, _ candidates: [Candidate]) -> Reading {
        let answers = lines.compactMap { ReplyParser.content(of: $0, after: ReplyParser.answer) }
        guard let last = answers.last else {
            let rest = lines.filter { ReplyParser.content(of: $0, after: ReplyParser.saying) == nil && !$0.isEmpty }
            if rest.count == 1, let found = match(rest[0], candidates) {
                return Reading(outcome: .repaired, candidate: found.candidate)
            }
            return reply.finish == .length
                ? Reading(outcome: .truncated, problem: "it was cut off before a line 'Action: …'")
                : Reading(outcome: .malformed, problem: "it has no line 'Action: …'")
        }
        // A number or words that the reply's end has cut off would be another action's.
        if reply.finish == .length,
            lines.last.map({ ReplyParser.content(of: $0, after: ReplyParser.answer) != nil })
                ?? false, ReplyParser.exact(last, candidates) == nil
        {
            return Reading(outcome: .truncated, problem: "it was cut off in its answer")
        }
        guard let found = match(last, candidates) else {
            let shown = String(last.prefix(60))
            return Reading(outcome: .illegal, problem: "'\(shown)' is none of the possible actions")
        }
        guard answers.allSatisfy({ match($0, candidates)?.candidate == found.candidate }) else {
            return Reading(outcome: .malformed, problem: "it has several lines 'Action: …' that differ")
        }
        return Reading(outcome: found.isExact ? .ok : .repaired, candidate: found.candidate)
    }

    // MARK: Matching

    private func match(_ answer: String, _ candidates: [Candidate]) -> (candidate: Int, isExact: Bool)? {
        if let index = ReplyParser.exact(answer, candidates) { return (index, true) }
        let folded = ReplyParser.folded(answer)
        guard !folded.isEmpty else { return nil }
        if let number = Int(folded), let index = candidates.firstIndex(where: { $0.number == number }) {
            return (index, false)
        }
        let fitting = candidates.indices.filter { index in
            let words = ReplyParser.folded(candidates[index].words)
            let number = "\(candidates[index].number)"
            return folded == words
                || [
                    "\(number) \(words)", "\(number): \(words)", "\(number). \(words)", "\(number) (\(words)",
                    "\(number) - \(words)", "\(number)) \(words)", "\(words) (\(number)",
                ].contains(folded)
        }
        return fitting.count == 1 ? (fitting[0], false) : nil
    }

    private static func exact(_ answer: String, _ candidates: [Candidate]) -> Int? {
        if !answer.isEmpty, answer.utf8.allSatisfy({ (48...57).contains($0) }), let number = Int(answer),
            "\(number)" == answer
        {
            return candidates.firstIndex { $0.number == number }
        }
        return candidates.firstIndex { $0.words == answer }
    }

    /// Lower case, single spaces, and without what people put around an answer.
    private static func folded(_ text: String) -> String {
        let around: Set<Character> = ["\"", "'", "`", "*", "(", ")", "[", "]", "<", ">", ".", ",", ";", "!", ":", " "]
        let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
        var rest = words[...]
        while let first = rest.first, around.contains(first) { rest.removeFirst() }
        while let last = rest.last, around.contains(last) { rest.removeLast() }
        return String(rest)
    }

    private static func trimmed(_ line: Substring) -> String {
        var rest = line
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return String(rest)
    }

    /// What follows a line's keyword, without space around it; nil for another line. Stars around the keyword are
    /// Markdown.
    private static func content(of line: String, after keyword: String) -> String? {
        let plain = line.drop { $0 == "*" || $0 == "#" || $0 == " " }
        guard plain.lowercased().hasPrefix(keyword) else { return nil }
        let isMarked = plain.startIndex != line.startIndex
        var rest = plain.dropFirst(keyword.count)
        if isMarked { rest = rest.drop { $0 == "*" } }
        return trimmed(rest)
    }

    /// Nil: reasoning begins and does not end.
    static func withoutReasoning(_ text: String) -> String? {
        var rest = text[...]
        var kept = ""
        while let start = rest.firstRange(of: "<think>") {
            kept += rest[..<start.lowerBound]
            guard let end = rest[start.upperBound...].firstRange(of: "</think>") else { return nil }
            rest = rest[end.upperBound...]
        }
        // Some templates open the reasoning in the prompt, so that the reply has its end alone.
        if kept.isEmpty, let end = rest.firstRange(of: "</think>") { rest = rest[end.upperBound...] }
        return kept + rest
    }
}
