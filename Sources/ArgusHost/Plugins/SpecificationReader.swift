import ArgusEnvAPI
import CArgusEnv

/// Reads an instance's specification into Swift, checking everything that the host relies on.
struct SpecificationReader {
    private let c: argus_specification
    private let memory: PluginMemory

    /// - Parameter place: plugin and environment, for messages.
    init(_ pointer: UnsafePointer<argus_specification>, place: String) throws(ArgusError) {
        memory = PluginMemory(place: place)
        c = try memory.value(
            pointer, "argus_specification",
            pointers: [("agents", \.agents), ("groups", \.groups), ("tensors", \.tensors)])
    }

    func read() throws(ArgusError) -> EnvironmentSpecification {
        guard c.agent_count > 0, c.agent_count <= 4096 else {
            throw refused("\(c.agent_count) agents", "1 to 4096")
        }
        guard c.group_count > 0, c.group_count <= c.agent_count else {
            throw refused("\(c.group_count) groups", "1 to \(c.agent_count)")
        }
        let roles = try tensorsByRole()
        let observation = try tensor(roles, UInt32(ARGUS_OBSERVATION), UInt32(ARGUS_F32), UInt32(ARGUS_ROWS_AGENT))
        let heads = try headSizes()
        let actions = try actionSpace(roles, heads)
        let reward = try tensor(roles, UInt32(ARGUS_REWARD), UInt32(ARGUS_F32), nil)
        guard let scope = RewardScope(rawValue: reward.rows), reward.width == 1 else {
            throw refused(
                "a reward tensor with rows \(reward.rows) and width \(reward.width)", "agent or group rows of 1")
        }
        for role in [ARGUS_ACTING, ARGUS_TERMINATED] {
            try requireWidth(1, tensor(roles, UInt32(role), UInt32(ARGUS_U8), UInt32(ARGUS_ROWS_AGENT)))
        }
        try requireWidth(1, tensor(roles, UInt32(ARGUS_ENDED), UInt32(ARGUS_U8), UInt32(ARGUS_ROWS_COPY)))
        try requireWidth(1, tensor(roles, UInt32(ARGUS_ELAPSED), UInt32(ARGUS_F32), UInt32(ARGUS_ROWS_COPY)))
        var state: StateSpecification?
        if roles[UInt32(ARGUS_STATE)] != nil {
            let tensor = try tensor(roles, UInt32(ARGUS_STATE), UInt32(ARGUS_F32), UInt32(ARGUS_ROWS_COPY))
            state = StateSpecification(
                size: Int(tensor.width), bounds: try bounds(tensor),
                segments: try segments(c.state_segments, c.state_segment_count, Int(tensor.width)))
        }
        let agents = try agents(heads, Int(observation.width), actions)
        guard agents.count * Int(observation.width) <= SpecificationReader.largestCopy else {
            throw refused(
                "\(agents.count) observation rows of \(observation.width)",
                "at most \(SpecificationReader.largestCopy) numbers a copy")
        }
        let groups = try memory.texts(c.groups, count: c.group_count, "group names")
        guard Set(groups).count == groups.count else { throw refused("groups named \(groups)", "unique names") }
        var specification = EnvironmentSpecification(
            agents: agents, groups: groups,
            observationSize: Int(observation.width), observationBounds: try bounds(observation),
            observationSegments: try segments(
                c.observation_segments, c.observation_segment_count, Int(observation.width)),
            actions: actions, rewardScope: scope, state: state,
            suggestedHorizon: c.suggested_horizon == 0 ? nil : Int(c.suggested_horizon))
        if let names = c.action_names {
            specification.actionNames = try memory.texts(names, count: UInt32(specification.legalSize), "action names")
        }
        return specification
    }

    /// Numbers that one copy's observations may have: more is a mistake, and memory would not hold many copies.
    static let largestCopy = 1 << 26

    private func refused(_ found: String, _ expected: String) -> ArgusError {
        ArgusError(.plugin, "bad specification", at: memory.place, found: found, expected: expected)
    }

