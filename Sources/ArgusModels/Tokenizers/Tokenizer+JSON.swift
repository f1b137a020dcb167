import ArgusTensor
import FoundationEssentials

extension Tokenizer {
    /// Reads a `tokenizer.json`. What it asks for and is not supported is refused by name.
    public init(json path: String) throws(LanguageError) {
        let file = try computing { () throws(TensorError) in try MappedFile(path) }
        try self.init(jsonBytes: file.withBytes { Data($0) }, source: path)
    }

    init(jsonBytes: Data, source: String) throws(LanguageError) {
        let file = try JSONFile.decode(TokenizerFile.self, from: jsonBytes, source: source)
        func unsupported(_ what: String, _ found: String, _ expected: String) -> LanguageError {
            LanguageError(.unsupported, "\(what) (\(source)): found \(found), expected \(expected)")
        }
        let model = file.model
        guard model.type == nil || model.type == "BPE" else {
            throw unsupported("tokenizer model", "'\(model.type ?? "")'", "'BPE'")
        }
        if let dropout = model.dropout, dropout != 0 { throw unsupported("dropout", "\(dropout)", "none") }
        if let prefix = model.continuingSubwordPrefix, !prefix.isEmpty {
            throw unsupported("continuing_subword_prefix", "'\(prefix)'", "none")
        }
        if let suffix = model.endOfWordSuffix, !suffix.isEmpty {
            throw unsupported("end_of_word_suffix", "'\(suffix)'", "none")
        }
        if model.byteFallback == true { throw unsupported("byte_fallback", "true", "false") }
        if file.truncation != nil { throw unsupported("truncation", "settings", "null") }
        if file.padding != nil { throw unsupported("padding", "settings", "null") }

        let normalizers = file.normalizer?.flattened ?? []
        if let other = normalizers.first(where: { $0.type != "NFC" }) {
            throw unsupported("normalizer", "'\(other.type)'", "'NFC' or none")
        }
        if let other = (file.decoder?.flattened ?? []).first(where: { $0.type != "ByteLevel" }) {
            throw unsupported("decoder", "'\(other.type)'", "'ByteLevel'")
        }
        let limit = Self.mostTokens
        let numbers = Array(model.vocab.values) + (file.addedTokens ?? []).map(\.id)
        guard numbers.allSatisfy({ (0..<limit).contains($0) }) else {
            throw LanguageError(
                .fileFormat, "vocabulary (\(source)): found a token number outside 0..<\(limit), expected it within")
        }
        var vocabulary = [String?](repeating: nil, count: (model.vocab.values.max() ?? -1) + 1)
        for (text, number) in model.vocab { vocabulary[number] = text }
        let added = try (file.addedTokens ?? []).map { token throws(LanguageError) in
            for (name, isSet) in [
                ("single_word", token.singleWord), ("lstrip", token.lstrip), ("rstrip", token.rstrip),
            ] where isSet {
                throw unsupported("\(name) of added token '\(token.content)'", "true", "false")
            }
            return AddedToken(
                token: token.id, content: token.content, isSpecial: token.special, isNormalised: token.normalized)
        }
        let (prefix, suffix) = try Self.template(file.postProcessor, source: source)
        try self.init(
            vocabulary: vocabulary, merges: model.merges.map { ($0.left, $0.right) }, added: added,
            preTokenizer: Self.preTokenizer(file.preTokenizer, source: source),
            composesCharacters: !normalizers.isEmpty, takesWholeTokens: model.ignoreMerges ?? false, prefix: prefix,
            suffix: suffix, source: source)
        // Bytes that occur in UTF-8 and have no token would have to become the unknown token.
        if let unknown = model.unknownToken, !unknown.isEmpty,
            let byte = (UInt8.min...0xF4).first(where: {
                $0 != 0xC0 && $0 != 0xC1 && encoding.byteTokens[Int($0)] == BytePairEncoding.missing
            })
        {
            throw unsupported(
                "unk_token", "'\(unknown)' and no token for byte \(byte)", "every byte in the vocabulary, or null")
        }
    }

    /// More than any published vocabulary has; keeps a damaged number from asking for all memory.
    static let mostTokens = 1 << 22

    private static func preTokenizer(
        _ component: TokenizerFile.Component?, source: String
    ) throws(LanguageError) -> PreTokenizer {
        func unsupported(_ found: String) -> LanguageError {
            LanguageError(
                .unsupported,
                "pre_tokenizer (\(source)): found \(found), expected that of GPT-2, SmolLM2, Llama 3, Qwen 2 or Qwen 3")
        }
        let steps = component?.flattened ?? []
        guard let last = steps.last, last.type == "ByteLevel" else {
            throw unsupported(steps.isEmpty ? "none" : "'\(steps.map(\.type).joined(separator: ", "))'")
        }
        if last.addsPrefixSpace != false { throw unsupported("add_prefix_space true") }
        switch (steps.dropLast().map(\.type), last.usesPattern ?? true) {
        case ([], true):
            return .gpt2
        case (["Digits"], true):
            guard steps[0].individualDigits == true else { throw unsupported("'Digits' without individual_digits") }
            return .smollm
        case (["Split"], false):
            guard steps[0].behavior == "Isolated", steps[0].invert != true else {
                throw unsupported("'Split' with behavior \(steps[0].behavior ?? "none"), or inverted")
            }
            let pattern = steps[0].pattern?.regularExpression ?? ""
            guard let known = PreTokenizer.pattern(pattern) else { throw unsupported("the pattern \(pattern)") }
            return known
        default:
            throw unsupported("'\(steps.map(\.type).joined(separator: ", "))'")
        }
    }

    private static func template(
        _ component: TokenizerFile.Component?, source: String
    ) throws(LanguageError) -> (prefix: [Int], suffix: [Int]) {
        var prefix: [Int] = []
        var suffix: [Int] = []
        // ByteLevel as post-processor moves offsets alone.
        for step in component?.flattened ?? [] where step.type != "ByteLevel" {
            guard step.type == "TemplateProcessing" else {
                throw LanguageError(
                    .unsupported,
                    "post_processor (\(source)): found '\(step.type)', expected 'ByteLevel' or 'TemplateProcessing'")
            }
            var isAfterText = false
            for piece in step.single ?? [] {
                if piece.sequence != nil {
                    isAfterText = true
                } else if let name = piece.specialToken?.id, let ids = step.specialTokens?[name]?.ids {
                    guard ids.allSatisfy({ (0..<mostTokens).contains($0) }) else {
                        throw LanguageError(
                            .fileFormat, "post_processor (\(source)): found a token number outside 0..<\(mostTokens)")
                    }
                    if isAfterText { suffix += ids } else { prefix += ids }
                } else {
                    throw LanguageError(
                        .fileFormat,
                        "post_processor (\(source)): found a piece that is neither the text nor a listed special token")
                }
            }
        }
        return (prefix, suffix)
    }
}
