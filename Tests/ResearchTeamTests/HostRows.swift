import ArgusEnvAPI

/// The rows that a host would own for one copy.
final class HostRows {
    private let agents: Int
    private let observationSize: Int
    private let legalSize: Int
    private let stateSize: Int
    private let observationRows: UnsafeMutablePointer<Float>
    private let legalRows: UnsafeMutablePointer<UInt8>
    private let flags: UnsafeMutablePointer<UInt8>
    private let numbers: UnsafeMutablePointer<Float>
    private let stateRow: UnsafeMutablePointer<Float>
    private let actionRows: UnsafeMutablePointer<Int32>

    init(_ specification: EnvironmentSpecification) {
        agents = specification.agents.count
        observationSize = specification.observationSize
        legalSize = specification.legalSize
        stateSize = specification.state?.size ?? 0
        observationRows = .allocate(capacity: agents * observationSize)
        legalRows = .allocate(capacity: agents * legalSize)
        flags = .allocate(capacity: 2 * agents + 1)
        numbers = .allocate(capacity: 2)
        stateRow = .allocate(capacity: stateSize)
        actionRows = .allocate(capacity: agents)
        // Whatever is not written shows.
        observationRows.initialize(repeating: .nan, count: agents * observationSize)
        legalRows.initialize(repeating: 7, count: agents * legalSize)
        flags.initialize(repeating: 0, count: 2 * agents + 1)
        numbers.initialize(repeating: 0, count: 2)
        stateRow.initialize(repeating: .nan, count: stateSize)
        actionRows.initialize(repeating: 0, count: agents)
    }

    deinit {
        observationRows.deallocate()
        legalRows.deallocate()
        flags.deallocate()
        numbers.deallocate()
        stateRow.deallocate()
        actionRows.deallocate()
    }

    func begin(_ actions: [Int32]) {
        for (agent, action) in actions.enumerated() { actionRows[agent] = action }
        flags.update(repeating: 0, count: 2 * agents + 1)
        numbers.update(repeating: 0, count: 2)
    }

    var actions: Rows<Int32> { Rows(base: actionRows, stride: 4, count: agents, width: 1) }
    var chosen: [Int32] { (0..<agents).map { actionRows[$0] } }
    var reward: Float { numbers[0] }
    var isOver: Bool { flags[2 * agents] == 1 }

    var observations: [[Float]] {
        (0..<agents).map {
            Array(UnsafeBufferPointer(start: observationRows + $0 * observationSize, count: observationSize))
        }
    }

    var legal: [[UInt8]] {
        (0..<agents).map { Array(UnsafeBufferPointer(start: legalRows + $0 * legalSize, count: legalSize)) }
    }

    var state: [Float] { Array(UnsafeBufferPointer(start: stateRow, count: stateSize)) }

    var frame: Frame {
        Frame(
            observations: Rows(
                base: observationRows, stride: 4 * observationSize, count: agents, width: observationSize),
            legal: Rows(base: legalRows, stride: legalSize, count: agents, width: legalSize),
            acting: Rows(base: flags, stride: 1, count: agents, width: 1),
            terminated: Rows(base: flags + agents, stride: 1, count: agents, width: 1),
            rewards: Rows(base: numbers, stride: 4, count: 1, width: 1), state: Row(stateRow, count: stateSize),
            ended: flags + 2 * agents, elapsedTime: numbers + 1)
    }
}
