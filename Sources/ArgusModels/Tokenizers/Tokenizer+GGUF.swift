extension Tokenizer {
    /// Makes the tokenizer that the metadata of a GGUF file describes. What it asks for and is not supported is refused
    /// by name.
    ///
    /// Qwen's normalisation is applied, which the format does not mention: the model was trained with it.
    public init(_ file: GGUFFile) throws(LanguageError) {
        func unsupported(_ key: String, _ found: String, _ expected: String) -> LanguageError {
            LanguageError(
                .unsupported, "metadata '\(key)' (\(file.path)): found '\(found)', expected \(expected)")
        }
        let model = try file.string("tokenizer.ggml.model")
        guard model == "gpt2" else {
            throw unsupported("tokenizer.ggml.model", model, "'gpt2' (byte-level byte-pair encoding)")
        }
        let name = try file.string("tokenizer.ggml.pre")
        let preTokenizer: PreTokenizer
        switch name {
        case "gpt-2", "gpt2": preTokenizer = .gpt2
        case "smollm": preTokenizer = .smollm
        case "llama-bpe", "llama3", "llama-v3": preTokenizer = .llama3(digits: 3)
        case "qwen2": preTokenizer = .llama3(digits: 1)
        default: throw unsupported("tokenizer.ggml.pre", name, "gpt-2, smollm, llama-bpe or qwen2")
        }
        let isLlama = preTokenizer == .llama3(digits: 3)
        if try file.optionalBoolean("tokenizer.ggml.add_space_prefix") == true {
            throw unsupported("tokenizer.ggml.add_space_prefix", "true", "false")
        }
        if try file.optionalBoolean("tokenizer.ggml.add_eos_token") == true {
            throw unsupported("tokenizer.ggml.add_eos_token", "true", "false")
        }
        let tokens = try file.strings("tokenizer.ggml.tokens")
        guard tokens.count <= Self.mostTokens else {
            throw LanguageError(
                .fileFormat,
                "metadata 'tokenizer.ggml.tokens' (\(file.path)): found \(tokens.count) tokens, expected "
                    + "at most \(Self.mostTokens)")
        }
        let types = try file.optionalIntegers("tokenizer.ggml.token_type") ?? Array(repeating: 1, count: tokens.count)
        guard types.count == tokens.count else {
            throw LanguageError(
                .fileFormat,
                "metadata 'tokenizer.ggml.token_type' (\(file.path)): found \(types.count) types, expected "
                    + "one for each of \(tokens.count) tokens")
        }
        var added: [AddedToken] = []
        for (token, type) in types.enumerated() where type == 3 || type == 4 {  // control, user-defined
            added.append(
                AddedToken(token: token, content: tokens[token], isSpecial: type == 3, isNormalised: false))
        }
        var merges: [(String, String)] = []
        for merge in try file.strings("tokenizer.ggml.merges") {
            let parts = merge.split(separator: " ", omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw LanguageError(
                    .fileFormat,
                    "metadata 'tokenizer.ggml.merges' (\(file.path)): found '\(merge.prefix(40))', "
                        + "expected two parts and a space between them")
            }
            merges.append((String(parts[0]), String(parts[1])))
        }
        // Llama 3 begins with its first token unless the file says otherwise.
        var prefix: [Int] = []
        if try file.optionalBoolean("tokenizer.ggml.add_bos_token") ?? isLlama {
            let beginning = try file.integer("tokenizer.ggml.bos_token_id")
            guard tokens.indices.contains(beginning) else {
                throw LanguageError(
                    .fileFormat,
                    "metadata 'tokenizer.ggml.bos_token_id' (\(file.path)): found \(beginning), expected "
                        + "a token from 0 to \(tokens.count - 1)")
            }
            prefix = [beginning]
        }
        try self.init(
            vocabulary: tokens, merges: merges, added: added, preTokenizer: preTokenizer,
            composesCharacters: preTokenizer == .llama3(digits: 1), takesWholeTokens: isLlama, prefix: prefix,
            suffix: [], source: file.path)
    }
}
