/// A byte-level byte-pair tokenizer: text into token numbers and back.
///
/// Made from a `tokenizer.json` or from the metadata of a GGUF file; encodes as the Python package `tokenizers` does.
public struct Tokenizer: Sendable {
    let encoding: BytePairEncoding
    let preTokenizer: PreTokenizer
    let composesCharacters: Bool
    /// Tokens that are cut out of the text as it is, and those that are cut out after normalisation.
    let rawTokens: AddedTokenMatcher
    let normalisedTokens: AddedTokenMatcher
    /// The same without special ones.
    let rawPlainTokens: AddedTokenMatcher
    let normalisedPlainTokens: AddedTokenMatcher
    let isSpecial: [Bool]
    let tokensByContent: [String: Int]

    /// Tokens that the model expects before and after a text, such as Llama 3's beginning of text.
    public let prefix: [Int]
    public let suffix: [Int]

    /// Numbers of tokens are in `0 ..< vocabularySize`. A model may have more rows than its tokenizer has tokens.
    public var vocabularySize: Int { encoding.tokens.count }

    /// A token that was added to the vocabulary.
    struct AddedToken {
        let token: Int
        let content: String
        let isSpecial: Bool
        let isNormalised: Bool
    }

    /// - Parameters:
    ///   - vocabulary: the model's tokens in the byte-level alphabet; nil where a number is not used.
    ///   - merges: pairs in their order, in the same alphabet.
    ///   - source: names the file in errors.
    init(
        vocabulary: [String?], merges: [(String, String)], added: [AddedToken], preTokenizer: PreTokenizer,
        composesCharacters: Bool, takesWholeTokens: Bool, prefix: [Int], suffix: [Int], source: String
    ) throws(LanguageError) {
        let count = max(vocabulary.count, (added.map(\.token).max() ?? -1) + 1)
        var bytes = [[UInt8]](repeating: [], count: count)
        var isFindable = [Bool](repeating: false, count: count)
        for (token, text) in vocabulary.enumerated() {
            guard let text else { continue }
            if let mapped = ByteLevelAlphabet.bytes(of: text) {
                bytes[token] = mapped
                isFindable[token] = true
            } else {
                bytes[token] = Array(text.utf8)
            }
        }
        var isSpecial = [Bool](repeating: false, count: count)
        for token in added {
            // A decoder that maps characters back to bytes does so for added tokens too.
            bytes[token.token] = ByteLevelAlphabet.bytes(of: token.content) ?? Array(token.content.utf8)
            isSpecial[token.token] = token.isSpecial
        }
        let table = TokenTable(bytes, isFindable: isFindable)
        var pairs: [(left: Int, right: Int, token: Int)] = []
        pairs.reserveCapacity(merges.count)
        for (index, merge) in merges.enumerated() {
            guard let left = ByteLevelAlphabet.bytes(of: merge.0), let right = ByteLevelAlphabet.bytes(of: merge.1),
                let leftToken = table.token(of: left), let rightToken = table.token(of: right),
                let token = table.token(of: left + right)
            else {
                throw LanguageError(
                    .fileFormat,
                    "tokenizer (\(source)): merge \(index) is '\(merge.0)' with '\(merge.1)', expected both and what "
                        + "they make in the vocabulary")
            }
            pairs.append((leftToken, rightToken, token))
        }
        let byteTokens = (UInt8.min...UInt8.max).map { byte in
            table.token(of: [byte]).map { UInt32($0) } ?? BytePairEncoding.missing
        }
        encoding = BytePairEncoding(
            tokens: table, merges: MergeTable(pairs), byteTokens: byteTokens, takesWholeTokens: takesWholeTokens)
        self.preTokenizer = preTokenizer
        self.composesCharacters = composesCharacters
        self.isSpecial = isSpecial
        self.prefix = prefix
        self.suffix = suffix
        func matcher(_ belongs: (AddedToken) -> Bool) -> AddedTokenMatcher {
            AddedTokenMatcher(added.filter(belongs).map { ($0.content, $0.token) })
        }
        rawTokens = matcher { !$0.isNormalised }
        normalisedTokens = matcher(\.isNormalised)
        rawPlainTokens = matcher { !$0.isNormalised && !$0.isSpecial }
        normalisedPlainTokens = matcher { $0.isNormalised && !$0.isSpecial }
        tokensByContent = Dictionary(added.map { ($0.content, $0.token) }) { _, last in last }
    }

    /// The added token, such as `<|im_end|>`, that is written like this.
    public func token(_ content: String) -> Int? { tokensByContent[content] }

    /// Whether text from outside should never turn into this token.
    public func isSpecial(_ token: Int) -> Bool { isSpecial.indices.contains(token) && isSpecial[token] }
}

// MARK: Encoding

extension Tokenizer {
    /// The tokens of `text`.
    ///
    /// - Parameters:
    ///   - parsesSpecialTokens: whether `<|im_end|>` in the text becomes that token; otherwise it is plain text. Text
    ///     from users, environments or other agents must not be parsed.
    ///   - addsPrefixAndSuffix: whether ``prefix`` and ``suffix`` are put around it.
    public func encode(
        _ text: String, parsesSpecialTokens: Bool = true, addsPrefixAndSuffix: Bool = false
    ) -> [Int] {
        var output = addsPrefixAndSuffix ? prefix : []
        var scratch = BytePairEncoding.Scratch()
        var text = text
        text.withUTF8 { bytes in
            (parsesSpecialTokens ? rawTokens : rawPlainTokens).split(bytes) { piece in
                encodeNormalising(piece, parsesSpecialTokens, into: &output, &scratch)
            } added: {
                output.append($0)
            }
        }
        if addsPrefixAndSuffix { output += suffix }
        return output
    }

    private func encodeNormalising(
        _ piece: UnsafeBufferPointer<UInt8>, _ parsesSpecialTokens: Bool, into output: inout [Int],
        _ scratch: inout BytePairEncoding.Scratch
    ) {
        if composesCharacters, let composed = CanonicalComposition.composed(piece) {
            composed.withUnsafeBufferPointer { encodePlain($0, parsesSpecialTokens, into: &output, &scratch) }
        } else {
            encodePlain(piece, parsesSpecialTokens, into: &output, &scratch)
        }
    }

    private func encodePlain(
        _ piece: UnsafeBufferPointer<UInt8>, _ parsesSpecialTokens: Bool, into output: inout [Int],
        _ scratch: inout BytePairEncoding.Scratch
    ) {
        (parsesSpecialTokens ? normalisedTokens : normalisedPlainTokens).split(piece) { text in
            preTokenizer.split(text) { encoding.encode($0, into: &output, &scratch) }
        } added: {
            output.append($0)
        }
    }
}

// MARK: Decoding

extension Tokenizer {
    /// The bytes that a token stands for; they need not be whole characters. Empty for a number that is not used.
    public func bytes(of token: Int) -> ArraySlice<UInt8> {
        (0..<vocabularySize).contains(token) ? encoding.tokens.bytes(of: token) : []
    }

    /// The text of tokens; what is not valid UTF-8 becomes U+FFFD.
    public func decode(_ tokens: some Sequence<Int>, skipsSpecialTokens: Bool = false) -> String {
        var result: [UInt8] = []
        for token in tokens where !(skipsSpecialTokens && isSpecial(token)) { result += bytes(of: token) }
        return String(decoding: result, as: UTF8.self)
    }
}
