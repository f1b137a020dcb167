import ArgusHost

/// Plays a vector environment at random and keeps what tests look at.
struct RandomPlay {
    let environment: VectorEnvironment
    private let policies: [RandomPolicy]

    init(_ environment: VectorEnvironment, seed: UInt64 = 3) {
        self.environment = environment
        policies = environment.specification.agents.map { _ in RandomPolicy(seed: seed) }
    }

    func act() throws(ArgusError) {
        for (agent, policy) in policies.enumerated() {
            try policy.act(environment.local.rows(agent: agent), into: environment.actions.rows(agent: agent))
        }
        // Rows that are not acting: any choice in range will do.
        for copy in 0..<environment.copies {
            for agent in policies.indices where !environment.local.rows(agent: agent).isActing(copy) {
                environment.actions.discrete(copy: copy, agent: agent).update(repeating: 0)
            }
        }
    }

    func step() throws(ArgusError) {
        try act()
        try environment.step()
    }

    /// A copy's part of a buffer with one part a copy.
    func part<Element>(_ buffer: UnsafeBufferPointer<Element>, _ copy: Int) -> [Element] {
        let size = buffer.count / environment.copies
        return Array(buffer[copy * size..<(copy + 1) * size])
    }

    func part<Element>(_ buffer: AlignedBuffer<Element>, _ copy: Int) -> [Element] {
        part(UnsafeBufferPointer(buffer.elements), copy)
    }
}

/// The ``ArgusError`` that `body` throws, or nil.
func argusError(_ body: () throws -> Void) -> ArgusError? {
    do {
        try body()
        return nil
    } catch {
        return error as? ArgusError
    }
}
