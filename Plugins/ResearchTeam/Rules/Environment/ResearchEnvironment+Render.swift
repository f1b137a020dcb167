/// A picture of the work for people, who see all.
extension ResearchEnvironment {
    /// The question and its chain, what has happened to each source, the budgets, what everybody just did, what the lead
    /// can conclude, and the outcome. What belongs to the chain is green, weak papers are red, decoys grey.
    public func renderText(color: Bool) -> String {
        let picture = ResearchPicture(game: game, color: color)
        return picture.lines.joined(separator: "\n") + "\n"
    }
}
