/// The messages of one decision, and what had to be left out.
public struct Prompt: Sendable, Hashable {
    public var messages: [ChatMessage]
    /// What was cut to stay within the budgets, such as `history: 1 of 2 entries`; empty: nothing.
    public var cuts: [String]
}

extension PromptTemplate {
    /// The prompt of one decision.
    ///
    /// Sections are cut to their budgets, then to the total: the oldest history first, then the oldest messages, then the
    /// end of the situation, then the end of the rules; never the actions. The same view gives the same prompt.
    ///
    /// - Parameter count: Tokens of a text.
    public func prompt(for view: DecisionView, mode: ActingMode, count: (String) -> Int) -> Prompt {
        var sections = PromptSections(view, self, count)
        func messages(_ sections: PromptSections) -> [ChatMessage] {
            let system = system.filled([
                "agent": view.agent, "rules": sections.rules, "format": formats[mode] ?? "",
                "sending": view.messageCharacters.map { sending.filled(["characters": "\($0)"]) } ?? "",
            ])
            let user = user.filled([
                "agent": view.agent, "situation": sections.situation, "actions": sections.actions,
                "history": sections.history.joined(separator: "\n"),
                "messages": sections.inbox.joined(separator: "\n"),
            ])
            return [ChatMessage(.system, system), ChatMessage(.user, user)]
        }
        var made = messages(sections)
        while made.reduce(0, { $0 + count($1.content) }) > budgets.total {
            let over = made.reduce(0) { $0 + count($1.content) } - budgets.total
            guard sections.cut(over, count) else { break }
            made = messages(sections)
        }
        return Prompt(messages: made, cuts: sections.cuts)
    }
}

/// The sections of one prompt on their way into their budgets.
private struct PromptSections {
    var rules: String
    var situation: String
    var history: [String]
    var inbox: [String]
    let actions: String
    private let full: (rules: String, situation: String, history: Int, inbox: Int)

    init(_ view: DecisionView, _ template: PromptTemplate, _ count: (String) -> Int) {
        full = (view.rules, view.situation, view.history.count, view.inbox.count)
        rules = PromptSections.beginning(of: view.rules, tokens: template.budgets.rules, count)
        situation = PromptSections.beginning(of: view.situation, tokens: template.budgets.situation, count)
        history = view.history.map {
            template.historyLine.filled(["situation": $0.situation, "action": $0.action])
        }
        inbox = view.inbox.map { template.messageLine.filled(["from": $0.from, "text": $0.text]) }
        actions = view.actions.map {
            template.actionLine.filled(["number": "\($0.number)", "words": $0.words])
        }.joined(separator: "\n")
        while !history.isEmpty, count(history.joined(separator: "\n")) > template.budgets.history {
            history.removeFirst()
        }
        while !inbox.isEmpty, count(inbox.joined(separator: "\n")) > template.budgets.messages { inbox.removeFirst() }
    }

    /// Takes something away that is of the least use. False: nothing is left to take.
    mutating func cut(_ tokens: Int, _ count: (String) -> Int) -> Bool {
        if !history.isEmpty {
            history.removeFirst()
        } else if !inbox.isEmpty {
            inbox.removeFirst()
        } else if !situation.isEmpty {
            situation = PromptSections.shorter(situation, by: tokens, count)
        } else if !rules.isEmpty {
            rules = PromptSections.shorter(rules, by: tokens, count)
        } else {
            return false
        }
        return true
    }

    var cuts: [String] {
        var cuts: [String] = []
        if history.count < full.history { cuts.append("history: \(history.count) of \(full.history) entries") }
        if inbox.count < full.inbox { cuts.append("messages: \(inbox.count) of \(full.inbox)") }
        if situation != full.situation { cuts.append("situation: its end") }
        if rules != full.rules { cuts.append("rules: their end") }
        return cuts
    }

    private static func shorter(_ text: String, by tokens: Int, _ count: (String) -> Int) -> String {
        let wanted = count(text) - max(1, tokens)
        return wanted > 0 ? beginning(of: text, tokens: wanted, count) : ""
    }

    /// The longest beginning of whole words within `tokens`, with a mark where it was cut.
    private static func beginning(of text: String, tokens: Int, _ count: (String) -> Int) -> String {
        guard count(text) > tokens else { return text }
        let ends = text.indices.filter { text[$0].isWhitespace }
        var low = 0
        var high = ends.count
        while low < high {
            let middle = (low + high) / 2
            if count(text[..<ends[middle]] + " …") <= tokens { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? text[..<ends[low - 1]] + " …" : ""
    }
}
