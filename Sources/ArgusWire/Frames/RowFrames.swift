public import ArgusEnvAPI

/// The rows of a batch: the frames of a reply to RESET, LOAD and (the first of those) STEP.
public struct RowFrames: FrameSequence, Sendable, Hashable {
    /// What a row frame holds.
    public enum Role: Int, Sendable, Hashable, CaseIterable {
        case observation
        case legal
        case acting
        case terminated
        case reward
        case state
        case ended
        case elapsed
    }

    public let frames: [FrameLayout]
    public let message: String
    public let batch: Int
    /// Index of each role's frame; nil where this environment has none.
    public let observation: Int
    public let legal: Int?
    public let acting: Int
    public let terminated: Int
    public let reward: Int
    public let state: Int?
    public let ended: Int
    public let elapsed: Int

    /// - Parameters: `batch`: copies (LOAD: 1); `wantsLegal`, `wantsState`: false when the request's flags say so: the
    ///   frames are there all the same, and empty.
    public init(
        _ specification: EnvironmentSpecification, batch: Int, wantsLegal: Bool = true, wantsState: Bool = true,
        message: String = "the reply to RESET"
    ) {
        self.batch = batch
        self.message = message
        let agents = specification.agents.count
        let perAgent = [batch, agents]
        let agentAxes = ["copies", "agents"]
        var frames: [FrameLayout] = []
        func add(_ frame: FrameLayout) -> Int {
            frames.append(frame)
            return frames.count - 1
        }
        observation = add(FrameLayout("observation", .f32, perAgent + [specification.observationSize], agentAxes))
        legal =
            if case .discrete = specification.actions {
                add(FrameLayout("legal", .u8, perAgent + [specification.legalSize], agentAxes, isPresent: wantsLegal))
            } else { nil }
        acting = add(FrameLayout("acting", .u8, perAgent, agentAxes))
        terminated = add(FrameLayout("terminated", .u8, perAgent, agentAxes))
        reward = add(
            FrameLayout(
                "reward", .f32, [batch, specification.rewardRows],
                ["copies", specification.rewardScope == .agent ? "agents" : "groups"]))
        state =
            if let state = specification.state {
                add(FrameLayout("state", .f32, [batch, state.size], ["copies"], isPresent: wantsState))
            } else { nil }
        ended = add(FrameLayout("ended", .u8, [batch], ["copies"]))
        elapsed = add(FrameLayout("elapsed", .f32, [batch], ["copies"]))
        self.frames = frames
    }

    /// Index of a role's frame; nil where this environment has none.
    public func index(of role: Role) -> Int? {
        switch role {
        case .observation: observation
        case .legal: legal
        case .acting: acting
        case .terminated: terminated
        case .reward: reward
        case .state: state
        case .ended: ended
        case .elapsed: elapsed
        }
    }
}
