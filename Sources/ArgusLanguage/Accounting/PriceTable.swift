public import ArgusHost

/// What tokens cost, by model.
public struct PriceTable: Sendable, Hashable {
    /// Of a million tokens.
    public struct Price: Sendable, Hashable {
        public var prompt: Double
        /// Of prompt tokens that the server had in its cache.
        public var cached: Double
        public var completion: Double

        func cost(_ usage: TokenUsage) -> Double {
            (Double(usage.prompt - usage.cached) * prompt + Double(usage.cached) * cached
                + Double(usage.completion) * completion) / 1_000_000
        }
    }

    public var currency: String
    public var models: [String: Price]

    /// - Throws: ``ArgusError``: (file) for a file that cannot be read, (configuration) for what no price is.
    public init(contentsOf path: String) throws(ArgusError) {
        try self.init(YAMLSection(contentsOf: path))
    }

    init(_ root: YAMLSection) throws(ArgusError) {
        try root.allow(["currency", "models"])
        currency = try root.required("currency").nonEmptyString()
        models = [:]
        let section = try root.section("models")
        for name in section.keys {
            let price = try section.section(name)
            try price.allow(["prompt", "cached", "completion"])
            let prompt = try price.required("prompt").number(in: 0...1e9)
            models[name] = Price(
                prompt: prompt, cached: try price["cached"]?.number(in: 0...1e9) ?? prompt,
                completion: try price.required("completion").number(in: 0...1e9))
        }
    }
}
