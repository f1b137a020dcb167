import FoundationEssentials

extension DecoderModel {
    /// Loads a Hugging Face folder: `config.json` and safetensors, in shards or not, and the tokens that end a text
    /// also from `generation_config.json` if there is one.
    public convenience init(folder: String) throws(LanguageError) {
        var configuration = try DecoderConfiguration(json: "\(folder)/config.json")
        let generation = "\(folder)/generation_config.json"
        if FileManager.default.fileExists(atPath: generation) {
            configuration.endTokens += try DecoderConfiguration.endTokens(json: generation).filter {
                !configuration.endTokens.contains($0)
            }
        }
        try self.init(configuration, from: SafetensorsWeights(folder: folder))
    }

    /// Loads a GGUF file.
    public convenience init(_ file: GGUFFile) throws(LanguageError) {
        let configuration = try DecoderConfiguration(file)
        try self.init(configuration, from: GGUFWeights(file: file, configuration: configuration))
    }
}
