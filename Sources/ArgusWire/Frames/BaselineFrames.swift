public import ArgusEnvAPI

/// The frames of BASELINE and of its reply.
public struct BaselineFrames: Sendable, Hashable {
    public struct Request: FrameSequence, Sendable, Hashable {
        public let frames: [FrameLayout]
        public let message = "BASELINE"
    }

    public struct Reply: FrameSequence, Sendable, Hashable {
        public let frames: [FrameLayout]
        public let message = "the reply to BASELINE"
    }

    /// One that sees the state: `agents` (1 for those that it decides for). A local one: `observation`, `legal` (empty:
    /// all legal), `memory`.
    public let request: Request
    /// `actions`; of a local one also `memory`.
    public let reply: Reply

    /// Of a baseline that sees the state, for all agents of one copy.
    public init(joint specification: EnvironmentSpecification) {
        let agents = specification.agents.count
        request = Request(frames: [FrameLayout("agents", .u8, [agents], ["agents"])])
        reply = Reply(frames: [FrameLayout.action(specification, [agents], ["agents"], name: "actions")])
    }

    /// Of a local baseline, for `rows` agents.
    public init(local specification: EnvironmentSpecification, rows: Int, memorySize: Int) {
        let memory = FrameLayout("memory", .u8, [rows, memorySize], ["agents"])
        request = Request(frames: [
            FrameLayout("observation", .f32, [rows, specification.observationSize], ["agents"]),
            FrameLayout("legal", .u8, [rows, specification.legalSize], ["agents"], mayBeEmpty: true),
            memory,
        ])
        reply = Reply(frames: [FrameLayout.action(specification, [rows], ["agents"], name: "actions"), memory])
    }
}
