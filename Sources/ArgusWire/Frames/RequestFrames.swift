public import ArgusEnvAPI

/// The frames of RESET.
public struct ResetFrames: FrameSequence, Sendable, Hashable {
    public let frames: [FrameLayout]
    public let message = "RESET"
    public let mask = 0
    public let seeds = 1

    public init(batch: Int) {
        frames = [FrameLayout("mask", .u8, [batch], ["copies"]), FrameLayout("seeds", .u64, [batch], ["copies"])]
    }
}

/// The frames of STEP.
public struct StepFrames: FrameSequence, Sendable, Hashable {
    public let frames: [FrameLayout]
    public let message = "STEP"
    public let plan = 0
    public let action = 1
    /// May be empty when no copy's plan has ``WirePlan/beginNext``.
    public let seeds = 2

    public init(_ specification: EnvironmentSpecification, batch: Int) {
        frames = [
            FrameLayout("plan", .u8, [batch], ["copies"]),
            FrameLayout.action(specification, [batch, specification.agents.count], ["copies", "agents"]),
            FrameLayout("seeds", .u64, [batch], ["copies"], mayBeEmpty: true),
        ]
    }

    /// Checks what the plan says: known bits only, and seeds where an episode may begin.
    ///
    /// - Parameter seedBytes: size of the frame `seeds`.
    public func check(plan bytes: UnsafeRawBufferPointer, seedBytes: Int) throws(WireError) {
        var all: UInt8 = 0
        for byte in bytes { all |= byte }
        guard all < 8 else {
            throw WireError(.invalidRequest, "frame 'plan' of STEP has a value above 7, expected a sum of 1, 2 and 4")
        }
        guard all & WirePlan.beginNext.rawValue == 0 || seedBytes > 0 else {
            throw WireError(
                .invalidRequest, "frame 'seeds' of STEP is empty, expected a seed for each copy, since plan has a 4")
        }
    }
}

extension FrameLayout {
    /// Action rows: i32 [..., heads] or f32 [..., width].
    static func action(
        _ specification: EnvironmentSpecification, _ leading: [Int], _ axes: [String], name: String = "action"
    ) -> FrameLayout {
        switch specification.actions {
        case .discrete(let heads): FrameLayout(name, .i32, leading + [heads.count], axes + ["heads"])
        case .continuous(let size, _): FrameLayout(name, .f32, leading + [size], axes)
        }
    }
}

/// The one frame of a reply to CREATE, SAVE or RENDER, or of a request to JOIN without texts: any bytes.
public struct BytesFrame: FrameSequence, Sendable, Hashable {
    public let frames: [FrameLayout]
    public let message: String

    public init(_ name: String, message: String) {
        frames = [FrameLayout(open: name)]
        self.message = message
    }
}

/// The frames of LOAD: the bytes of a SAVE, and a chance seed or none.
public struct LoadFrames: FrameSequence, Sendable, Hashable {
    public let frames = [FrameLayout(open: "state"), FrameLayout("chance seed", .u64, [1], [], mayBeEmpty: true)]
    public let message = "LOAD"
    public let state = 0
    public let chanceSeed = 1

    public init() {}
}

/// The one frame of a reply to METRICS: f64 [copies, metrics].
public struct MetricFrames: FrameSequence, Sendable, Hashable {
    public let frames: [FrameLayout]
    public let message = "the reply to METRICS"

    public init(copies: Int, metrics: Int) {
        frames = [FrameLayout("metrics", .f64, [copies, metrics], ["copies", "metrics"])]
    }
}

/// The two frames of texts: offsets and UTF-8, see ``WireTexts``.
public struct TextFrames: FrameSequence, Sendable, Hashable {
    public let frames: [FrameLayout]
    public let message: String
    public let offsets = 0
    public let text = 1

    /// - Parameter count: number of texts.
    public init(count: Int, message: String = "the reply to TEXT") {
        frames = [FrameLayout("offsets", .u32, [offsetCount(count)], ["offsets"]), FrameLayout(open: "texts")]
        self.message = message
    }
}
