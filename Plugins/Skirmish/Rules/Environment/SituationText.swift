/// A situation in words, made from an agent's observation row and from nothing else.
///
/// Hit points are whole (rounded up), places and seconds have one decimal, numbers of attacks in cones two.
struct SituationText {
    private let observed: ObservedRow
    private var configuration: SkirmishConfiguration { observed.configuration }
    private var unit: Int { observed.unit }
    private var row: UnsafeBufferPointer<Float> { observed.row }

    init(_ observed: ObservedRow) { self.observed = observed }

    /// How far the text rounds each component of the row.
    static func quanta(_ configuration: SkirmishConfiguration) -> [Float] {
        let kinds = UnitKind.allCases
        let health = 1 / (kinds.map(\.health).min() ?? 1)
        let place = 0.1 / (kinds.map(\.sight).min() ?? 1)
        let cooldown = 0.1 / (kinds.map(\.cooldown).min() ?? 1)
        // In the list the number of an attack is told as its target's name.
        let attack: Float = configuration.observation == .list ? 0 : 0.01
        let none = [Float](repeating: 0, count: kinds.count)
        let unit = [health, place, place, 0, 0, attack, cooldown] + none
        let own = [health, 0.1 / SkirmishMap.size, 0.1 / SkirmishMap.size, cooldown] + none
        return (0..<configuration.observedUnits).flatMap { _ in unit } + own
    }

    var text: String {
        guard let me = observed.me else { return "You are dead." }
        let own = """
            You: \(name(me.kind))\(hitPoints(me.health)) at x \(tenths(me.place.x)) y \(tenths(me.place.y)), \
            \(weapon(me.cooldown) ?? "ready").
            """
        return own + " " + (configuration.observation == .list ? list(me.kind) : cones(me.kind))
    }

    // MARK: List of units

    private func list(_ me: UnitKind) -> String {
        let isAlly = unit < configuration.allies
        let team = (isAlly ? configuration.allies : configuration.enemies) - 1
        let others = 0..<configuration.units - 1
        let foes = others[team...].compactMap { listed($0, me, isFoe: true) }
        let friends = others[..<team].compactMap { listed($0, me, isFoe: false) }
        var text = "Opponents: " + (foes.isEmpty ? "none." : foes.joined(separator: "; ") + ".")
        if team > 0 {
            text += " Your team: " + (friends.isEmpty ? "none." : friends.joined(separator: "; ") + ".")
        }
        return text
    }

    /// Nil where the row holds nothing.
    private func listed(_ place: Int, _ me: UnitKind, isFoe: Bool) -> String? {
        let offset = SkirmishConfiguration.unitFeatures * place
        guard row[offset] > 0 else { return nil }
        let other = configuration.listedUnit(place, for: unit)
        let kind = observed.kind(offset + 7)
        let (distance, way) = way(offset, me)
        var words = "\(configuration.name(other)) \(name(kind))\(hitPoints(row[offset] * kind.health)), "
        if isFoe { words += distance < me.range ? "in range " : "\(tenths(distance)) away " }
        words += way
        return words + (weapon(row[offset + 6] * kind.cooldown).map { ", \($0)" } ?? "") + ", "
            + lastAction(offset, of: other)
    }

    private func lastAction(_ offset: Int, of other: Int) -> String {
        guard let target = observed.target(row[offset + 5], of: other) else { return move(offset) ?? "stood" }
        return "attacked " + configuration.name(target)
    }

    // MARK: Cones

    private func cones(_ me: UnitKind) -> String {
        var seen: [String] = []
        for place in 0..<configuration.observedUnits {
            let offset = SkirmishConfiguration.unitFeatures * place
            guard (7..<SkirmishConfiguration.unitFeatures).contains(where: { row[offset + $0] > 0 }) else { continue }
            let kind = observed.kind(offset + 7)
            let (distance, way) = way(offset, me)
            let last = row[offset + 5] > 0 ? "attack \(hundredths(row[offset + 5]))" : move(offset) ?? "stood"
            seen.append(
                """
                \(place / SkirmishConfiguration.unitsPerSection).\(place % SkirmishConfiguration.unitsPerSection) \
                \(name(kind))\(hitPoints(row[offset] * kind.health)), \(tenths(distance)) away (\(way))\
                \(weapon(row[offset + 6] * kind.cooldown).map { ", \($0)" } ?? ""), \(last)
                """)
        }
        return "In sight: " + (seen.isEmpty ? "nobody." : seen.joined(separator: "; ") + ".")
    }

    // MARK: Words

    private func hitPoints(_ health: Float) -> String {
        // Shares of whole hit points are not exact.
        "\(Int((health - 1e-3).rounded(.up))) hp"
    }

    /// Nil if the weapon is ready.
    private func weapon(_ cooldown: Float) -> String? {
        let seconds = tenths(cooldown)
        return seconds == "0.0" ? nil : "reloads \(seconds)"
    }

    /// Nothing where all units are of one kind, which the rules tell.
    private func name(_ kind: UnitKind) -> String { configuration.map.hasOneKind ? "" : "\(kind) " }

    /// Distance, and the way there as "4.1 east 3.2 north".
    private func way(_ offset: Int, _ me: UnitKind) -> (distance: Float, words: String) {
        let x = row[offset + 1] * me.sight
        let y = row[offset + 2] * me.sight
        let words = [(x, "east", "west"), (y, "north", "south")].compactMap { value, forth, back -> String? in
            let size = tenths(abs(value))
            return size == "0.0" ? nil : "\(size) \(value > 0 ? forth : back)"
        }
        return ((x * x + y * y).squareRoot(), words.isEmpty ? "here" : words.joined(separator: " "))
    }

    private func move(_ offset: Int) -> String? {
        let (x, y) = (row[offset + 3], row[offset + 4])
        if y > 0.5 { return "moved north" }
        if x > 0.5 { return "moved east" }
        if y < -0.5 { return "moved south" }
        return x < -0.5 ? "moved west" : nil
    }

    private func tenths(_ value: Float) -> String { fixed(value, 10) }

    private func hundredths(_ value: Float) -> String { fixed(value, 100) }

    /// With as many decimals as `scale` has zeros; never "-0.0".
    private func fixed(_ value: Float, _ scale: Int) -> String {
        let whole = Int((value * Float(scale)).rounded())
        let part = "\(abs(whole) % scale)"
        let zeros = String(repeating: "0", count: (scale == 100 ? 2 : 1) - part.count)
        return "\(whole < 0 ? "-" : "")\(abs(whole) / scale).\(zeros)\(part)"
    }
}
