import ArgusEnvAPI
import ArgusWire

/// The checked header of a message in parts.
func checkedHeader(_ parts: [[UInt8]]) throws(WireError) -> WireHeader {
    let sizes = parts.map(\.count)
    return try withBytes(parts.first ?? []) { bytes throws(WireError) in
        try MessageCheck.header(bytes, sizes: sizes)
    }
}

func withBytes<Result>(
    _ bytes: [UInt8], _ body: (UnsafeRawBufferPointer) throws(WireError) -> Result
) throws(WireError) -> Result {
    try bytes.withUnsafeBufferPointer { buffer throws(WireError) in try body(UnsafeRawBufferPointer(buffer)) }
}

/// Decodes a meta by the message's kind and encodes what was read.
func reencodedMeta(_ header: WireHeader, _ meta: [UInt8]) throws(WireError) -> [UInt8] {
    guard header.status == .done else { return try ErrorReports(bytes: meta).encoded() }
    switch (header.message, header.isReply) {
    case (.hello, _): return try Hello(bytes: meta).encoded()
    case (.welcome, _): return try Welcome(bytes: meta).encoded()
    case (.refuse, _): return try ErrorReport(bytes: meta).encoded()
    case (.log, _): return try LogNotice(bytes: meta).encoded()
    case (.bye, _): return try ByeNotice(bytes: meta).encoded()
    case (.describe, true): return try DescribeReply(bytes: meta).encoded()
    case (.create, false): return try CreateRequest(bytes: meta).encoded()
    case (.save, false), (.load, false): return try CopyRequest(bytes: meta).encoded()
    case (.text, false): return try TextRequest(bytes: meta).encoded()
    case (.render, false): return try RenderRequest(bytes: meta).encoded()
    case (.metrics, false): return try MetricsRequest(bytes: meta).encoded()
    case (.baseline, false): return try BaselineRequest(bytes: meta).encoded()
    case (.join, false): return try JoinRequest(bytes: meta).encoded()
    default:
        _ = try withBytes(meta) { bytes throws(WireError) in try JSONFields(bytes: bytes, "meta") }
        return meta
    }
}

/// What a reader expects of the frames of a golden message.
enum ExpectedFrames {
    case sequence(any FrameSequence)
    case stepReply(StepReply)

    init(_ message: GoldenMessage, _ header: WireHeader) throws {
        let batch = Int(header.batch)
        let name = message.specification
        let failed = header.status.rawValue > 1 || (header.status == .discarded && header.message == .load)
        guard let name, !failed else {
            self = .sequence(NoFrames(header.message))
            return
        }
        let wire = try GoldenFiles.specification(name)
        let specification = wire.specification
        let wantsLegal = message.options.withoutLegal != true
        let wantsState = message.options.withoutState != true
        switch (header.message, header.isReply) {
        case (.reset, false): self = .sequence(ResetFrames(batch: batch))
        case (.reset, true), (.load, true): self = .sequence(RowFrames(specification, batch: batch))
        case (.step, false): self = .sequence(StepFrames(specification, batch: batch))
        case (.step, true):
            self = .stepReply(
                StepReply(
                    specification, batch: batch, wantsLegal: wantsLegal, wantsState: wantsState,
                    metrics: wire.metrics.count))
        case (.create, true): self = .sequence(BytesFrame("specification", message: "the reply to CREATE"))
        case (.save, true): self = .sequence(BytesFrame("state", message: "the reply to SAVE"))
        case (.render, true): self = .sequence(BytesFrame("render", message: "the reply to RENDER"))
        case (.load, false): self = .sequence(LoadFrames())
        case (.text, true):
            let request: TextRequest =
                message.name.contains("actions") ? .actions(copy: 0) : .situation(copy: 0)
            self = .sequence(TextFrames(count: request.count(specification)))
        case (.metrics, true): self = .sequence(MetricFrames(copies: 2, metrics: wire.metrics.count))
        case (.baseline, let isReply):
            let frames =
                message.name.contains("local")
                ? BaselineFrames(local: specification, rows: 2, memorySize: 16) : BaselineFrames(joint: specification)
            self = isReply ? .sequence(frames.reply) : .sequence(frames.request)
        case (.join, false):
            guard case .count(let agents)? = message.options.agents else { throw WireError(.malformed, "no agents") }
            self = .sequence(JoinFrames(agents: agents, withTexts: message.options.texts == true))
        case (.act, let isReply):
            guard case .list(let agents)? = message.options.agents else { throw WireError(.malformed, "no agents") }
            let frames = ActFrames(
                specification, agents: agents, batch: batch, withTexts: message.options.texts == true)
            self = isReply ? .sequence(frames.reply) : .sequence(frames.request)
        default: self = .sequence(NoFrames(header.message))
        }
    }

    /// Checks the sizes of the data frames.
    ///
    /// - Returns: the layouts of all frames.
    func check(_ frames: ArraySlice<[UInt8]>) throws(WireError) -> [FrameLayout] {
        let sizes = frames.map(\.count)
        switch self {
        case .sequence(let sequence):
            try sequence.check(sizes: sizes)
            return sequence.frames
        case .stepReply(let reply):
            let copies = try reply.check(sizes: sizes)
            guard copies > 0 else { return reply.rows.frames }
            try withBytes(frames[frames.startIndex + reply.rows.frames.count]) { bytes throws(WireError) in
                try reply.finals.check(copies: bytes, batch: reply.rows.batch)
            }
            return reply.rows.frames + reply.finals.frames(copies: copies)
        }
    }
}

/// The texts of two frames.
func decodedTexts(_ offsets: [UInt8], _ utf8: [UInt8], count: Int) throws(WireError) -> [String] {
    try withBytes(offsets) { offsets throws(WireError) in
        try withBytes(utf8) { utf8 throws(WireError) in
            try WireTexts.decode(offsets: offsets, utf8: utf8, count: count)
        }
    }
}
