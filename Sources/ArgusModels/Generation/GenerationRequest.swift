public import ArgusEnvAPI

/// A prompt to go on with.
public struct GenerationRequest: Sendable {
    public var prompt: [Int]
    /// Keyed by everything that tells this generation from others, such as the episode's seed, the step and the agent:
    /// the n-th token is drawn with the counter n, whatever else runs beside it.
    public var random: CounterRandom

    public init(prompt: [Int], random: CounterRandom) {
        self.prompt = prompt
        self.random = random
    }
}

/// What was generated.
public struct Generation: Sendable, Hashable {
    public enum Finish: String, Sendable, Hashable {
        /// A token that ends a text; it is the last of ``Generation/tokens``.
        case end
        /// One of the stop strings appeared.
        case stop
        /// As many tokens as were allowed, or the end of the model's positions.
        case length
    }

    public var tokens: [Int]
    /// Of each token in the distribution that it was drawn from.
    public var logProbabilities: [Float]
    /// The text up to the end token or stop string, neither of which belongs to it.
    public var text: String
    public var finish: Finish
}

/// How tokens are drawn, and when to stop.
public struct GenerationOptions: Sendable, Hashable {
    /// 0 takes the likeliest token every time.
    public var temperature: Double
    /// Draws only among the likeliest tokens that reach this share of probability; 1 for all.
    public var topP: Double
    public var maximumTokens: Int
    /// Texts before which a generation ends.
    public var stopStrings: [String]
    /// Tokens that end a generation, beside those that the model names.
    public var endTokens: [Int]

    public init(
        temperature: Double = 1, topP: Double = 1, maximumTokens: Int = 128, stopStrings: [String] = [],
        endTokens: [Int] = []
    ) {
        self.temperature = temperature
        self.topP = topP
        self.maximumTokens = maximumTokens
        self.stopStrings = stopStrings
        self.endTokens = endTokens
    }

    func check() throws(LanguageError) {
        func refuse(_ name: String, _ found: String, _ expected: String) -> LanguageError {
            LanguageError(.invalidArgument, "\(name) (generation): found \(found), expected \(expected)")
        }
        guard temperature.isFinite, temperature >= 0 else { throw refuse("temperature", "\(temperature)", "0 or more") }
        guard topP > 0, topP <= 1 else { throw refuse("topP", "\(topP)", "above 0 and at most 1") }
        guard maximumTokens > 0 else { throw refuse("maximumTokens", "\(maximumTokens)", "1 or more") }
        guard stopStrings.allSatisfy({ !$0.isEmpty }) else {
            throw refuse("stopStrings", "an empty one", "texts of at least one character")
        }
    }
}
