import ArgusEnvAPI

extension Channel {
    /// Sends a text with the next step, if the agent acts there and budgets allow it.
    ///
    /// Line breaks and other control characters become spaces, so that a text stays one line of a prompt or screen.
    func send(_ text: String, copy: Int, agent: Int) -> SendResult {
        guard !texts.isEmpty else { return .dropped(.noChannel) }
        let line = Channel.line(text)
        let row = copy * agents + agent
        var reason: DropReason?
        if !isActing(copy, agent) {
            reason = .notActing
        } else if line.isEmpty {
            reason = .empty
        } else if line.count > layout.communication.characters {
            reason = .tooLong
        } else {
            reason = dropReason(row)
        }
        hasTexts[copy] = 1
        texts[copy].note(
            SentMessage(sender: agent, receivers: layout.receivers[agent], content: .text(line), dropped: reason))
        if let reason {
            add(1, to: .dropped, copy)
            return .dropped(reason)
        }
        spend(row, copy)
        add(line.count, to: .characters, copy)
        texts[copy].handIn(
            CopyTexts.Letter(sender: agent, step: steps[copy], number: Int(sentNow[row]), text: line))
        return .sent
    }

    /// What has arrived for an agent, in the order of sending, that it has not decided with yet.
    func receivedTexts(copy: Int, agent: Int) -> [ReceivedText] {
        texts.isEmpty ? [] : texts[copy].inbox[agent]
    }

    /// What was said in the last step: symbols by agent, then texts in the order of sending.
    func lastMessages(copy: Int) -> [SentMessage] {
        var messages: [SentMessage] = []
        for agent in 0..<agents where lastSymbols[copy * agents + agent] > 0 {
            let row = copy * agents + agent
            messages.append(
                SentMessage(
                    sender: agent, receivers: layout.receivers[agent], content: .symbol(Int(lastSymbols[row])),
                    dropped: lastDropped[row]))
        }
        return messages + (texts.isEmpty ? [] : texts[copy].last)
    }

    func deliverTexts(_ copy: Int, sentAt step: Int) {
        for letter in texts[copy].arriving(sentAt: step) {
            for receiver in layout.receivers[letter.sender] {
                if isLost(copy, letter.step, letter.sender, receiver, message: letter.number) {
                    add(1, to: .lost, copy)
                    continue
                }
                let text = isShuffled ? scrambled(letter, copy, receiver) : letter.text
                texts[copy].receive(ReceivedText(sender: letter.sender, step: letter.step, text: text), receiver)
            }
        }
        if texts[copy].isEmpty { hasTexts[copy] = 0 }
    }

    /// The text with each letter and digit drawn anew.
    private func scrambled(_ letter: CopyTexts.Letter, _ copy: Int, _ receiver: Int) -> String {
        let random = chance(.messageContent, copy, letter.step, letter.sender, receiver)
            .keyed(UInt64(letter.number))
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz")
        return String(
            letter.text.enumerated().map { index, character in
                guard character.isLetter || character.isNumber else { return character }
                let bits = random.bits(UInt64(index))
                return alphabet[Int(bits.multipliedFullWidth(by: UInt64(alphabet.count)).high)]
            })
    }

    private static func line(_ text: String) -> String {
        let isControl = { (scalar: Unicode.Scalar) in
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: true
            // Joiners make letters and pictures of several parts; others hide or turn what stands beside them.
            case .format: scalar.value != 0x200C && scalar.value != 0x200D
            default: false
            }
        }
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { line.append(isControl(scalar) ? " " : scalar) }
        return String(String(line).drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    }
}
