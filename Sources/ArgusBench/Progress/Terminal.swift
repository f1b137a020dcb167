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
