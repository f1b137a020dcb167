import Foundation

/// A tokenizer with a token for each byte, a few merges and special tokens, as files describe it.
enum TinyTokenizer {
    /// The byte-level alphabet, by byte.
    static let alphabet: [String] = {
        var next: UInt32 = 0x100
        return (UInt32(0)..<256).map { byte in
            let isPrintable = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            defer { next += isPrintable ? 0 : 1 }
            return Unicode.Scalar(isPrintable ? byte : next).map { String(Character($0)) } ?? ""
        }
    }()
    static let merges = [("h", "e"), ("l", "l"), ("he", "ll"), ("hell", "o"), ("Ġ", "w")]
    static let special = ["<|im_start|>", "<|im_end|>"]
    /// All tokens by number.
    static let tokens = alphabet + merges.map { $0.0 + $0.1 } + special

    /// As `tokenizer.json`; `pattern` nil is GPT-2's pre-tokenizer.
    static func json(_ changes: [(of: String, to: String)] = []) throws -> String {
        let vocabulary = Dictionary(uniqueKeysWithValues: tokens.enumerated().map { ($1, $0) })
        let text = String(decoding: try JSONEncoder().encode(vocabulary), as: UTF8.self)
        let added = special.enumerated().map { index, content in
            """
            {"id": \(alphabet.count + merges.count + index), "content": "\(content)", "single_word": false, \
            "lstrip": false, "rstrip": false, "normalized": false, "special": true}
            """
        }
        var json = """
            {"version": "1.0", "truncation": null, "padding": null, "added_tokens": [\(added.joined(separator: ", "))],
             "normalizer": null,
             "pre_tokenizer": {"type": "Sequence", "pretokenizers": [{"type": "Digits", "individual_digits": true},
              {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": true, "use_regex": true}]},
             "post_processor": {"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false, "use_regex": true},
             "decoder": {"type": "ByteLevel", "add_prefix_space": true, "trim_offsets": true, "use_regex": true},
             "model": {"type": "BPE", "dropout": null, "unk_token": null, "continuing_subword_prefix": null,
              "end_of_word_suffix": null, "fuse_unk": false, "byte_fallback": false, "ignore_merges": false,
              "vocab": \(text),
              "merges": [\(merges.map { "[\"\($0.0)\", \"\($0.1)\"]" }.joined(separator: ", "))]}}
            """
        for (old, new) in changes {
            guard json.contains(old) else { throw Oracle.Failure(description: "nothing to change: \(old)") }
            json = json.replacing(old, with: new)
        }
        return json
    }
}
