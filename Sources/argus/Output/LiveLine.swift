import ArgusBench
import ArgusHost
import Foundation

/// Progress on standard error: one line that is drawn over on a terminal, elsewhere a plain line now and then.
final class LiveLine {
    /// Seconds between plain lines; what is done sooner says nothing.
    private static let plainInterval = 10.0

    private let terminal = Terminal.of(descriptor: 2)
    private var last: Date
    private var isShown = false

    init() { last = terminal.isTerminal ? .distantPast : Date() }

    /// At most ten times a second.
    func show(_ words: String) {
        let now = Date()
        guard now.timeIntervalSince(last) >= (terminal.isTerminal ? 0.1 : LiveLine.plainInterval) else { return }
        last = now
        guard terminal.isTerminal else {
            StandardStream.error.write("\(words)\n")
            return
        }
        isShown = true
        StandardStream.error.write("\r\u{1B}[2K\(words.prefix(max(10, terminal.width - 1)))")
    }

    func clear() {
        guard isShown else { return }
        isShown = false
        StandardStream.error.write("\r\u{1B}[2K")
    }
}
