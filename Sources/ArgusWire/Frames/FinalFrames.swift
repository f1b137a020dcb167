public import ArgusEnvAPI

/// The final rows that a reply to STEP carries after its rows when n > 0 copies were reset in it.
public struct FinalFrames: Sendable, Hashable {
    /// Frames that they are.
    public let count: Int
    /// Index of each frame, counted from the first final frame; nil where this environment has none.
    public let copies = 0
    public let observation = 1
    public let legal: Int?
    public let acting: Int
    public let state: Int?
    public let metrics: Int
    private let perCopy: [FrameLayout]
    /// Bytes of each frame for one copy.
    public let bytesPerCopy: [Int]

    /// - Parameters: `wantsLegal`, `wantsState`: as in the request's flags; `metrics`: numbers of metrics.
    public init(
        _ specification: EnvironmentSpecification, wantsLegal: Bool = true, wantsState: Bool = true, metrics: Int
    ) {
        let perCopy = FinalFrames.layouts(1, specification, wantsLegal, wantsState, metrics)
        self.perCopy = perCopy
        bytesPerCopy = perCopy.map(\.byteCount)
        count = perCopy.count
        let hasLegal = specification.legalSize > 0
        legal = hasLegal ? 2 : nil
        acting = hasLegal ? 3 : 2
        state = specification.state == nil ? nil : acting + 1
        self.metrics = perCopy.count - 1
    }

    /// The frames for `copies` copies.
    public func frames(copies: Int) -> [FrameLayout] { perCopy.map { $0.repeated(copies) } }

    private static func layouts(
        _ copies: Int, _ specification: EnvironmentSpecification, _ wantsLegal: Bool, _ wantsState: Bool, _ metrics: Int
    ) -> [FrameLayout] {
        let perAgent = [copies, specification.agents.count]
        let axes = ["final copies", "agents"]
        var frames = [
            FrameLayout("final copies", .u32, [copies], axes),
            FrameLayout("final observation", .f32, perAgent + [specification.observationSize], axes),
        ]
        if specification.legalSize > 0 {
            frames.append(
                FrameLayout("final legal", .u8, perAgent + [specification.legalSize], axes, isPresent: wantsLegal))
        }
        frames.append(FrameLayout("final acting", .u8, perAgent, axes))
        if let state = specification.state {
            frames.append(FrameLayout("final state", .f32, [copies, state.size], axes, isPresent: wantsState))
        }
        frames.append(FrameLayout("final metrics", .f64, [copies, metrics], axes))
        return frames
    }

    /// Checks number and sizes of the final frames; allocates nothing when all is right.
    ///
    /// - Parameters: `sizes`: of the frames after the rows, in bytes; `batch`: copies of the instance.
    /// - Returns: the number of final copies, 1 to `batch`.
    @inlinable
    public func check(sizes: some RandomAccessCollection<Int>, batch: Int) throws(WireError) -> Int {
        guard sizes.count == count, let first = sizes.first else { throw wrong(count: sizes.count) }
        let copies = first / 4
        guard copies >= 1, copies <= batch, first % 4 == 0 else { throw wrong(first: first, batch) }
        var index = 0
        for size in sizes {
            guard size == bytesPerCopy[index] * copies else { throw wrong(size: size, index, copies) }
            index += 1
        }
        return copies
    }

    /// Checks the content of the frame `final copies`: ascending and below `batch`.
    public func check(copies bytes: UnsafeRawBufferPointer, batch: Int) throws(WireError) {
        var last = -1
        for offset in stride(from: 0, to: bytes.count - 3, by: 4) {
            let copy = Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            guard copy > last, copy < batch else {
                throw WireError(
                    .invalidRequest,
                    "frame 'final copies' has \(copy) at place \(offset / 4), expected ascending numbers below \(batch)"
                )
            }
            last = copy
        }
    }

    @usableFromInline
    func wrong(count found: Int) -> WireError {
        WireError(
            .invalidRequest,
            "the reply to STEP has \(found) frames after its rows, expected none or \(count): "
                + perCopy.map(\.name).joined(separator: ", "))
    }

    @usableFromInline
    func wrong(first: Int, _ batch: Int) -> WireError {
        WireError(
            .invalidRequest, "frame 'final copies' has \(first) bytes, expected 4 for each of 1 to \(batch) copies")
    }

    @usableFromInline
    func wrong(size: Int, _ index: Int, _ copies: Int) -> WireError { frames(copies: copies)[index].wrong(size: size) }
}
