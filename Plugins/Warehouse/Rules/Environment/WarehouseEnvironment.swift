public import ArgusEnvAPI

/// The warehouse as an environment of the host: ``WarehouseState`` with names, bounds, words and metrics.
///
/// Agents `robot_0…` of role "robot", one group, reward for each agent. What an episode changes is stored inline or in
/// the state's own memory, so that a step touches nothing that copies share.
public struct WarehouseEnvironment: Environment {
    /// The episode.
    public internal(set) var state: WarehouseState
    let robots: Int
    /// Entries of an action row.
    let heads: Int
    var tally = WarehouseTally()
    /// The baseline `planner`; made when it is first asked, because it needs more memory than the warehouse.
    var planner: PlannerMemory?

    public init(parameters: ParameterValues) throws {
        let game = try WarehouseGame(WarehouseParameters(parameters))
        state = WarehouseState(game)
        robots = game.parameters.robots
        heads = game.actionHeads.count
    }

    public mutating func reset(seed: UInt64) {
        state.reset(seed: seed)
        tally = WarehouseTally()
        planner?.planner.forget()
    }

    public mutating func step(_ actions: Rows<Int32>, _ frame: Frame) {
        if advance(actions, frame.rewards) { frame.end() }
        tally.count(state)
    }

    public func observe(_ frame: Frame) {
        for robot in 0..<robots {
            state.observe(robot, into: frame.observations[robot].pointer)
            if let legal = frame.legal { state.writeLegalActions(of: robot, into: legal[robot].pointer) }
        }
        if let row = frame.state { state.writeState(into: row.pointer) }
    }

    /// The step itself, on the host's memory if its rows lie side by side, as they mostly do.
    @inline(__always)
    private mutating func advance(_ actions: Rows<Int32>, _ rewards: Rows<Float>) -> Bool {
        let size = MemoryLayout<Int32>.stride
        if actions.stride == heads &* size, rewards.stride == size {
            return state.step(actions[0].pointer, rewards: rewards[0].pointer)
        }
        return advanceApart(actions, rewards)
    }

    @inline(never)
    private mutating func advanceApart(_ actions: Rows<Int32>, _ rewards: Rows<Float>) -> Bool {
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: robots * heads) { chosen in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: robots) { earned in
                guard let chosenBase = chosen.baseAddress, let earnedBase = earned.baseAddress else { return false }
                for robot in 0..<robots {
                    for head in 0..<heads { chosenBase[robot * heads + head] = actions[robot][head] }
                }
                let hasEnded = state.step(chosenBase, rewards: earnedBase)
                for robot in 0..<robots { rewards[first: robot] = earnedBase[robot] }
                return hasEnded
            }
        }
    }
}

extension WarehouseParameters {
    /// Parameters as a scenario names them.
    ///
    /// - Throws: ``RulesError`` for a layout that is none.
    init(_ values: ParameterValues) throws {
        let inactivity = try values.integer("max_inactivity")
        self.init(
            floor: try Floor(
                layout: values.string("layout"), columnHeight: values.integer("column_height")),
            robots: try values.integer("agents"),
            requests: try values.integer("requests"),
            sensorRange: try values.integer("sensor_range"),
            messageBits: try values.integer("message_bits"),
            reward: Reward(rawValue: try values.string("reward")) ?? .individual,
            maximumInactivity: inactivity == 0 ? nil : inactivity,
            normalisedCoordinates: try values.boolean("normalised_coordinates"))
    }
}
