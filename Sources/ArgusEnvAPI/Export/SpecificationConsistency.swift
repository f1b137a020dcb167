/// A specification whose parts do not fit together: the author's mistake.
@usableFromInline
struct SpecificationError: Error, CustomStringConvertible {
    @usableFromInline let description: String

    @usableFromInline
    init(_ description: String) { self.description = "specification: found " + description }
}

extension EnvironmentSpecification {
    /// Refuses counts that contradict each other: the C interface has one count for several arrays, so a short one would
    /// be read beyond its end.
    @usableFromInline
    func requireConsistency() throws {
        func require(_ found: Int, _ expected: Int, _ what: String) throws {
            guard found == expected else { throw SpecificationError("\(found) \(what), expected \(expected)") }
        }
        func require(_ bounds: Bounds?, _ size: Int, _ what: String) throws {
            guard let bounds else { return }
            try require(bounds.low.count, size, "lower bounds of the \(what)")
            try require(bounds.high.count, size, "upper bounds of the \(what)")
        }
        let sizes: [Int]
        switch actions {
        case .discrete(let heads):
            guard !heads.isEmpty, heads.allSatisfy({ $0 > 0 }) else {
                throw SpecificationError("action heads of sizes \(heads), expected one or more, each larger than 0")
            }
            sizes = heads
        case .continuous(let size, let bounds):
            sizes = [size]
            try require(bounds, size, "action")
        }
        guard observationSize > 0 else {
            throw SpecificationError("observations of \(observationSize) components, expected 1 or more")
        }
        try require(observationBounds, observationSize, "observation")
        if let state { try require(state.bounds, state.size, "state") }
        if !actionNames.isEmpty { try require(actionNames.count, legalSize, "action names") }
        for agent in agents {
            guard groups.indices.contains(agent.group) else {
                throw SpecificationError(
                    "group \(agent.group) of agent '\(agent.name)', expected one of \(groups.count)")
            }
            let own = agent.actionSizes ?? sizes
            try require(own.count, sizes.count, "action sizes of agent '\(agent.name)'")
            guard zip(own, sizes).allSatisfy({ $0 >= 0 && $0 <= $1 }),
                (0...observationSize).contains(agent.observationSize ?? observationSize)
            else {
                throw SpecificationError(
                    "sizes of agent '\(agent.name)' beyond the rows', expected 0 to the row's size")
            }
        }
        for segment in observationSegments + (state?.segments ?? []) where segment.offset < 0 || segment.count < 0 {
            throw SpecificationError("segment '\(segment.name)' with a negative place, expected 0 or more")
        }
    }
}
