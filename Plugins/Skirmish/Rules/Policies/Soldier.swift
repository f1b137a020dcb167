/// A living unit as a tactician sees it.
struct Soldier {
    var unit: Int
    var kind: UnitKind
    var place: SIMD2<Float>
    var health: Float
    /// Seconds until its weapon is ready.
    var cooldown: Float
    /// The unit that it attacked last, if that was its last action.
    var target: Int?

    func distance(to other: Soldier) -> Float { HeuristicFighter.length(other.place - place) }
    func reaches(_ other: Soldier) -> Bool { distance(to: other) < kind.range }
    /// Hit points that it takes a second.
    var firepower: Float { kind.damage / kind.cooldown }
    /// Its weapon gets ready within this step, so that an attack hits.
    var firesInThisStep: Bool { cooldown <= Float(SkirmishBattle.substeps - 1) * SkirmishBattle.timeStep }
}
