import ArgusHost
import Foundation

// What goes to and comes from an OpenAI-compatible server, as far as we use it. Everything that a server might leave out
// is optional.

/// `POST /chat/completions`
struct ChatBody: Encodable {
    struct Format: Encodable {
        struct Named: Encodable {
            var name = "action"
            var strict = true
            var schema: Schema
        }
        var type = "json_schema"
        var jsonSchema: Named

        enum CodingKeys: String, CodingKey {
            case type
            case jsonSchema = "json_schema"
        }
    }

    /// An object with one property `action`, one of the texts.
    struct Schema: Encodable {
        struct Properties: Encodable { var action: Choice }
        struct Choice: Encodable {
            var type = "string"
            var `enum`: [String]
        }
        var type = "object"
        var properties: Properties
        var required = ["action"]
        var additionalProperties = false
    }

    var model: String
    var messages: [ChatMessage]
    var maximumTokens: Int
    var temperature: Double
    var topP: Double
    var seed: UInt64
    var format: Format?
    var logprobs: Bool?
    // Not of OpenAI; sent only to servers that are known to take them.
    var topK: Int?
    var minP: Double?
    var postSamplingProbabilities: Bool?

    enum CodingKeys: String, CodingKey {
        case model, messages, temperature, seed, logprobs
        case maximumTokens = "max_tokens"
        case topP = "top_p"
        case format = "response_format"
        case topK = "top_k"
        case minP = "min_p"
        case postSamplingProbabilities = "post_sampling_probs"
    }
}

struct ChatReply: Decodable {
    struct Choice: Decodable {
        var message: Message
        var finishReason: String?
        var logprobs: TokenList?

        enum CodingKeys: String, CodingKey {
            case message, logprobs
            case finishReason = "finish_reason"
        }
    }

    struct Message: Decodable {
        var content: String?
        var refusal: String?
    }

    struct TokenList: Decodable {
        var content: [Token]?
    }

    struct Token: Decodable {
        var id: Int?
        /// Before the sampling's rules.
        var logprob: Double?
        /// After them.
        var prob: Double?
    }

    var choices: [Choice]
    var usage: ServedUsage?
}

struct ServedUsage: Decodable {
    struct Details: Decodable {
        var cachedTokens: Int?
        enum CodingKeys: String, CodingKey { case cachedTokens = "cached_tokens" }
    }

    var promptTokens: Int?
    var completionTokens: Int?
    var details: Details?

    enum CodingKeys: String, CodingKey {
        case promptTokens = "prompt_tokens"
        case completionTokens = "completion_tokens"
        case details = "prompt_tokens_details"
    }

    /// Never below 0: money is counted from it.
    var tokens: TokenUsage {
        let prompt = max(0, promptTokens ?? 0)
        return TokenUsage(
            prompt: prompt, cached: min(prompt, max(0, details?.cachedTokens ?? 0)),
            completion: max(0, completionTokens ?? 0))
    }
}

/// The reply to a `json_schema` of ``ChatBody/Schema``.
struct ChosenAction: Decodable {
    var action: String
}

/// `POST /completions` of prompts that come back with the log-probabilities of their tokens.
struct EchoBody: Encodable {
    var model: String
    var prompt: [String]
    /// 0 would do, but some servers take that for no limit.
    var maximumTokens = 1
    var temperature = 0.0
    var echo = true
    var logprobs = 1

    enum CodingKeys: String, CodingKey {
        case model, prompt, temperature, echo, logprobs
        case maximumTokens = "max_tokens"
    }
}

struct EchoReply: Decodable {
    struct Choice: Decodable {
        var index: Int
        var text: String
        var logprobs: Tokens?
    }

    struct Tokens: Decodable {
        var tokens: [String]?
        var tokenLogprobs: [Double?]?
        /// Where each token begins in the text, in Unicode scalars.
        var textOffset: [Int]?

        enum CodingKeys: String, CodingKey {
            case tokens
            case tokenLogprobs = "token_logprobs"
            case textOffset = "text_offset"
        }
    }

    var choices: [Choice]
    var usage: ServedUsage?

    /// The log-probabilities of the tokens that follow the beginning of a prompt that was sent.
    ///
    /// - Parameters: `prompt`: all that was sent; `start`: scalars of the beginning.
    /// - Throws: ``BackendFailure`` where the reply does not say that.
    func logProbabilities(choice index: Int, prompt: String, after start: Int) throws(BackendFailure) -> [Double] {
        guard let choice = choices.first(where: { $0.index == index }) else {
            throw BackendFailure(.provider, "the reply has no choice \(index)")
        }
        guard choice.text.unicodeScalars.starts(with: prompt.unicodeScalars),
            let values = choice.logprobs?.tokenLogprobs,
            let tokens = choice.logprobs?.tokens
        else {
            throw BackendFailure(
                .provider, "its /completions does not give the prompt's log-probabilities back ('echo' with 'logprobs')"
            )
        }
        var offsets = choice.logprobs?.textOffset ?? []
        if offsets.isEmpty {
            var place = 0
            for token in tokens {
                offsets.append(place)
                place += token.unicodeScalars.count
            }
        }
        let end = prompt.unicodeScalars.count
        guard offsets.count == values.count else {
            throw BackendFailure(.provider, "the reply's tokens and their log-probabilities differ in number")
        }
        // A token across the border would belong to neither.
        guard offsets.contains(start), offsets.contains(end) || offsets.count == offsets.filter({ $0 < end }).count
        else {
            throw BackendFailure(
                .provider, "a token spans the end of the prompt, so that the action has none of its own")
        }
        let own = zip(offsets, values).filter { $0.0 >= start && $0.0 < end }.map(\.1)
        let known = own.compactMap { $0 }
        guard known.count == own.count, !own.isEmpty, known.allSatisfy({ !$0.isNaN && $0 <= 1e-3 }) else {
            throw BackendFailure(.provider, "the reply has no log-probability for some token")
        }
        return known
    }
}

/// `GET /models`
struct ModelList: Decodable {
    struct Model: Decodable {
        var id: String
        var aliases: [String]?
        var ownedBy: String?

        enum CodingKeys: String, CodingKey {
            case id, aliases
            case ownedBy = "owned_by"
        }
    }

    var data: [Model]
}

/// What servers say when they refuse.
struct ServedError: Decodable {
    struct Content: Decodable { var message: String? }
    var error: Content?
    var message: String?

    /// The words in a response's body, shortened.
    static func words(_ body: Data) -> String {
        let found = try? JSONDecoder().decode(ServedError.self, from: body)
        let words = found?.error?.message ?? found?.message ?? String(decoding: body.prefix(200), as: UTF8.self)
        return String(words.split(whereSeparator: \.isWhitespace).joined(separator: " ").prefix(300))
    }
}
