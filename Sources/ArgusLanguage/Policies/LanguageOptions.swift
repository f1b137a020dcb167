import ArgusEnvAPI
public import ArgusHost
import Foundation

/// The options of `llm:MODEL?option=value&…`.
public struct LanguageOptions: Sendable, Hashable {
    /// How the log-probabilities of a continuation's tokens make its score.
    public enum Normalisation: String, Sendable, Hashable, CaseIterable {
        /// Their mean: long words are not punished for their length (TWOSOME).
        case token
        /// Their sum, the continuation's likelihood (GLAM). Prefers short actions.
        case sum
        /// Their sum over the number of words.
        case word
    }

    /// What chooses where a reply names no legal action.
    public enum Fallback: String, Sendable, Hashable, CaseIterable {
        /// The environment's choice 0, or where that is illegal the first legal one.
        case noop
        /// One of the legal ones, by the run's seed.
        case random
        /// Nothing: the episode counts as failed.
        case fail
    }

    /// How messages become one text for a server that only completes texts.
    public enum ChatFormat: String, Sendable, Hashable, CaseIterable {
        /// The messages, with blank lines between.
        case plain
        /// `<|im_start|>role … <|im_end|>`.
        case chatml
    }

    public var mode: ActingMode
    /// Name of a served model.
    public var model: String?
    public var temperature = 1.0
    public var topP = 1.0
    /// Tokens of a reply.
    public var maximumTokens = 200
    public var normalisation = Normalisation.token
    public var fallback = Fallback.noop
    /// Times that a reply which could not be read is asked for again: 0 or 1.
    public var reasks = 0
    /// A template's file; nil: the one that comes with this program.
    public var prompt: String?
    /// Decisions that are remembered; nil: as the template says.
    public var history: Int?
    /// The environment variable that holds a server's key.
    public var key: String?
    /// Requests at the same time.
    public var concurrency = 4
    /// Seconds for a reply.
    public var timeout = 120.0
    /// Times that a request is sent again.
    public var retries = 4
    /// Seconds that a server may be away, or ask us to wait.
    public var patience = 60.0
    public var format = ChatFormat.plain
    /// A price table's file; nil: the one that comes with this program.
    public var prices: String?
    public var budget = Budget()

    /// What a run may use.
    public struct Budget: Sendable, Hashable {
        public var calls: Int?
        /// Prompt and completion together.
        public var tokens: Int?
        /// In the price table's currency.
        public var cost: Double?

        public init() {}
    }

    static let names = [
        "mode", "model", "temperature", "top_p", "max_tokens", "normalise", "fallback", "reask", "prompt", "history",
        "key",
        "concurrency", "timeout", "retries", "patience", "format", "prices", "budget_calls", "budget_tokens",
        "budget_cost",
    ]

    /// - Parameters: `text`: as `a=1&b=2`, with `%20` and the like decoded; `place`: for messages.
    public init(_ text: String, defaultMode: ActingMode, at place: String) throws(ArgusError) {
        mode = defaultMode
        var seen: Set<String> = []
        for item in text.split(separator: "&") {
            let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2, let value = parts[1].removingPercentEncoding, !value.isEmpty else {
                throw ArgusError(.policy, "bad option", at: place, found: "'\(item)'", expected: "NAME=VALUE")
            }
            guard LanguageOptions.names.contains(parts[0]) else {
                throw ArgusError(
                    .policy, "unknown option", at: place, found: "'\(parts[0])'",
                    expected: "one of \(LanguageOptions.names.joined(separator: ", "))",
                    remedy: nearestName(to: parts[0], in: LanguageOptions.names).map { "'\($0)'" })
            }
            guard seen.insert(parts[0]).inserted else {
                throw ArgusError(
                    .policy, "repeated option", at: place, found: "'\(parts[0])' a second time", expected: "it once")
            }
            try set(OptionValue(name: parts[0], text: value, place: place))
        }
    }

    private mutating func set(_ value: OptionValue) throws(ArgusError) {
        switch value.name {
        case "mode": mode = try value.choice()
        case "model": model = value.text
        case "temperature": temperature = try value.number(in: 0...100)
        case "top_p": topP = try value.number(in: 0.000_001...1)
        case "max_tokens": maximumTokens = try value.integer(in: 1...1_000_000)
        case "normalise": normalisation = try value.choice()
        case "fallback": fallback = try value.choice()
        case "reask": reasks = try value.integer(in: 0...1)
        case "prompt": prompt = value.text
        case "history": history = try value.integer(in: 0...1000)
        case "key": key = value.text
        case "concurrency": concurrency = try value.integer(in: 1...256)
        case "timeout": timeout = try value.number(in: 0.01...86_400)
        case "retries": retries = try value.integer(in: 0...100)
        case "patience": patience = try value.number(in: 0...86_400)
        case "format": format = try value.choice()
        case "prices": prices = value.text
        case "budget_calls": budget.calls = try value.integer(in: 0 ... .max)
        case "budget_tokens": budget.tokens = try value.integer(in: 0 ... .max)
        default: budget.cost = try value.number(in: 0...1e12)
        }
    }
}

/// One option, read as the type that it should have.
private struct OptionValue {
    var name: String
    var text: String
    var place: String

    func integer(in range: ClosedRange<Int>) throws(ArgusError) -> Int {
        guard let value = Int(text), range.contains(value) else {
            let limit =
                range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
            throw bad("an integer, \(limit)")
        }
        return value
    }

    func number(in range: ClosedRange<Double>) throws(ArgusError) -> Double {
        guard let value = Double(text), range.contains(value) else {
            throw bad("a number, \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>() throws(ArgusError) -> Choice {
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        throw bad("one of \(names.joined(separator: ", "))", nearestName(to: text, in: names))
    }

    private func bad(_ expected: String, _ remedy: String? = nil) -> ArgusError {
        ArgusError(
            .policy, "bad value", at: "\(place), option '\(name)'", found: "'\(text)'", expected: expected,
            remedy: remedy.map { "'\($0)'" })
    }
}
