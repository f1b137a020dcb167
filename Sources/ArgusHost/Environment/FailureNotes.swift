/// Shows why episodes failed: each reason once, and not without end.
///
/// Failed episodes are no error: they are counted, and the work goes on. But a person should see why.
public final class FailureNotes {
    private var seen: Set<String> = []
    private var count = 0
    private let show: (String) -> Void

    /// Different reasons that are shown.
    private static let limit = 20

    /// - Parameter show: by default writes a warning to standard error.
    public init(show: @escaping (String) -> Void = Warning.show) { self.show = show }

    func note(_ words: String) {
        guard count < FailureNotes.limit, seen.insert(words).inserted else { return }
        count += 1
        show(words)
        if count == FailureNotes.limit { show("further reasons are not shown") }
    }
}
