public import ArgusEnvAPI

/// The planner of one copy with what it remembers of the episode; in a box because it is large and rarely there.
final class PlannerMemory {
    var planner: CooperativePlanner

    init(_ planner: CooperativePlanner) { self.planner = planner }
}

/// The scripted policies: one for the team from the state, one for each robot from its own observation.
extension WarehouseEnvironment {
    public static let baselines = [
        BaselineDescriptor(
            name: "planner",
            description: "sees all: assigns shelves so that deliveries come soonest, and plans ways that do not meet",
            seesState: true),
        BaselineDescriptor(
            name: "courier",
            description: "looks for requested shelves on rounds, delivers and returns them, and drives around others",
            seesState: false, memorySize: MemoryLayout<CourierMemory>.size),
    ]

    /// `planner`, the only baseline that sees the state. It plans for all robots, also those that others steer.
    public mutating func actJointly(baseline: Int, agents: Row<UInt8>, actions: Rows<Int32>) {
        if planner == nil {
            planner = PlannerMemory(CooperativePlanner(state.game))
        } else if !isKnownUniquelyReferenced(&planner), let shared = planner {
            // A copy of this environment must not remember what this one does.
            planner = PlannerMemory(shared.planner)
        }
        guard let memory = planner else { return }
        withUnsafeTemporaryAllocation(of: Int32.self, capacity: robots * heads) { chosen in
            guard let base = chosen.baseAddress else { return }
            memory.planner.act(on: state, into: base)
            for robot in 0..<robots where agents[robot] != 0 {
                for head in 0..<heads { actions[robot][head] = base[robot * heads + head] }
            }
        }
    }

    /// `courier`, from the robot's own observation row alone.
    public func actLocally(
        baseline: Int, agent: Int, observation: UnsafeBufferPointer<Float>, legal: UnsafeBufferPointer<UInt8>?,
        memory: UnsafeMutableRawBufferPointer, action: Row<Int32>
    ) {
        // The host's bytes need not be aligned.
        let isRemembering = memory.count >= MemoryLayout<CourierMemory>.size
        let remembered = isRemembering ? memory.loadUnaligned(as: CourierMemory.self) : CourierMemory()
        let chosen = LocalCourier.act(RobotView(state.game, observation), robot: agent, memory: remembered)
        if isRemembering { memory.storeBytes(of: chosen.memory, as: CourierMemory.self) }
        action.fill(0)
        // A move that the mask knows to be in vain is not made.
        let move = Int(chosen.action.rawValue)
        if legal.map({ $0[move] != 0 }) ?? true { action[0] = Int32(move) }
    }
}
