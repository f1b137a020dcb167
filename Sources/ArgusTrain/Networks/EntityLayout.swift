package import ArgusEnvAPI

/// Which components of a network's input describe things of one kind, such as units or food, so that the network can
/// treat them alike; and which of its outputs are about them.
package struct EntityLayout: Sendable, Hashable, Codable {
    /// Things of one kind: `count` descriptions of `width` components each, one after the other.
    package struct Group: Sendable, Hashable, Codable {
        package var offset: Int
        package var width: Int
        package var count: Int
        /// The first of `count` outputs, of which the k-th is about the k-th thing; nil if no outputs are.
        package var output: Int?

        var inputs: Range<Int> { offset..<offset + width * count }
        var outputs: Range<Int>? { output.map { $0..<$0 + count } }
    }

    /// In order of `offset`, which is counted within one observation.
    package let groups: [Group]
    /// Observations of `observationSize` components that the input begins with, one after the other, each with these
    /// groups: one, or in a critic's concatenated state all agents', which are things of one kind themselves.
    let observations: Int
    let observationSize: Int
    let inputSize: Int
    let outputSize: Int

    /// Groups are neighbouring segments of one size that are named `THING_0`, `THING_1`, …; output k is about `THING_k`
    /// where the actions in a row are named `VERB_THING_0`, `VERB_THING_1`, … for all of the group.
    ///
    /// - Parameters: `actionNames`: the outputs' names; empty where no output is about a thing, as in a critic;
    ///   `observations`: how many of these, of `observationSize` components (nil: all of the input), lie one after the
    ///   other.
    /// - Returns: nil where there are no groups.
    package init?(
        segments: [Segment], actionNames: [String] = [], observations: Int = 1, observationSize: Int? = nil,
        inputSize: Int, outputSize: Int
    ) {
        var groups: [Group] = []
        var names: [[String]] = []
        var first = 0
        while first < segments.count {
            let count = EntityLayout.groupSize(segments, from: first)
            if count > 1 {
                groups.append(Group(offset: segments[first].offset, width: segments[first].count, count: count))
                names.append(segments[first..<first + count].map(\.name))
            }
            first += max(1, count)
        }
        guard !groups.isEmpty else { return nil }
        // 'attack_enemy_unit_0' is about 'enemy_unit_0' and not about 'unit_0', and an output is about one thing at most.
        var free = Set(actionNames.indices)
        for index in groups.indices.sorted(by: { names[$0][0].count > names[$1][0].count }) {
            groups[index].output = EntityLayout.firstOutput(about: names[index], actionNames, among: free)
            free.subtract(groups[index].outputs ?? 0..<0)
        }
        self.groups = groups
        self.observations = observations
        self.observationSize = observationSize ?? inputSize
        self.inputSize = inputSize
        self.outputSize = outputSize
    }

    /// How many segments from `first` on are things of one kind; 0 if that one has no number 0.
    private static func groupSize(_ segments: [Segment], from first: Int) -> Int {
        let head = segments[first]
        guard head.count > 0, head.name.hasSuffix("_0") else { return 0 }
        let kind = head.name.dropLast(1)
        return segments[first...].enumerated().prefix { $1.name == "\(kind)\($0)" && $1.count == head.count }.count
    }

    /// Where actions in a row that are all `free` end with these names, behind an underscore.
    private static func firstOutput(about names: [String], _ actionNames: [String], among free: Set<Int>) -> Int? {
        guard actionNames.count >= names.count else { return nil }
        return (0...actionNames.count - names.count).first { first in
            zip(first..., names).allSatisfy { free.contains($0) && actionNames[$0].hasSuffix("_" + $1) }
        }
    }

    /// An observation's ranges outside all groups, in order.
    var ownInputs: [Range<Int>] { EntityLayout.gaps(groups.map(\.inputs), size: observationSize) }
    /// The outputs' ranges that are about none of the things, in order.
    var ownOutputs: [Range<Int>] { EntityLayout.gaps(groups.compactMap(\.outputs).sorted(by: <), size: outputSize) }
    var ownInputSize: Int { ownInputs.map(\.count).reduce(0, +) }
    var ownOutputSize: Int { ownOutputs.map(\.count).reduce(0, +) }
    /// Components behind the observations; 0 where there is only one.
    var restSize: Int { inputSize - observations * observationSize }

    /// True unless it was read from a damaged file: groups lie one behind the other within an observation and the outputs.
    package var isConsistent: Bool {
        let sizes = groups.flatMap { [$0.offset, $0.width, $0.count, $0.output ?? 0] }
        guard sizes.allSatisfy({ (0...1 << 26).contains($0) }), groups.allSatisfy({ $0.width > 0 && $0.count > 0 }),
            (1...1 << 26).contains(observations), (0...1 << 26).contains(observationSize), restSize >= 0,
            observations > 1 ? groups.allSatisfy({ $0.output == nil }) : restSize == 0
        else { return false }
        return EntityLayout.areApart(groups.map(\.inputs), within: observationSize)
            && EntityLayout.areApart(groups.compactMap(\.outputs).sorted(by: <), within: outputSize)
    }

    private static func areApart(_ ranges: [Range<Int>], within size: Int) -> Bool {
        zip(ranges, ranges.dropFirst()).allSatisfy { $0.upperBound <= $1.lowerBound }
            && (ranges.last?.upperBound ?? 0) <= size
    }

    private static func gaps(_ ranges: [Range<Int>], size: Int) -> [Range<Int>] {
        let starts = [0] + ranges.map(\.upperBound)
        let ends = ranges.map(\.lowerBound) + [size]
        return zip(starts, ends).map { $0..<$1 }.filter { !$0.isEmpty }
    }
}

extension Range<Int> {
    fileprivate static func < (left: Self, right: Self) -> Bool { left.lowerBound < right.lowerBound }
}
