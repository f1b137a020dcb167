import ArgusEnvAPI
import ArgusHost

/// A text with slots such as `{{rules}}`, every one of which is known.
struct TemplateText: Sendable, Hashable {
    private enum Piece: Sendable, Hashable {
        case words(String)
        case slot(String)
    }

    /// What stands between blank lines.
    private var paragraphs: [[Piece]] = []

    /// - Parameters: `slots`: those that may stand here; `needs`: those that must.
    /// - Throws: ``ArgusError`` (configuration) with the place of the text.
    init(_ value: YAMLValue, slots: [String], needs: [String]) throws(ArgusError) {
        var text = try value.string()
        while text.last?.isNewline ?? false { text.removeLast() }
        var used: Set<String> = []
        for paragraph in TemplateText.paragraphs(of: text) {
            var pieces: [Piece] = []
            var rest = paragraph[...]
            while let open = rest.firstRange(of: "{{") {
                guard let close = rest[open.upperBound...].firstRange(of: "}}") else {
                    throw value.error(
                        "unfinished slot", found: "'\(rest[open.lowerBound...].prefix(30))'", expected: "a closing '}}'"
                    )
                }
                let name = rest[open.upperBound..<close.lowerBound].filter { $0 != " " }
                guard slots.contains(name) else {
                    throw value.error(
                        "unknown slot", found: "'{{\(name)}}'", expected: "one of \(slots.joined(separator: ", "))",
                        remedy: nearestName(to: name, in: slots).map { "'{{\($0)}}'" })
                }
                if open.lowerBound != rest.startIndex { pieces.append(.words(String(rest[..<open.lowerBound]))) }
                pieces.append(.slot(name))
                used.insert(name)
                rest = rest[close.upperBound...]
            }
            if !rest.isEmpty { pieces.append(.words(String(rest))) }
            paragraphs.append(pieces)
        }
        for name in needs where !used.contains(name) {
            throw value.error("missing slot", found: "none '{{\(name)}}'", expected: "it somewhere in the text")
        }
    }

    /// The text with the slots' contents, which may hold anything. A paragraph with an empty slot is left out.
    ///
    /// - Parameter values: A slot that has none is empty.
    func filled(_ values: [String: String]) -> String {
        var parts: [String] = []
        for pieces in paragraphs {
            var text = ""
            var isLeftOut = false
            for piece in pieces {
                switch piece {
                case .words(let words): text += words
                case .slot(let name):
                    let value = values[name] ?? ""
                    isLeftOut = isLeftOut || value.isEmpty
                    text += value
                }
            }
            if !isLeftOut { parts.append(text) }
        }
        return parts.joined(separator: "\n\n")
    }

    private static func paragraphs(of text: String) -> [String] {
        var paragraphs: [[Substring]] = [[]]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.allSatisfy(\.isWhitespace) {
                if !(paragraphs.last?.isEmpty ?? true) { paragraphs.append([]) }
            } else {
                paragraphs[paragraphs.count - 1].append(line)
            }
        }
        return paragraphs.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
    }
}
