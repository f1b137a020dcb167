import FoundationEssentials

/// A `tokenizer.json` as the package `tokenizers` writes it: the parts that change the tokens of a text.
struct TokenizerFile: Decodable {
    let model: Model
    let normalizer: Component?
    let preTokenizer: Component?
    let postProcessor: Component?
    let decoder: Component?
    let addedTokens: [AddedToken]?
    let truncation: Presence?
    let padding: Presence?

    private enum CodingKeys: String, CodingKey {
        case model
        case normalizer
        case preTokenizer = "pre_tokenizer"
        case postProcessor = "post_processor"
        case decoder
        case addedTokens = "added_tokens"
        case truncation
        case padding
    }

    /// Anything but null.
    struct Presence: Decodable {
        init(from decoder: any Decoder) {}
    }

    struct Model: Decodable {
        let type: String?
        let vocab: [String: Int]
        let merges: [Merge]
        let dropout: Double?
        let unknownToken: String?
        let continuingSubwordPrefix: String?
        let endOfWordSuffix: String?
        let byteFallback: Bool?
        let ignoreMerges: Bool?

        private enum CodingKeys: String, CodingKey {
            case type
            case vocab
            case merges
            case dropout
            case unknownToken = "unk_token"
            case continuingSubwordPrefix = "continuing_subword_prefix"
            case endOfWordSuffix = "end_of_word_suffix"
            case byteFallback = "byte_fallback"
            case ignoreMerges = "ignore_merges"
        }
    }

    /// `["a", "b"]`, or in older files `"a b"`.
    struct Merge: Decodable {
        let left: String
        let right: String

        init(from decoder: any Decoder) throws {
            let parts: [String]
            if let text = try? decoder.singleValueContainer().decode(String.self) {
                parts = text.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            } else {
                parts = try decoder.singleValueContainer().decode([String].self)
            }
            guard parts.count == 2 else {
                throw DecodingError.dataCorrupted(
                    .init(codingPath: decoder.codingPath, debugDescription: "a merge is not of two parts"))
            }
            (left, right) = (parts[0], parts[1])
        }
    }

    struct AddedToken: Decodable {
        let id: Int
        let content: String
        let singleWord: Bool
        let lstrip: Bool
        let rstrip: Bool
        let normalized: Bool
        let special: Bool

        private enum CodingKeys: String, CodingKey {
            case id
            case content
            case singleWord = "single_word"
            case lstrip
            case rstrip
            case normalized
            case special
        }
    }

    /// A normaliser, pre-tokenizer, post-processor or decoder: the fields of those that are known here.
    struct Component: Decodable {
        let type: String
        let parts: [Component]
        let addsPrefixSpace: Bool?
        let usesPattern: Bool?
        let individualDigits: Bool?
        let pattern: Pattern?
        let behavior: String?
        let invert: Bool?
        let single: [TemplatePiece]?
        let specialTokens: [String: TemplateToken]?

        private enum CodingKeys: String, CodingKey {
            case type
            case normalizers
            case pretokenizers
            case processors
            case decoders
            case addsPrefixSpace = "add_prefix_space"
            case usesPattern = "use_regex"
            case individualDigits = "individual_digits"
            case pattern
            case behavior
            case invert
            case single
            case specialTokens = "special_tokens"
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            type = try container.decode(String.self, forKey: .type)
            guard type == "Sequence" || Self.known.contains(type) else {
                // Its fields may be anything: it is refused by its name later.
                (parts, addsPrefixSpace, usesPattern, individualDigits) = ([], nil, nil, nil)
                (pattern, behavior, invert, single, specialTokens) = (nil, nil, nil, nil, nil)
                return
            }
            var parts: [Component] = []
            for key in [CodingKeys.normalizers, .pretokenizers, .processors, .decoders] {
                parts += try container.decodeIfPresent([Component].self, forKey: key) ?? []
            }
            self.parts = parts
            addsPrefixSpace = try container.decodeIfPresent(Bool.self, forKey: .addsPrefixSpace)
            usesPattern = try container.decodeIfPresent(Bool.self, forKey: .usesPattern)
            individualDigits = try container.decodeIfPresent(Bool.self, forKey: .individualDigits)
            pattern = try container.decodeIfPresent(Pattern.self, forKey: .pattern)
            behavior = try container.decodeIfPresent(String.self, forKey: .behavior)
            invert = try container.decodeIfPresent(Bool.self, forKey: .invert)
            single = try container.decodeIfPresent([TemplatePiece].self, forKey: .single)
            specialTokens = try container.decodeIfPresent([String: TemplateToken].self, forKey: .specialTokens)
        }

        private static let known: Set<String> = ["NFC", "ByteLevel", "Digits", "Split", "TemplateProcessing"]

        /// The components one after another, those within sequences too.
        var flattened: [Component] { type == "Sequence" ? parts.flatMap(\.flattened) : [self] }
    }

    struct Pattern: Decodable {
        let regularExpression: String?
        let string: String?

        private enum CodingKeys: String, CodingKey {
            case regularExpression = "Regex"
            case string = "String"
        }
    }

    /// A place in a template: the text itself, or a special token.
    struct TemplatePiece: Decodable {
        struct Name: Decodable {
            let id: String
        }
        let specialToken: Name?
        let sequence: Name?

        private enum CodingKeys: String, CodingKey {
            case specialToken = "SpecialToken"
            case sequence = "Sequence"
        }
    }

    struct TemplateToken: Decodable {
        let ids: [Int]
    }
}
