public import ArgusEnvAPI

/// The reply to STEP: the rows, then the final rows if a copy was reset.
public struct StepReply: Sendable, Hashable {
    public let rows: RowFrames
    public let finals: FinalFrames

    public init(
        _ specification: EnvironmentSpecification, batch: Int, wantsLegal: Bool = true, wantsState: Bool = true,
        metrics: Int
    ) {
        rows = RowFrames(
            specification, batch: batch, wantsLegal: wantsLegal, wantsState: wantsState,
            message: "the reply to STEP")
        finals = FinalFrames(specification, wantsLegal: wantsLegal, wantsState: wantsState, metrics: metrics)
    }

    /// Checks number and sizes of all frames; allocates nothing when all is right.
    ///
    /// - Returns: the number of final copies, 0 when no copy was reset.
    @inlinable
    public func check(sizes: some RandomAccessCollection<Int>) throws(WireError) -> Int {
        try rows.check(sizes: sizes.prefix(rows.frames.count))
        guard sizes.count > rows.frames.count else { return 0 }
        return try finals.check(sizes: sizes.dropFirst(rows.frames.count), batch: rows.batch)
    }
}
