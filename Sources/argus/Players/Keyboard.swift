import ArgusBench
import ArgusHost
import Foundation

/// The person at the terminal: what is said to them, and what they type.
final class Keyboard {
    private let output: StandardStream
    /// Columns to write in.
    let width: Int

    /// - Parameter usesErrorOutput: standard output belongs to a document.
    init(usesErrorOutput: Bool) {
        output = usesErrorOutput ? .error : .output
        let terminal = Terminal.of(descriptor: usesErrorOutput ? 2 : 1)
        width = terminal.isTerminal ? min(100, max(40, terminal.width)) : 100
    }

    func say(_ words: String) { write(words + "\n") }

    /// One line, without space around it.
    ///
    /// - Throws: ``ArgusError`` (policy) at the input's end.
    func ask(_ prompt: String, expecting expected: String) throws(ArgusError) -> String {
        write(prompt)
        guard let line = readLine() else {
            write("\n")
            throw ArgusError(
                .policy, "nobody answers", at: "policy 'human'", found: "the end of standard input",
                expected: expected, remedy: "a terminal, or a file with a line for each decision")
        }
        return line.trimmingCharacters(in: .whitespaces)
    }

    private func write(_ text: String) {
        // What was printed before must stand before.
        fflush(nil)
        output.write(text)
    }
}