    private func tensorsByRole() throws(ArgusError) -> [UInt32: argus_tensor] {
        var roles: [UInt32: argus_tensor] = [:]
        var last: UInt32 = 0
        for (index, tensor) in try memory.values(c.tensors, count: c.tensor_count, "tensor", pointers: []).enumerated()
        {
            guard tensor.role > last, tensor.role < UInt32(ARGUS_ROLE_COUNT) else {
                throw refused("tensor \(index) with role \(tensor.role)", "each role once, in ascending order")
            }
            last = tensor.role
            roles[tensor.role] = tensor
        }
        let expected = (c.action_heads > 0 ? 8 : 7) + (roles[UInt32(ARGUS_STATE)] == nil ? 0 : 1)
        guard roles.count == expected, (roles[UInt32(ARGUS_LEGAL)] != nil) == (c.action_heads > 0) else {
            throw refused(
                "\(roles.count) tensors",
                "\(expected): observation, action, legal (discrete actions only), acting, terminated, reward, "
                    + "state (optional), ended, elapsed")
        }
        return roles
    }

    private func tensor(
        _ roles: [UInt32: argus_tensor], _ role: UInt32, _ type: UInt32, _ rows: UInt32?
    ) throws(ArgusError) -> argus_tensor {
        guard let tensor = roles[role] else { throw refused("no tensor with role \(role)", "one") }
        guard tensor.dtype == type, rows == nil || tensor.rows == rows, tensor.width > 0, tensor.width <= 1 << 24 else {
            throw refused(
                "the tensor of role \(role) with dtype \(tensor.dtype), rows \(tensor.rows), width \(tensor.width)",
                "dtype \(type)" + (rows.map { ", rows \($0)" } ?? "") + ", a width from 1 to 16777216")
        }
        return tensor
    }

    private func requireWidth(_ width: UInt32, _ tensor: argus_tensor) throws(ArgusError) {
        guard tensor.width == width else {
            throw refused("width \(tensor.width) of the tensor of role \(tensor.role)", "\(width)")
        }
    }

    private func headSizes() throws(ArgusError) -> [Int] {
        guard c.action_heads > 0 else { return [] }
        guard let sizes = c.head_sizes, c.action_heads <= 4096 else {
            throw refused(
                "\(c.action_heads) action heads" + (c.head_sizes == nil ? " without head_sizes" : ""),
                "1 to 4096 heads with the size of each")
        }
        return (0..<Int(c.action_heads)).map { Int(sizes[$0]) }
    }

    private func actionSpace(_ roles: [UInt32: argus_tensor], _ heads: [Int]) throws(ArgusError) -> ActionSpace {
        if heads.isEmpty {
            let tensor = try tensor(roles, UInt32(ARGUS_ACTION), UInt32(ARGUS_F32), UInt32(ARGUS_ROWS_AGENT))
            guard let bounds = try bounds(tensor), (bounds.low + bounds.high).allSatisfy(\.isFinite) else {
                throw refused("continuous actions without bounds", "a finite low and high for each component")
            }
            return .continuous(size: Int(tensor.width), bounds: bounds)
        }
        guard heads.allSatisfy({ $0 > 0 && $0 <= 65536 }) else {
            throw refused("head sizes \(heads)", "each from 1 to 65536")
        }
        let tensor = try tensor(roles, UInt32(ARGUS_ACTION), UInt32(ARGUS_I32), UInt32(ARGUS_ROWS_AGENT))
        try requireWidth(UInt32(heads.count), tensor)
        let legal = try self.tensor(roles, UInt32(ARGUS_LEGAL), UInt32(ARGUS_U8), UInt32(ARGUS_ROWS_AGENT))
        try requireWidth(UInt32(heads.reduce(0, +)), legal)
        return .discrete(heads: heads)
    }

