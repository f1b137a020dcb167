/// Who fights whom: one of the reference's maps.
public struct SkirmishMap: Hashable, Sendable {
    /// The reference's name, such as `3s5z_vs_3s6z`.
    public let name: String
    /// Units of the allies and of the enemies; all marines where kinds are drawn.
    public let allies: [UnitKind]
    public let enemies: [UnitKind]
    /// Kinds and start positions are drawn anew for each episode, as in SMACv2.
    public let isRandom: Bool

    /// Width and height of every map.
    static let size: Float = 32

    /// All units of both teams are always the same.
    var hasOneKind: Bool { !isRandom && Set(allies + enemies).count == 1 }

    public static let all: [SkirmishMap] = [
        SkirmishMap("3m", [(.marine, 3)]),
        SkirmishMap("8m", [(.marine, 8)]),
        SkirmishMap("25m", [(.marine, 25)]),
        SkirmishMap("5m_vs_6m", [(.marine, 5)], [(.marine, 6)]),
        SkirmishMap("10m_vs_11m", [(.marine, 10)], [(.marine, 11)]),
        SkirmishMap("27m_vs_30m", [(.marine, 27)], [(.marine, 30)]),
        SkirmishMap("2s3z", [(.stalker, 2), (.zealot, 3)]),
        SkirmishMap("3s5z", [(.stalker, 3), (.zealot, 5)]),
        SkirmishMap("3s5z_vs_3s6z", [(.stalker, 3), (.zealot, 5)], [(.stalker, 3), (.zealot, 6)]),
        SkirmishMap("3s_vs_5z", [(.stalker, 3)], [(.zealot, 5)]),
        SkirmishMap("6h_vs_8z", [(.hydralisk, 6)], [(.zealot, 8)]),
        SkirmishMap("smacv2_5_units", [(.marine, 5)], isRandom: true),
        SkirmishMap("smacv2_10_units", [(.marine, 10)], isRandom: true),
        SkirmishMap("smacv2_20_units", [(.marine, 20)], isRandom: true),
    ]

    private init(
        _ name: String, _ allies: [(UnitKind, Int)], _ enemies: [(UnitKind, Int)]? = nil, isRandom: Bool = false
    ) {
        func units(_ groups: [(UnitKind, Int)]) -> [UnitKind] {
            groups.flatMap { Array(repeating: $0.0, count: $0.1) }
        }
        self.name = name
        self.allies = units(allies)
        self.enemies = units(enemies ?? allies)
        self.isRandom = isRandom
    }
}
