import ArgusTensor
import FoundationEssentials

/// A model with everything that belongs to it: weights, tokenizer, chat template.
public final class LanguageModel {
    public let decoder: DecoderModel
    public let tokenizer: Tokenizer
    /// Nil where the model comes with none, or with one that is not known; ``templateProblem`` says which.
    public let template: ChatTemplate?
    public let templateProblem: LanguageError?
    /// The folder or file.
    public let path: String

    /// Loads a GGUF file, or a Hugging Face folder with `config.json`, `tokenizer.json` and safetensors.
    public init(_ path: String) throws(LanguageError) {
        self.path = path
        var isFolder = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw LanguageError(
                .fileAccess,
                "language model (\(path)): found nothing there, expected a GGUF file or a Hugging Face folder")
        }
        let found: (jinja: String?, beginning: String?)
        if isFolder {
            decoder = try DecoderModel(folder: path)
            tokenizer = try Tokenizer(json: "\(path)/tokenizer.json")
            found = try Self.template(folder: path)
        } else {
            let file = try GGUFFile(path)
            decoder = try DecoderModel(file)
            tokenizer = try Tokenizer(file)
            let beginning = try file.optionalInteger("tokenizer.ggml.bos_token_id")
            let tokenizer = tokenizer
            found = (
                try file.optionalString("tokenizer.chat_template"), beginning.map { tokenizer.decode([$0]) }
            )
        }
        guard tokenizer.vocabularySize <= decoder.configuration.vocabularySize else {
            throw LanguageError(
                .fileFormat,
                "tokenizer (\(path)): found \(tokenizer.vocabularySize) tokens, expected at most the model's "
                    + "\(decoder.configuration.vocabularySize)")
        }
        guard let jinja = found.jinja else {
            (template, templateProblem) = (nil, nil)
            return
        }
        do throws(LanguageError) {
            template = try ChatTemplate(recognising: jinja, beginning: found.beginning, source: path)
            templateProblem = nil
        } catch {
            (template, templateProblem) = (nil, error)
        }
    }

    /// The tokenizer alone of a file or folder: what counting tokens needs, without the weights.
    public static func tokenizer(_ path: String) throws(LanguageError) -> Tokenizer {
        var isFolder = false
        _ = FileManager.default.fileExists(atPath: path, isDirectory: &isFolder)
        return isFolder ? try Tokenizer(json: "\(path)/tokenizer.json") : try Tokenizer(GGUFFile(path))
    }

    private static func template(folder: String) throws(LanguageError) -> (jinja: String?, beginning: String?) {
        func bytes(_ name: String) throws(LanguageError) -> Data? {
            let path = "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: path) else { return nil }
            let file = try computing { () throws(TensorError) in try MappedFile(path) }
            return file.withBytes { Data($0) }
        }
        var settings: TokenizerSettings?
        if let content = try bytes("tokenizer_config.json") {
            settings = try JSONFile.decode(
                TokenizerSettings.self, from: content, source: "\(folder)/tokenizer_config.json")
        }
        // Newer folders have the template in a file of its own.
        let own = try bytes("chat_template.jinja").map { String(decoding: $0, as: UTF8.self) }
        return (own ?? settings?.template?.text, settings?.beginning?.text)
    }
}

private struct TokenizerSettings: Decodable {
    let template: Template?
    let beginning: TokenName?

    private enum CodingKeys: String, CodingKey {
        case template = "chat_template"
        case beginning = "bos_token"
    }

    /// A text, or several with names, of which the one called `default` counts.
    struct Template: Decodable {
        let text: String?

        private struct Named: Decodable {
            let name: String
            let template: String
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else {
                text = try container.decode([Named].self).first { $0.name == "default" }?.template
            }
        }
    }

    /// A text, or an object that has it as `content`.
    struct TokenName: Decodable {
        let text: String

        private struct Object: Decodable {
            let content: String
        }

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else {
                text = try container.decode(Object.self).content
            }
        }
    }
}
