/// Messages as one text, for servers that complete texts.
enum ChatText {
    /// - Parameter replyStart: What the reply begins with.
    static func text(_ messages: [ChatMessage], replyStart: String, _ format: LanguageOptions.ChatFormat) -> String {
        switch format {
        case .plain: (messages.map(\.content) + [replyStart]).joined(separator: "\n\n")
        case .chatml:
            messages.map { "<|im_start|>\($0.role.rawValue)\n\($0.content)<|im_end|>\n" }.joined()
                + "<|im_start|>assistant\n\(replyStart)"
        }
    }
}
