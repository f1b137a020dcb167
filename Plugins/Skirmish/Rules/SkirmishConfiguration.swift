public import ArgusEnvAPI

/// All that stays fixed over the episodes of one skirmish task.
public struct SkirmishConfiguration: Hashable, Sendable {
    /// What an observation row holds.
    public enum Observation: String, CaseIterable, Hashable, Sendable {
        /// Every other unit in a place of its own.
        case list
        /// The two units of lowest number in each of 32 sections of the view.
        case conic
    }

    /// What a team is rewarded for.
    public enum Reward: String, CaseIterable, Hashable, Sendable {
        /// The share of the other team's hit points that a step took, and 1 for a won battle.
        case shaped
        /// 1 for a won battle, -1 for a lost one.
        case win
    }

    /// Who plays the enemies.
    public enum Opponent: String, CaseIterable, Hashable, Sendable {
        /// The reference's heuristic, inside the step.
        case heuristic
        /// Policies: the enemies are agents too.
        case policies
    }

    /// Whom the heuristic attacks first of those in range.
    public enum Targeting: String, CaseIterable, Hashable, Sendable {
        case closest
        case random
    }

    private let mapIndex: Int
    public let observation: Observation
    public let reward: Reward
    public let opponent: Opponent
    public let targeting: Targeting

    /// - Throws: `RulesError` with code `configuration` if there is no such map.
    public init(
        map name: String, observation: Observation = .list, reward: Reward = .shaped, opponent: Opponent = .heuristic,
        targeting: Targeting = .closest
    ) throws(RulesError) {
        guard let index = SkirmishMap.all.firstIndex(where: { $0.name == name }) else {
            throw RulesError(
                .configuration,
                "map: found '\(name)', expected one of \(SkirmishMap.all.map(\.name).joined(separator: ", "))")
        }
        mapIndex = index
        self.observation = observation
        self.reward = reward
        self.opponent = opponent
        self.targeting = targeting
        allies = SkirmishMap.all[index].allies.count
        enemies = SkirmishMap.all[index].enemies.count
    }

    /// Looked up, so that a configuration is plain memory that a step reads without counting references.
    public var map: SkirmishMap { SkirmishMap.all[mapIndex] }
    public let allies: Int
    public let enemies: Int
    public var units: Int { allies + enemies }
    /// The units of a team.
    func team(ofAllies isAllies: Bool) -> Range<Int> { isAllies ? 0..<allies : allies..<units }
    /// Units that are agents; they come first.
    public var agents: Int { opponent == .policies ? units : allies }

    /// The four moves and `stop`; then attacks.
    static let movements = Int(SkirmishAction.firstAttack)
    /// Choices of a unit of either team: moves, stop, one attack for each unit of the other team.
    public func actions(ofAlly isAlly: Bool) -> Int { Self.movements + (isAlly ? enemies : allies) }

    /// Numbers in an observation about another unit, and about oneself.
    static let unitFeatures = 13
    static let ownFeatures = 10
    static let sections = 32
    static let unitsPerSection = 2
    /// Places for other units in an observation row.
    var observedUnits: Int {
        observation == .list ? units - 1 : Self.sections * Self.unitsPerSection
    }
    public var observationSize: Int { Self.unitFeatures * observedUnits + Self.ownFeatures }
    public var stateSize: Int { (Self.ownFeatures + 2) * units }

    /// The unit that action `movements + choice` of a unit attacks. Enemies count the allies backwards, as they see them.
    @inline(__always)
    func target(_ choice: Int, ofAlly isAlly: Bool) -> Int { isAlly ? allies + choice : allies - 1 - choice }

    /// The unit in place `place` of a unit's list of others: its own team first; enemies read the list backwards.
    @inline(__always)
    func listedUnit(_ place: Int, for unit: Int) -> Int {
        if unit < allies { return place < unit ? place : place + 1 }
        let place = units - 1 - place
        return place > unit ? place : place - 1
    }
}
