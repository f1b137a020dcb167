/// Text broken between words into lines of a width.
enum WrappedText {
    /// Keeps the text's own line breaks and the indentation of its lines; a word that is too long stands alone.
    static func lines(_ text: String, width: Int) -> [String] {
        text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .flatMap { wrapped($0, max(1, width)) }
    }

    private static func wrapped(_ paragraph: Substring, _ width: Int) -> [String] {
        let indentation = String(paragraph.prefix { $0 == " " })
        var lines: [String] = []
        var line = indentation
        var isEmpty = true
        for word in paragraph.split(separator: " ") {
            if !isEmpty, line.count + 1 + word.count > width {
                lines.append(line)
                line = indentation
                isEmpty = true
            }
            line += (isEmpty ? "" : " ") + word
            isEmpty = false
        }
        return lines + [line]
    }
}
