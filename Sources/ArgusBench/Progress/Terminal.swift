public import Foundation
import Glibc

/// What standard output or standard error is connected to.
public struct Terminal: Sendable, Hashable {
    /// Whether lines can be drawn over.
    public var isTerminal: Bool
    /// Characters a line.
    public var width: Int
    /// Whether colour and bold are wanted.
    public var hasColour: Bool

    public init(isTerminal: Bool, width: Int, hasColour: Bool) {
        self.isTerminal = isTerminal
        self.width = width
        self.hasColour = hasColour
    }

    /// Text for a file or a pipe: as wide as it gets, without colour.
    public static let plain = Terminal(isTerminal: false, width: .max, hasColour: false)

    /// - Parameter descriptor: 1 or 2.
    public static func of(
        descriptor: Int32, environment: [String: String] = ProcessInfo.processInfo.environment
    ) -> Terminal {
        guard isatty(descriptor) == 1, environment["TERM"] != "dumb" else { return plain }
        var size = winsize()
        let isKnown = ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
        let noColour = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
        return Terminal(isTerminal: true, width: isKnown ? Int(size.ws_col) : 80, hasColour: !noColour)
    }

    func bold(_ text: String) -> String { hasColour ? "\u{1B}[1m\(text)\u{1B}[0m" : text }
    func red(_ text: String) -> String { hasColour ? "\u{1B}[31m\(text)\u{1B}[0m" : text }
}

extension Terminal {
    /// Writes to a descriptor, all of it; an output that nobody reads any more is no error.
    static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return }
            bytes = bytes.dropFirst(count)
        }
    }
}
