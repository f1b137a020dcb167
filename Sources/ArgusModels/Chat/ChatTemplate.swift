/// How a conversation becomes the text that an instruction-tuned model was trained on.
public enum ChatTemplate: Sendable, Hashable {
    /// `<|im_start|>ROLE\nTEXT<|im_end|>\n` for each message. A conversation that does not begin with a system message
    /// gets `defaultSystem` as one, if there is any.
    case chatML(defaultSystem: String?)
    /// `<|start_header_id|>ROLE<|end_header_id|>\n\nTEXT<|eot_id|>` for each message, its text without white space
    /// around it; the first one after `beginning`, the token that begins a text.
    case llama3(beginning: String)

    /// A piece of the text: markup, which becomes special tokens, or words, which never do.
    public enum Piece: Sendable, Hashable {
        case markup(String)
        case words(String)

        public var text: String {
            switch self {
            case .markup(let text), .words(let text): text
            }
        }
    }

    /// The pieces of a conversation.
    /// - Parameter addsAnswer: whether the beginning of the assistant's next message follows, which the model completes.
    public func pieces(_ messages: [ChatMessage], addsAnswer: Bool) -> [Piece] {
        var pieces: [Piece] = []
        switch self {
        case .chatML(let defaultSystem):
            func append(_ role: String, _ content: String) {
                pieces += [.markup("<|im_start|>"), .words("\(role)\n\(content)"), .markup("<|im_end|>"), .words("\n")]
            }
            if let first = messages.first, first.role != "system", let defaultSystem { append("system", defaultSystem) }
            for message in messages { append(message.role, message.content) }
            if addsAnswer { pieces += [.markup("<|im_start|>"), .words("assistant\n")] }
        case .llama3(let beginning):
            for (index, message) in messages.enumerated() {
                if index == 0 { pieces.append(.markup(beginning)) }
                pieces += [
                    .markup("<|start_header_id|>"), .words(message.role), .markup("<|end_header_id|>"),
                    .words("\n\n\(Self.trimmed(message.content))"), .markup("<|eot_id|>"),
                ]
            }
            if addsAnswer {
                pieces += [
                    .markup("<|start_header_id|>"), .words("assistant"), .markup("<|end_header_id|>"), .words("\n\n"),
                ]
            }
        }
        return pieces
    }

    /// The whole text of a conversation.
    public func text(_ messages: [ChatMessage], addsAnswer: Bool) -> String {
        pieces(messages, addsAnswer: addsAnswer).map(\.text).joined()
    }

    /// The tokens of a conversation. What messages say never becomes a special token, whatever is in it.
    public func tokens(_ messages: [ChatMessage], addsAnswer: Bool, _ tokenizer: Tokenizer) -> [Int] {
        var tokens: [Int] = []
        var words = ""
        // Neighbouring words are one text: tokens may reach over their border.
        for piece in pieces(messages, addsAnswer: addsAnswer) {
            switch piece {
            case .words(let text): words += text
            case .markup(let text):
                tokens += tokenizer.encode(words, parsesSpecialTokens: false)
                words = ""
                tokens += tokenizer.encode(text)
            }
        }
        return tokens + tokenizer.encode(words, parsesSpecialTokens: false)
    }

    /// Without what Python's `str.strip` takes away, which templates call.
    private static func trimmed(_ text: String) -> String {
        func isSpace(_ scalar: Unicode.Scalar) -> Bool {
            scalar.properties.isWhitespace || (0x1C...0x1F).contains(scalar.value)
        }
        let scalars = text.unicodeScalars
        guard let first = scalars.firstIndex(where: { !isSpace($0) }),
            let last = scalars.lastIndex(where: { !isSpace($0) })
        else { return "" }
        return String(scalars[first...last])
    }
}
