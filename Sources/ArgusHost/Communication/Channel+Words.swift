/// The channel in words, for people and language models.
extension Channel {
    private func name(_ agent: Int) -> String { layout.own.agents[agent].name }

    private func list(_ agents: [Int]) -> String {
        let names = agents.map(name)
        guard names.count > 1, let last = names.last else { return names.first ?? "nobody" }
        return names.dropLast().joined(separator: ", ") + " and " + last
    }

    private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

    /// What an agent may say to whom, and what becomes of it.
    ///
    /// - Parameter sendsSymbols: False: for a policy that keeps silent on the channel's head, and may send texts alone.
    func rules(agent: Int, sendsSymbols: Bool) -> String {
        let communication = layout.communication
        var text: [String] = []
        if maySend(agent, sendsSymbols) {
            var kinds: [String] = []
            if symbols > 0 && sendsSymbols {
                kinds.append(symbols == 1 ? "the symbol 1" : "a symbol from 1 to \(symbols)")
            }
            if communication.characters > 0 {
                kinds.append("a text of up to \(counted(communication.characters, "character"))")
            }
            text.append("Each step you may send \(list(layout.receivers[agent])) \(kinds.joined(separator: " or ")).")
            var limits: [String] = []
            if let perStep = communication.perStep { limits.append("\(counted(perStep, "message")) a step") }
            if let perEpisode = communication.perEpisode { limits.append("\(perEpisode) in all") }
            if !limits.isEmpty { text.append("You may send at most \(limits.joined(separator: " and ")).") }
        }
        if !layout.senders[agent].isEmpty {
            let delay = communication.delay == 1 ? "one step" : counted(communication.delay, "step")
            text.append("Messages of \(list(layout.senders[agent])) reach you \(delay) after they were sent")
            text[text.count - 1] += communication.loss > 0 ? ", if they are not lost on the way." : "."
        }
        return text.joined(separator: " ")
    }

    /// Whether an agent has anybody to talk to, and a way to.
    private func maySend(_ agent: Int, _ sendsSymbols: Bool) -> Bool {
        !layout.receivers[agent].isEmpty && (sendsSymbols && symbols > 0 || layout.communication.characters > 0)
    }

    /// What has arrived for an agent, and what it may still send.
    ///
    /// - Parameter sendsSymbols: As in ``rules(agent:sendsSymbols:)``.
    func situation(copy: Int, agent: Int, sendsSymbols: Bool) -> String {
        let row = copy * agents + agent
        var words: [String] = []
        if symbols > 0 {
            for (slot, sender) in layout.senders[agent].enumerated() {
                let symbol = inbox[row * layout.slots + slot]
                if symbol > 0 { words.append("\(name(sender)) sent symbol \(symbol)") }
            }
        }
        for received in receivedTexts(copy: copy, agent: agent) {
            words.append("\(name(received.sender)) wrote \"\(received.text)\"")
        }
        var text = ""
        if !layout.senders[agent].isEmpty {
            text = "Messages: " + (words.isEmpty ? "none" : words.joined(separator: "; ")) + "."
        }
        if layout.communication.perEpisode != nil, maySend(agent, sendsSymbols) {
            text += (text.isEmpty ? "" : " ") + "You may send \(counted(left(row), "more message"))."
        }
        return text
    }

    /// - Parameter choice: of the channel's head.
    func action(choice: Int) -> String { choice == 0 ? "say nothing" : "send symbol \(choice)" }
}
