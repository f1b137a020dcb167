import ArgusModels
import Foundation
import Testing

@Suite struct TokenizerTests {
    private func tokenizer(_ changes: [(of: String, to: String)] = []) throws -> Tokenizer {
        try Oracle.withFolder { folder in
            let path = folder.appending(path: "tokenizer.json")
            try Data(TinyTokenizer.json(changes).utf8).write(to: path)
            return try Tokenizer(json: path.path)
        }
    }

    @Test("Merges go by rank, and special tokens are cut out unless they are plain text")
    func encoding() throws {
        let tokenizer = try tokenizer()
        let texts = { (tokens: [Int]) in tokens.map { tokenizer.decode([$0]) } }
        #expect(texts(tokenizer.encode("hello world")) == ["hello", " w", "o", "r", "l", "d"])
        #expect(texts(tokenizer.encode("he<|im_end|>llo12")) == ["he", "<|im_end|>", "ll", "o", "1", "2"])
        #expect(tokenizer.encode("<|im_end|>", parsesSpecialTokens: false).count == 10)
        #expect(tokenizer.encode("<|im_end|>") == [tokenizer.token("<|im_end|>") ?? -1])
        #expect(tokenizer.decode(tokenizer.encode("<|im_start|>x"), skipsSpecialTokens: true) == "x")
        #expect(tokenizer.encode("").isEmpty)
        // Written as in older files.
        let older = try self.tokenizer([(of: "[\"h\", \"e\"]", to: "\"h e\"")])
        #expect(older.encode("hello") == tokenizer.encode("hello"))
    }

    @Test("Characters are composed where the tokenizer asks for it, beyond U+FFFF too")
    func composition() throws {
        let tokenizer = try tokenizer([(of: "\"normalizer\": null", to: "\"normalizer\": {\"type\": \"NFC\"}")])
        let plain = try self.tokenizer()
        for (text, composed) in [
            ("e\u{301}", "\u{E9}"), ("a\u{323}\u{302}", "\u{1EAD}"), ("\u{1112}\u{1161}\u{11AB}", "\u{D55C}"),
            ("\u{201AF}\u{340}", "\u{201AF}\u{300}"), ("\u{212B}", "\u{C5}"), ("\u{958}", "\u{915}\u{93C}"),
        ] {
            #expect(tokenizer.encode(text) == plain.encode(composed))
            #expect(plain.decode(plain.encode(text)).utf8.elementsEqual(text.utf8))
        }
    }

    @Test("A template's special tokens go around the text")
    func template() throws {
        let tokenizer = try tokenizer([
            (
                of: "\"post_processor\": {",
                to: """
                "post_processor": {"type": "TemplateProcessing", "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, \
                {"Sequence": {"id": "A", "type_id": 0}}, {"SpecialToken": {"id": "<e>", "type_id": 0}}], \
                "special_tokens": {"<s>": {"id": "<s>", "ids": [261], "tokens": ["<s>"]}, \
                "<e>": {"id": "<e>", "ids": [262, 5], "tokens": ["<e>", "x"]}}},
                "unused": {
                """
            )
        ])
        #expect(tokenizer.encode("he", addsPrefixAndSuffix: true) == [261] + tokenizer.encode("he") + [262, 5])
    }

    @Test("Characters that are cut in the middle come out whole, and broken ones once")
    func streaming() throws {
        let tokenizer = try tokenizer()
        let bytes: [[UInt8]] = [
            Array("aé😀z".utf8), [0xF0, 0x9F], [0xE2, 0x82, 0x41], [0xC3, 0xC3, 0xA9], [0x80, 0xFF, 0xF5],
            [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE0, 0x80], [0xF0, 0x9F, 0x98],
        ]
        for text in bytes {
            let tokens = text.map(Int.init)  // a token for each byte, with its number
            var stream = TokenTextStream(tokenizer)
            var pieces: [String] = []
            for token in tokens { pieces.append(stream.append(token)) }
            pieces.append(stream.finish())
            #expect(pieces.joined() == String(decoding: text, as: UTF8.self))
            #expect(tokenizer.decode(tokens) == String(decoding: text, as: UTF8.self))
        }
        var stream = TokenTextStream(tokenizer)
        #expect([0xF0, 0x9F, 0x98, 0x80].map { stream.append($0) } == ["", "", "", "😀"])
    }

    @Test("A long text takes time in proportion: half a million letters within one word")
    func longWord() throws {
        let tokenizer = try tokenizer()
        let tokens = tokenizer.encode(String(repeating: "hello", count: 100_000))
        #expect(tokens == Array(repeating: tokenizer.encode("hello")[0], count: 100_000))
    }

    @Test(
        "What a tokenizer asks for and is not supported is refused by name",
        arguments: [
            ("\"type\": \"BPE\"", "\"type\": \"Unigram\"", "Unigram"),
            ("\"dropout\": null", "\"dropout\": 0.1", "dropout"),
            (
                "\"continuing_subword_prefix\": null", "\"continuing_subword_prefix\": \"##\"",
                "continuing_subword_prefix"
            ),
            ("\"end_of_word_suffix\": null", "\"end_of_word_suffix\": \"</w>\"", "end_of_word_suffix"),
            ("\"byte_fallback\": false", "\"byte_fallback\": true", "byte_fallback"),
            ("\"truncation\": null", "\"truncation\": {\"max_length\": 3}", "truncation"),
            ("\"padding\": null", "\"padding\": {}", "padding"),
            ("\"normalizer\": null", "\"normalizer\": {\"type\": \"Lowercase\"}", "Lowercase"),
            ("\"type\": \"Digits\"", "\"type\": \"Metaspace\"", "Metaspace"),
            ("\"individual_digits\": true", "\"individual_digits\": false", "individual_digits"),
            ("\"add_prefix_space\": false, \"trim_offsets\": true", "\"add_prefix_space\": true", "add_prefix_space"),
            ("\"decoder\": {\"type\": \"ByteLevel\"", "\"decoder\": {\"type\": \"WordPiece\"", "WordPiece"),
            (
                "\"post_processor\": {\"type\": \"ByteLevel\"", "\"post_processor\": {\"type\": \"BertProcessing\"",
                "Bert"
            ),
            ("\"rstrip\": false", "\"rstrip\": true", "rstrip"),
            (
                "{\"type\": \"Digits\", \"individual_digits\": true}",
                "{\"type\": \"Split\", \"pattern\": {\"Regex\": \"a+\"}, \"behavior\": \"Isolated\", \"invert\": false}",
                "Split"
            ),
        ])
    func refusals(old: String, new: String, name: String) throws {
        let error = try #require(throws: LanguageError.self) { try tokenizer([(of: old, to: new)]) }
        #expect(error.code == .unsupported && error.message.contains(name), "\(error)")
    }

    @Test("A merge of what is not in the vocabulary is refused")
    func brokenMerge() throws {
        let error = try #require(throws: LanguageError.self) {
            try tokenizer([(of: "[\"hell\", \"o\"]", to: "[\"x\", \"o\"]")])
        }
        #expect(error.code == .fileFormat && error.message.contains("merge 3"))
    }
}
