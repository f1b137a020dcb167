import ArgusEnvAPI

/// What a step of an environment's one copy brought, compared with what was recorded of it.
struct StepComparison {
    let environment: VectorEnvironment
    /// How far numbers may differ; nil: not in a bit.
    let tolerance: Float?

    /// Begins an episode; says so where that fails.
    func begin(seed: UInt64) throws(ArgusError) -> RecordedMismatch? {
        try environment.reset(.list([seed]))
        guard !environment.isActive(0) else { return nil }
        let found = "a reset that failed: \(environment.lastReport ?? "no reason given")"
        return RecordedMismatch(step: 0, quantity: "end", found: found, expected: "an episode")
    }

    /// The observation rows of all agents after the last step, an episode's last ones too.
    var observations: UnsafeBufferPointer<Float> {
        environment.outcome.end(0) == .running
            ? environment.local.observations : UnsafeBufferPointer(environment.outcome.finalObservations.elements)
    }

    /// Where a recorded action has another shape than the environment's: in words.
    func misfit(_ action: RecordedAction) -> (found: String, expected: String)? {
        let size = environment.specification.actions.rowSize
        guard action.row.count == size else {
            return (
                "\(action.row.count) numbers", "\(size), one a \(environment.layout.isDiscrete ? "head" : "component")"
            )
        }
        guard !environment.layout.isDiscrete || action.row.allSatisfy({ Int32(exactly: $0) != nil }) else {
            return ("\(action.row)", "whole numbers")
        }
        return nil
    }

    func write(_ actions: [RecordedAction]) {
        for (agent, action) in actions.enumerated() {
            environment.actions.write(action.row, copy: 0, agent: agent)
        }
    }

    /// The first reward that is not as recorded.
    func rewardMismatch(_ recorded: [Double], step: Int = 1) -> RecordedMismatch? {
        for (agent, value) in recorded.enumerated() {
            if let mismatch = mismatch(environment.outcome.rewards[agent], value, "reward", agent, step: step) {
                return mismatch
            }
        }
        return nil
    }

    /// The first component of the agents' rows that is not as recorded.
    func observationMismatch(
        _ recorded: [[Double]], _ rows: UnsafeBufferPointer<Float>, step: Int = 1
    ) -> RecordedMismatch? {
        let width = environment.specification.observationSize
        for (agent, row) in recorded.enumerated() {
            for (component, value) in row.enumerated() {
                let found = rows[agent * width + component]
                if let mismatch = mismatch(found, value, "observation", agent, component, step: step) {
                    return mismatch
                }
            }
        }
        return nil
    }

    func mismatch(
        _ found: Float, _ recorded: Double, _ quantity: String, _ agent: Int? = nil, _ component: Int? = nil,
        step: Int = 1
    ) -> RecordedMismatch? {
        let expected = Float(recorded)
        let isEqual =
            if let tolerance { abs(found - expected) <= tolerance } else { found.bitPattern == expected.bitPattern }
        guard !isEqual else { return nil }
        return RecordedMismatch(
            step: step, agent: agent, quantity: quantity, component: component, found: "\(found)",
            expected: "\(expected)")
    }
}
