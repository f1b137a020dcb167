/// Where the actions of the next step are written.
public struct ActionRows {
    let layout: EnvironmentLayout
    let tensors: EnvironmentTensors
    /// Nil without communication.
    let channels: Channels?

    /// [head]: choices of a discrete action.
    @inline(__always)
    public func discrete(copy: Int, agent: Int) -> UnsafeMutableBufferPointer<Int32> {
        check(copy, agent)
        precondition(layout.isDiscrete, "the actions are continuous")
        let offset = (copy * layout.agents + agent) * layout.actionSize
        return UnsafeMutableBufferPointer(start: tensors.actions.pointer + offset, count: layout.actionSize)
    }

    /// [component] of a continuous action.
    @inline(__always)
    public func continuous(copy: Int, agent: Int) -> UnsafeMutableBufferPointer<Float> {
        check(copy, agent)
        precondition(!layout.isDiscrete, "the actions are discrete")
        let offset = (copy * layout.agents + agent) * layout.actionSize
        return UnsafeMutableBufferPointer(start: tensors.continuousActions.pointer + offset, count: layout.actionSize)
    }

    /// [copy, agent, head]: all discrete actions.
    public var allDiscrete: UnsafeMutableBufferPointer<Int32> { tensors.actions.elements }
    /// [copy, agent, component]: all continuous actions.
    public var allContinuous: UnsafeMutableBufferPointer<Float> { tensors.continuousActions.elements }

    /// Writes an action that was read from a file: choices, which must be whole numbers, or components.
    func write(_ row: [Double], copy: Int, agent: Int) {
        for (index, value) in row.enumerated() {
            if layout.isDiscrete {
                discrete(copy: copy, agent: agent)[index] = Int32(value)
            } else {
                continuous(copy: copy, agent: agent)[index] = Float(value)
            }
        }
    }

    /// One agent's rows only: what a decentralised policy is handed.
    @inline(__always)
    public func rows(agent: Int) -> AgentActionRows { AgentActionRows(rows: self, agent: agent) }

    @inline(__always)
    private func check(_ copy: Int, _ agent: Int) {
        precondition(
            copy >= 0 && copy < layout.copies && agent >= 0 && agent < layout.agents, "action row out of range")
    }
}

/// One agent's action rows over all copies.
public struct AgentActionRows {
    let rows: ActionRows
    public let agent: Int

    /// [head]: the choices in `copy`.
    @inline(__always)
    public func discrete(_ copy: Int) -> UnsafeMutableBufferPointer<Int32> { rows.discrete(copy: copy, agent: agent) }

    /// [component]: the action in `copy`.
    @inline(__always)
    public func continuous(_ copy: Int) -> UnsafeMutableBufferPointer<Float> {
        rows.continuous(copy: copy, agent: agent)
    }

    public var isDiscrete: Bool { rows.layout.isDiscrete }
    /// [head]: the agent's true number of choices.
    public var choices: [Int] {
        let heads = rows.layout.actionSize
        guard rows.layout.isDiscrete else { return [] }
        return rows.layout.choices[agent * heads..<(agent + 1) * heads].map(Int.init)
    }
    /// [head]: where the head's choices begin in a legal row, and one more for the end.
    public var headOffsets: [Int] { rows.layout.headOffsets }
    /// Bounds of continuous actions.
    public var low: [Float] { rows.layout.actionBounds?.low ?? [] }
    public var high: [Float] { rows.layout.actionBounds?.high ?? [] }
}
