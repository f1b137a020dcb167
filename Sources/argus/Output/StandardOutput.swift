import ArgusBench
import ArgusHost
import Foundation

/// Tables, headings and JSON on standard output.
enum StandardOutput {
    /// Where there is no terminal, tables are this wide.
    static let plainWidth = 100

    static var terminal: Terminal { .of(descriptor: 1) }

    static var width: Int {
        let terminal = terminal
        return terminal.isTerminal ? max(40, terminal.width) : plainWidth
    }

    static func bold(_ text: String) -> String { terminal.hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }

    static func print(_ table: TextTable, indentation: Int = 0) {
        let space = String(repeating: " ", count: indentation)
        for line in table.lines(width: width - indentation, heading: bold) { Swift.print(space + line) }
    }

    /// A heading with an empty line above it.
    static func heading(_ text: String) { Swift.print("\n" + bold(text)) }

    static func paragraph(_ text: String, indentation: Int = 0) {
        let space = String(repeating: " ", count: indentation)
        for line in WrappedText.lines(text, width: width - indentation) {
            Swift.print(line.isEmpty ? "" : space + line)
        }
    }

    /// Many values as one JSON document, keys sorted.
    static func printJSON(_ value: some Encodable) throws(ArgusError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            throw ArgusError(
                .output, "cannot encode as JSON", at: "standard output", found: "a number that JSON has not",
                expected: "finite numbers")
        }
        Swift.print(String(decoding: data, as: UTF8.self))
    }
}
