import Foundation

/// What is tried again, and after how long.
struct RetryRule: Sendable {
    /// Seconds before the second attempt; doubled with each further one.
    static let firstPause = 0.5
    static let longestPause = 20.0

    /// Attempts after the first.
    var retries: Int
    /// Seconds that a server may ask us to wait.
    var patience: Double

    static func isRetryable(status: Int) -> Bool { [408, 409, 429].contains(status) || (500...599).contains(status) }

    /// Seconds before the attempt after `attempt` (from 0); nil: no further one.
    ///
    /// - Parameters: `asked`: what the server's Retry-After says, which is kept to and not shortened; `jitter`: 0 to 1,
    ///   so that requests that failed together do not come again together.
    func pause(after attempt: Int, asked: Double?, jitter: Double) -> Double? {
        guard attempt < retries else { return nil }
        if let asked { return asked <= patience ? asked : nil }
        let full = min(RetryRule.longestPause, RetryRule.firstPause * pow(2, Double(attempt)))
        return full * (0.5 + jitter / 2)
    }

    /// Seconds of a Retry-After header: a number, or an HTTP date.
    static func seconds(ofRetryAfter value: String, now: Date) -> Double? {
        let text = value.trimmingCharacters(in: .whitespaces)
        if let seconds = Double(text), seconds >= 0, seconds.isFinite { return seconds }
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return format.date(from: text).map { max(0, $0.timeIntervalSince(now)) }
    }
}
