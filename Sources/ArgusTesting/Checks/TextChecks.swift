import CArgusEnv

/// The same task in words: nothing more than the observation, and nothing less.
let textChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "text-equals-observation",
        proves: "Equal observation rows give equal texts, and equal texts come from equal rows up to the quanta.",
        remedy: "Word the situation from what the row holds alone, and all of it; declare in `quanta` how far it "
            + "rounds."
    ) { subject in
        guard let quanta = try quanta(subject) else { return .skipped("no argus.text/1") }
        var textOfRow: [Row: String] = [:]
        var rowsOfText: [Words: [(low: Float, high: Float)]] = [:]
        try playText(subject) { player, copy, text in
            for agent in subject.specification.agents.indices {
                let values = Array(player.instance.floats(.observation, copy, agent))
                let words = try player.instance.situation(text, copy: copy, agent: agent)
                try require(!words.isEmpty, "an empty situation")
                let row = Row(agent: agent, values: values)
                let known = textOfRow[row] ?? words
                try require(
                    known == words,
                    "equal rows with different texts, agent \(agent): '\(known)' and '\(words)'"
                )
                textOfRow[row] = words
                var ranges = rowsOfText[Words(agent: agent, text: words)] ?? values.map { ($0, $0) }
                for (index, value) in values.enumerated() {
                    ranges[index] = (min(ranges[index].low, value), max(ranges[index].high, value))
                    let spread = ranges[index].high - ranges[index].low
                    // A hair for the rounding of the subtraction itself.
                    try require(
                        spread <= (quanta.isEmpty ? 0 : quanta[index]) * 1.001,
                        "equal texts from rows that are \(spread) apart in component \(index), agent \(agent), "
                            + "quantum \(quanta.isEmpty ? 0 : quanta[index]): '\(words)'")
                }
                rowsOfText[Words(agent: agent, text: words)] = ranges
            }
        }
        return .passed
    },
    ConformanceCheck(
        "text-actions-unique", proves: "The legal choices of a head have different, non-empty texts.",
        remedy: "Name each choice so that a reader can tell it from the others."
    ) { subject in
        guard try quanta(subject) != nil else { return .skipped("no argus.text/1") }
        guard case .discrete(let heads) = subject.specification.actions else { return .skipped("continuous actions") }
        try playText(subject) { player, copy, text in
            for agent in subject.specification.agents.indices {
                let legal = player.instance.bytes(.legal, copy, agent)
                var first = 0
                for (head, size) in heads.enumerated() {
                    var seen: Set<String> = []
                    for choice in first..<first + size where legal[choice] != 0 {
                        let words = try player.instance.action(text, copy: copy, agent: agent, choice: choice)
                        let place = "head \(head) of agent \(agent)"
                        try require(!words.isEmpty, "an action without words: \(place)")
                        try require(seen.insert(words).inserted, "two actions named '\(words)': \(place)")
                    }
                    first += size
                }
            }
        }
        return .passed
    },
    ConformanceCheck(
        "text-rules-constant", proves: "The rules depend on the parameters and the agent alone.",
        remedy: "Say in the rules what never changes, and all else in the situation."
    ) { subject in
        guard try quanta(subject) != nil else { return .skipped("no argus.text/1") }
        let unborn = try subject.makeInstance(copies: 0)
        guard let words = unborn.text else { return .failed("an instance without argus.text/1") }
        let agents = subject.specification.agents.indices
        let rules = try agents.map { try unborn.rules(words, agent: $0) }
        try require(!rules.contains(""), "empty rules")
        try playText(subject) { player, copy, text in
            guard player.steps[copy] % 10 == 0 else { return }
            for agent in agents {
                try require(
                    try player.instance.rules(text, agent: agent) == rules[agent],
                    "other rules for agent \(agent)")
            }
        }
        return .passed
    },
]

private struct Row: Hashable {
    var agent: Int
    var values: [Float]
}

private struct Words: Hashable {
    var agent: Int
    var text: String
}

/// Nil when the environment has no text; empty when it does not round.
private func quanta(_ subject: ConformanceSubject) throws -> [Float]? {
    let instance = try subject.makeInstance(copies: 1)
    guard let text = instance.text else { return nil }
    guard let quanta = text.quanta else { return [] }
    let values = Array(UnsafeBufferPointer(start: quanta, count: subject.specification.observationSize))
    try require(values.allSatisfy { $0 >= 0 && $0.isFinite }, "a quantum that is negative or not finite")
    return values
}

/// Texts are slow: visits a fraction of what ``play`` does.
private func playText(
    _ subject: ConformanceSubject, visit: (EpisodePlayer, Int, argus_text) throws -> Void
) throws {
    var player = try subject.makePlayer(seeds: ConformanceSubject.seeds(2, 17))
    guard let text = player.instance.text else { return }
    for _ in 0..<max(10, subject.effort / 8 / subject.specification.agents.count)
    where subject.hasTime {
        for copy in 0..<2 { try player.visit(copy) { try visit($0, $1, text) } }
        try player.step()
    }
}
