import ArgusEnvAPI

/// What a customer says, chosen by the classifier's rounded scores: equal scores give equal words, and the words tell
/// which kinds the scores point to and how.
enum CustomerVoice {
    /// At most some 35 words, in sentences.
    static func sentence(_ words: ExpertView.Words, _ kinds: [ContactKind]) -> String {
        guard kinds.indices.contains(words.first), kinds.indices.contains(words.second) else { return "" }
        var random = SplitMix64(seed: SplitMix64.mix(words.hash))
        let thing = pick(CustomerPhrases.things, &random)
        func problem(_ kind: Int) -> String {
            let text = pick(CustomerPhrases.of(kinds[kind]).problems, &random)
            return filled(text, thing)
        }
        func mention(_ kind: Int) -> String { filled(pick(CustomerPhrases.of(kinds[kind]).mentions, &random), thing) }
        switch words.wording {
        case .none, .known: return ""
        case .clear:
            let opening = pick(CustomerPhrases.openings, &random)
            let text = "\(opening) \(problem(words.first))."
            return random.below(2) == 0 ? text : "\(text) \(pick(CustomerPhrases.closings, &random))"
        case .leaning:
            let aside = pick(CustomerPhrases.asides, &random)
            return "\(capitalised(problem(words.first))). \(aside) \(uncapitalised(mention(words.second)))"
        case .misleading:
            let turn = pick(CustomerPhrases.turns, &random)
            return "\(mention(words.first)) \(turn) \(problem(words.second))."
        case .torn:
            let isSwapped = random.below(2) == 0
            let (one, other) =
                (words.first < words.second) == isSwapped
                ? (words.second, words.first) : (words.first, words.second)
            let joint = pick(CustomerPhrases.joints, &random)
            return "\(capitalised(problem(one))). \(joint) \(problem(other))."
        }
    }

    private static func pick(_ choices: [String], _ random: inout SplitMix64) -> String {
        choices[random.below(choices.count)]
    }

    private static func filled(_ text: String, _ thing: String) -> String {
        guard let place = text.firstRange(of: "{}") else { return text }
        return text.replacingCharacters(at: place, with: thing)
    }

    private static func capitalised(_ text: String) -> String { text.prefix(1).uppercased() + text.dropFirst() }

    /// For the middle of a sentence; the word "I" stays as it is.
    private static func uncapitalised(_ text: String) -> String {
        text.hasPrefix("I ") ? text : text.prefix(1).lowercased() + text.dropFirst()
    }
}

extension String {
    fileprivate func replacingCharacters(at range: Range<Index>, with text: String) -> String {
        self[..<range.lowerBound] + text + self[range.upperBound...]
    }
}
