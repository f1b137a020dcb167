import ArgusHost

/// Widths of an episode's rows.
struct EpisodeLayout: Sendable, Hashable {
    let agents: Int
    let observationSize: Int
    /// Of a native state; 0 where observations, one after the other, are the state: they are not stored twice.
    let stateSize: Int
    /// 0 where every choice is legal.
    let legalSize: Int
    let heads: Int

    init(_ environment: VectorEnvironment, heads: Int) {
        let specification = environment.specification
        agents = specification.agents.count
        observationSize = specification.observationSize
        stateSize = environment.scenario.state == .native ? environment.central.size : 0
        legalSize = environment.usesMasks ? specification.legalSize : 0
        self.heads = heads
    }

    /// Bytes of `steps` steps and the row after the last.
    func bytes(steps: Int) -> Int {
        let row = agents * (4 * observationSize + legalSize + 1) + 4 * stateSize
        return (steps + 1) * row + steps * (agents * (4 * heads + 4) + 4)
    }
}

/// What an agent is about at a step.
enum AgentStatus {
    /// Out for the rest of the episode.
    static let out: UInt8 = 0
    /// Not deciding now; it will again.
    static let waiting: UInt8 = 1
    static let acting: UInt8 = 2
}

/// One episode as it was played: `steps` steps, and what was seen after the last.
///
/// Layout [step, agent, …]. Observations are as the environment gave them; how a network sees them is made when they are
/// used.
struct Episode: Hashable {
    var steps = 0
    /// `terminated` or `truncated`; `running` while it is being played.
    var end = EpisodeEnd.running
    /// [steps + 1, agent, component]
    var observations: [Float] = []
    /// [steps + 1, component], native states; else empty.
    var states: [Float] = []
    /// [steps + 1, agent, choice]; empty where every choice is legal.
    var legal: [UInt8] = []
    /// [steps + 1, agent]: ``AgentStatus``
    var status: [UInt8] = []
    /// [steps, agent, head]
    var choices: [Int32] = []
    /// [steps, agent]
    var rewards: [Float] = []
    /// [steps]
    var elapsed: [Float] = []

    /// The same in memory of exactly its size.
    var compacted: Episode {
        func exact<Element>(_ values: [Element]) -> [Element] { values.withUnsafeBufferPointer { Array($0) } }
        return Episode(
            steps: steps, end: end, observations: exact(observations), states: exact(states), legal: exact(legal),
            status: exact(status), choices: exact(choices), rewards: exact(rewards), elapsed: exact(elapsed))
    }

    /// Forgets everything and keeps the memory.
    mutating func clear() {
        steps = 0
        end = .running
        observations.removeAll(keepingCapacity: true)
        states.removeAll(keepingCapacity: true)
        legal.removeAll(keepingCapacity: true)
        status.removeAll(keepingCapacity: true)
        choices.removeAll(keepingCapacity: true)
        rewards.removeAll(keepingCapacity: true)
        elapsed.removeAll(keepingCapacity: true)
    }
}

// MARK: Bytes

extension Episode {
    /// Layout, little-endian: u32 steps, u32 end, then the arrays in the order of their declaration.
    func append(to bytes: inout [UInt8]) {
        for word in [UInt32(steps), UInt32(end.rawValue)] {
            withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
        }
        observations.withUnsafeBytes { bytes.append(contentsOf: $0) }
        states.withUnsafeBytes { bytes.append(contentsOf: $0) }
        legal.withUnsafeBytes { bytes.append(contentsOf: $0) }
        status.withUnsafeBytes { bytes.append(contentsOf: $0) }
        choices.withUnsafeBytes { bytes.append(contentsOf: $0) }
        rewards.withUnsafeBytes { bytes.append(contentsOf: $0) }
        elapsed.withUnsafeBytes { bytes.append(contentsOf: $0) }
    }

    /// Reads what ``append(to:)`` wrote, from `offset`, which is moved behind it; nil when the bytes are no episode of
    /// this layout.
    init?(_ bytes: [UInt8], at offset: inout Int, _ layout: EpisodeLayout) {
        func word(_ place: Int) -> UInt32 {
            bytes[place..<place + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) }
        }
        guard offset + 8 <= bytes.count else { return nil }
        steps = Int(word(offset))
        guard let raw = UInt8(exactly: word(offset + 4)), let end = EpisodeEnd(rawValue: raw) else { return nil }
        self.end = end
        offset += 8
        // Divided, since a damaged number of steps may be too large to multiply.
        let most = (bytes.count - offset) / max(1, layout.bytes(steps: 1) - layout.bytes(steps: 0))
        guard steps <= most, offset + layout.bytes(steps: steps) <= bytes.count else { return nil }
        func array<Element: BitwiseCopyable>(_ count: Int, _ zero: Element) -> [Element] {
            var result = [Element](repeating: zero, count: count)
            result.withUnsafeMutableBytes { target in
                bytes.withUnsafeBytes { target.copyMemory(from: .init(rebasing: $0[offset..<offset + target.count])) }
            }
            offset += count * MemoryLayout<Element>.stride
            return result
        }
        let agents = layout.agents
        observations = array((steps + 1) * agents * layout.observationSize, 0)
        states = array((steps + 1) * layout.stateSize, 0)
        legal = array((steps + 1) * agents * layout.legalSize, 0)
        status = array((steps + 1) * agents, 0)
        choices = array(steps * agents * layout.heads, 0)
        rewards = array(steps * agents, 0)
        elapsed = array(steps, 0)
    }
}