    private func agents(
        _ heads: [Int], _ observationSize: Int, _ actions: ActionSpace
    ) throws(ArgusError) -> [AgentSpecification] {
        var agents: [AgentSpecification] = []
        let list = try memory.values(
            c.agents, count: c.agent_count, "agent", pointers: [("name", \.name), ("role", \.role)])
        for (index, agent) in list.enumerated() {
            let name = String(cString: agent.name)
            let role = String(cString: agent.role)
            let letters = name.utf8.allSatisfy {
                DescriptorReader.isLowercaseLetterOrDigit($0) || $0 == UInt8(ascii: "_")
                    || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0)
            }
            guard !name.isEmpty, letters, !agents.contains(where: { $0.name == name }) else {
                throw refused("agent \(index) named '\(name)'", "a unique name of letters, digits and '_'")
            }
            guard agent.group < c.group_count, agent.observation_size <= UInt32(observationSize) else {
                throw refused(
                    "agent '\(name)' with group \(agent.group) and observation size \(agent.observation_size)",
                    "a group below \(c.group_count) and a size up to \(observationSize)")
            }
            var sizes: [Int]
            if heads.isEmpty {
                sizes = [Int(agent.action_size)]
                guard sizes[0] <= actions.rowSize else {
                    throw refused("agent '\(name)' with action size \(sizes[0])", "at most \(actions.rowSize)")
                }
            } else {
                guard let own = agent.head_sizes else {
                    throw refused("agent '\(name)' without head sizes", "\(heads.count) head sizes")
                }
                sizes = (0..<heads.count).map { Int(own[$0]) }
                guard zip(sizes, heads).allSatisfy({ $0 <= $1 }) else {
                    throw refused("agent '\(name)' with head sizes \(sizes)", "at most \(heads)")
                }
            }
            let observed = Int(agent.observation_size)
            if let other = agents.first(where: { $0.role == role }),
                other.observationSize != observed || other.actionSizes != sizes
            {
                throw refused(
                    "agents '\(other.name)' and '\(name)' of the role '\(role)' with different sizes",
                    "the same sizes in one role")
            }
            agents.append(
                AgentSpecification(
                    name: name, role: role, group: Int(agent.group), observationSize: observed, actionSizes: sizes))
        }
        return agents
    }

    private func bounds(_ tensor: argus_tensor) throws(ArgusError) -> Bounds? {
        guard (tensor.low == nil) == (tensor.high == nil) else {
            throw refused("one bound alone for role \(tensor.role)", "both low and high, or neither")
        }
        guard let low = tensor.low, let high = tensor.high else { return nil }
        let bounds = Bounds(
            low: Array(UnsafeBufferPointer(start: low, count: Int(tensor.width))),
            high: Array(UnsafeBufferPointer(start: high, count: Int(tensor.width))))
        if let index = bounds.low.indices.first(where: { !(bounds.low[$0] <= bounds.high[$0]) }) {
            throw refused(
                "bounds \(bounds.low[index]) and \(bounds.high[index]) of component \(index), role \(tensor.role)",
                "low <= high")
        }
        return bounds
    }

    private func segments(
        _ list: UnsafePointer<argus_segment>?, _ count: UInt32, _ width: Int
    ) throws(ArgusError) -> [Segment] {
        guard list != nil else { return [] }
        var segments: [Segment] = []
        var end = 0
        let found = try memory.values(
            list, count: count, "segment", pointers: [("name", \.name), ("description", \.description)])
        for (index, segment) in found.enumerated() {
            guard Int(segment.offset) == end, Int(segment.offset) + Int(segment.count) <= width else {
                throw refused("segment \(index) at \(segment.offset)", "segments that cover 0..<\(width) in order")
            }
            end += Int(segment.count)
            segments.append(
                Segment(
                    String(cString: segment.name), offset: Int(segment.offset), count: Int(segment.count),
                    String(cString: segment.description)))
        }
        guard segments.isEmpty || end == width else {
            throw refused("segments that end at \(end)", "segments that cover 0..<\(width)")
        }
        return segments
    }
}
