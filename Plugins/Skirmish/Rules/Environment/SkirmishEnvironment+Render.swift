/// A picture of the battle for people.
extension SkirmishEnvironment {
    /// The part of the map where units live, a cell two characters wide, with the walls where they are in view; beside it
    /// each unit with a bar of its hit points, `*` if its weapon is ready, and what it did last. Allies are blue and have the
    /// letter of their kind first, as `m0`; enemies are red and have their number first, as `0m`.
    public func renderText(color: Bool) -> String {
        let picture = BattlePicture(battle, color: color)
        let map = picture.mapLines()
        let table = picture.tableLines()
        var text = picture.title + "\n"
        for line in 0..<max(map.count, table.count) {
            let left = line < map.count ? map[line] : String(repeating: " ", count: picture.mapWidth)
            let right = line < table.count ? "  " + table[line] : ""
            text += left + right + "\n"
        }
        return text + picture.legend + "\n"
    }
}
