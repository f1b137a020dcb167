import ArgusBench
import Foundation

/// One line on standard error that is drawn over; nothing where there is no terminal.
final class LiveLine {
    private let terminal = Terminal.of(descriptor: 2)
    private var last = Date.distantPast
    private var isShown = false

    /// At most ten times a second.
    func show(_ words: String) {
        guard terminal.isTerminal, Date().timeIntervalSince(last) >= 0.1 else { return }
        last = Date()
        isShown = true
        FileHandle.standardError.write(Data("\r\u{1B}[2K\(words.prefix(max(10, terminal.width - 1)))".utf8))
    }

    func clear() {
        guard isShown else { return }
        isShown = false
        FileHandle.standardError.write(Data("\r\u{1B}[2K".utf8))
    }
}
