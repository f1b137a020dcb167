import ArgusHost

/// Shows a suite's progress: a block that is drawn over on a terminal, elsewhere a line now and then.
public final class ProgressDisplay {
    /// Seconds between lines where there is no terminal.
    public static let secondsBetweenLines = 10.0

    private let terminal: Terminal
    private let write: (String) -> Void
    private var drawnLines = 0
    private var lastLine: Double?
    private var lastBlock: [String] = []

    /// - Parameter write: Takes text for standard error.
    public init(terminal: Terminal, write: @escaping (String) -> Void) {
        self.terminal = terminal
        self.write = write
    }

    /// Progress on standard error: standard output belongs to the tables.
    public static func standardError() -> ProgressDisplay {
        ProgressDisplay(terminal: .of(descriptor: 2)) { StandardStream.error.write($0) }
    }

    /// Shows where the suite is; cheap to call often.
    public func show(_ progress: SuiteProgress) {
        if terminal.isTerminal {
            let block = ProgressText.block(progress, width: max(20, terminal.width - 1))
            guard block != lastBlock else { return }
            write(erasure() + block.map { $0 + "\n" }.joined())
            drawnLines = block.count
            lastBlock = block
        } else if progress.elapsed - (lastLine ?? 0) >= ProgressDisplay.secondsBetweenLines {
            lastLine = progress.elapsed
            write(ProgressText.line(progress) + "\n")
        }
    }

    /// A line that is drawn over by what comes next; nothing where there is no terminal.
    public func mention(_ line: String) {
        guard terminal.isTerminal else { return }
        write(erasure() + line.prefix(max(20, terminal.width - 1)) + "\n")
        drawnLines = 1
    }

    /// A line that stays, above what is drawn over.
    public func say(_ line: String, isFailure: Bool = false) {
        write(erasure() + (isFailure ? terminal.red(line) : line) + "\n")
    }

    /// Takes the block away.
    public func finish() { write(erasure()) }

    private func erasure() -> String {
        defer {
            drawnLines = 0
            lastBlock = []
        }
        return drawnLines > 0 ? "\u{1B}[\(drawnLines)A\r\u{1B}[J" : ""
    }
}
