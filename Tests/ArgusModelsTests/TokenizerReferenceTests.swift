import ArgusModels
import Foundation
import Testing

/// Against the Python package `tokenizers`.
@Suite struct TokenizerReferenceTests {
    private struct Line: Decodable {
        let text: String
        let ids: [Int]
        let plain: [Int]
        let decoded: String
    }

    @Test(
        "Every pre-tokenizer's tokens and texts are those of the package tokenizers",
        .enabled(if: Oracle.has("tokenizers"), "needs the Python package tokenizers"))
    func equalsTokenizers() throws {
        let count = Oracle.isLong ? 100_000 : 10_000
        let model = LanguageModelFile.smollm2
        try Oracle.withFolder { folder in
            let file = Oracle.has("gguf") ? model.map { [$0] } ?? [] : []
            try Oracle.run(script: "tokenizer_reference.py", [folder.path, "\(count)", "1"] + file)
            for kind in ["gpt2", "smollm", "llama3", "qwen"] {
                try compare(Tokenizer(json: folder.appending(path: "\(kind).json").path), folder, kind, count)
            }
            if let path = file.first {
                try compare(Tokenizer(GGUFFile(path)), folder, "file", count)
                try compare(Tokenizer(json: folder.appending(path: "file.json").path), folder, "file", count)
            }
        }
    }

    private func compare(_ tokenizer: Tokenizer, _ folder: URL, _ kind: String, _ count: Int) throws {
        let lines = try String(contentsOf: folder.appending(path: "\(kind).jsonl"), encoding: .utf8).split(
            separator: "\n")
        #expect(lines.count == count)
        var failures = 0
        for line in lines where failures < 5 {
            let expected = try JSONDecoder().decode(Line.self, from: Data(line.utf8))
            let ids = tokenizer.encode(expected.text, addsPrefixAndSuffix: true)
            let plain = tokenizer.encode(expected.text, parsesSpecialTokens: false)
            var stream = TokenTextStream(tokenizer)
            let streamed = ids.map { stream.append($0) }.joined() + stream.finish()
            let isEqual =
                ids == expected.ids && plain == expected.plain
                && tokenizer.decode(ids).utf8.elementsEqual(expected.decoded.utf8)
                && streamed.utf8.elementsEqual(expected.decoded.utf8)
            failures += isEqual ? 0 : 1
            #expect(isEqual, "\(kind): \(expected.text.debugDescription): found \(ids) \(plain), expected \(expected)")
        }
    }
}
