public import ArgusZeroMQ
import Synchronization

/// Says which clients were not let in; a client that tries again and again is named once in a while.
public final class RefusalNotes: Sendable {
    private let lastShown = Mutex<[String: ContinuousClock.Instant]>([:])
    private let place: String
    private static let interval = Duration.seconds(10)
    /// So many different clients are remembered.
    private static let most = 1000

    /// - Parameter place: whose clients they are.
    public init(place: String) { self.place = place }

    public func note(_ refusal: Refusal) {
        let words = "\(refusal)"
        let isNew = lastShown.withLock { lastShown in
            let now = ContinuousClock.now
            if let last = lastShown[words], now - last < RefusalNotes.interval { return false }
            if lastShown.count >= RefusalNotes.most { lastShown = [:] }
            lastShown[words] = now
            return true
        }
        if isNew { Warning.show("\(place): \(words)") }
    }
}
