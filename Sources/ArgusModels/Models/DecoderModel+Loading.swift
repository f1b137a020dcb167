extension DecoderModel {
    /// Loads a Hugging Face folder: `config.json` and safetensors, in shards or not.
    public convenience init(folder: String) throws(LanguageError) {
        let configuration = try DecoderConfiguration(json: "\(folder)/config.json")
        try self.init(configuration, from: SafetensorsWeights(folder: folder))
    }

    /// Loads a GGUF file.
    public convenience init(_ file: GGUFFile) throws(LanguageError) {
        let configuration = try DecoderConfiguration(file)
        try self.init(configuration, from: GGUFWeights(file: file, configuration: configuration))
    }
}
