/// Plays for as long as the subject's effort allows and visits every copy after every reset and step. A visit that fails
/// is told with its episode and step.
func play(
    _ subject: ConformanceSubject, copies: Int, choosing choice: EpisodePlayer.Choice = .legal,
    visit: (EpisodePlayer, Int) throws -> Void
) throws {
    var player = try subject.makePlayer(seeds: ConformanceSubject.seeds(copies, 5), choosing: choice)
    for copy in 0..<copies { try player.visit(copy, visit) }
    for _ in 0..<subject.effort / copies where subject.hasTime {
        try player.step { player in
            for copy in 0..<copies { try player.visit(copy, visit) }
        }
        for copy in 0..<copies where player.steps[copy] == 0 { try player.visit(copy, visit) }
    }
}

extension EpisodePlayer {
    /// Calls `body`; what it throws is told with the copy's episode and step.
    func visit(_ copy: Int, _ body: (EpisodePlayer, Int) throws -> Void) throws {
        do {
            try body(self, copy)
        } catch let failure as ConformanceFailure {
            throw failure.at(seed: seeds[copy], step: steps[copy])
        }
    }
}
