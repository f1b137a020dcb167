import ArgusEnvAPI

/// Where what stands in an expert's observation row, and how numbers are rounded there.
///
/// Everything that is observed is rounded in the row itself; a text can so tell it exactly. Scores are the exception: words
/// tell them up to `scoreQuantum`.
struct ServiceLayout: Sendable, Hashable {
    /// Lengths of queues are seen up to this many.
    static let longestQueue = 10
    /// Waits are seen up to this many time units …
    static let longestWait = 10
    /// … in so many parts of a unit.
    static let waitParts = 60
    /// Parts of the day that are told apart.
    static let dayParts = 100
    /// Equal words come from scores that are no further apart.
    static let scoreQuantum: Float = 0.1

    let kinds: Int
    let experts: Int
    let showsTime: Bool

    init(_ configuration: ServiceConfiguration) {
        kinds = configuration.kindCount
        experts = configuration.experts
        showsTime = configuration.profile.count > 1
    }

    // Offsets. Free, holding and busy are a one-hot.
    var free: Int { 0 }
    var holding: Int { 1 }
    var busy: Int { 2 }
    var speeds: Int { 3 }
    var resolutions: Int { 3 + kinds }
    var held: Int { 3 + 2 * kinds }
    func length(_ queue: Int) -> Int { 3 + 3 * kinds + queue * (2 + kinds) }
    func wait(_ queue: Int) -> Int { length(queue) + 1 }
    func scores(_ queue: Int) -> Int { length(queue) + 2 }
    func available(_ expert: Int) -> Int { 3 + 3 * kinds + kinds * (2 + kinds) + expert }
    var time: Int { available(experts) }
    var size: Int { time + (showsTime ? 1 : 0) }

    func segments(_ kinds: [ContactKind]) -> [Segment] {
        let names = kinds.map(\.rawValue).joined(separator: ", ")
        var segments = [
            Segment("self", offset: 0, count: 3, "free, holding a contact, busy"),
            Segment("speed", offset: speeds, count: self.kinds, "own speed for \(names); 0: no skill"),
            Segment("resolution", offset: resolutions, count: self.kinds, "own chance to resolve \(names)"),
            Segment("held", offset: held, count: self.kinds, "scores of the own contact for \(names); 1: certain"),
        ]
        for (queue, kind) in kinds.enumerated() {
            segments.append(
                Segment(
                    "queue_\(kind.rawValue)", offset: length(queue), count: 2 + self.kinds,
                    "contacts waiting / \(Self.longestQueue), the first one's wait / \(Self.longestWait) time units, "
                        + "its scores for \(names)"))
        }
        segments.append(
            Segment("available", offset: available(0), count: experts, "each colleague: free; the own place is 0"))
        if showsTime { segments.append(Segment("time", offset: time, count: 1, "part of the day gone by")) }
        return segments
    }

    func bounds(_ configuration: ServiceConfiguration) -> Bounds {
        var bounds = Bounds(0...1, count: size)
        let fastest = configuration.speeds.max() ?? 1
        for kind in 0..<kinds { bounds.high[speeds + kind] = Float(max(1, fastest)) }
        return bounds
    }

    func quanta() -> [Float] {
        var quanta = [Float](repeating: 0, count: size)
        for kind in 0..<kinds {
            quanta[held + kind] = Self.scoreQuantum
            for queue in 0..<kinds { quanta[scores(queue) + kind] = Self.scoreQuantum }
        }
        return quanta
    }
}
