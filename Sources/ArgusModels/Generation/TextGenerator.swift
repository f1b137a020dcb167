import ArgusTensor

/// Generates text token by token, for several prompts at once. To choose among given texts, score them instead:
/// ``ScoreNormalization/branches`` gives what generating under such a constraint would.
public final class TextGenerator {
    public let model: DecoderModel
    public let tokenizer: Tokenizer
    private let prefixes: PrefixCache

    /// Tokens whose keys and values are in memory at once, unless a single generation needs more.
    private static let tokensAtOnce = 1 << 14

    public init(_ model: DecoderModel, _ tokenizer: Tokenizer) {
        self.model = model
        self.tokenizer = tokenizer
        prefixes = PrefixCache(model)
    }

    /// Computes the keys and values of `tokens` once and for all; prompts that begin with them are continued from there.
    public func keep(prefix tokens: [Int]) throws(LanguageError) { try prefixes.keep(tokens) }

    /// A generation for each request, in the order of the requests. Requests with the same prompt share its computation.
    public func generate(
        _ requests: [GenerationRequest], _ options: GenerationOptions
    ) throws(LanguageError) -> [Generation] {
        try options.check()
        for (index, request) in requests.enumerated() {
            try model.check(tokens: request.prompt, "prompt of request \(index)")
            guard !request.prompt.isEmpty, request.prompt.count < model.configuration.maximumPositions else {
                throw LanguageError(
                    .invalidArgument,
                    "prompt (request \(index)): found \(request.prompt.count) tokens, expected 1 to "
                        + "\(model.configuration.maximumPositions - 1)")
            }
        }
        var generations: [Generation] = []
        var first = 0
        while first < requests.count {
            var last = first
            var total = 0
            while last < requests.count, last == first || total + length(requests[last], options) <= Self.tokensAtOnce {
                total += length(requests[last], options)
                last += 1
            }
            generations += try computing { () throws(TensorError) in
                try generate(together: requests[first..<last], options)
            }
            first = last
        }
        return generations
    }

    /// Tokens that a generation has at most, its prompt's included.
    private func length(_ request: GenerationRequest, _ options: GenerationOptions) -> Int {
        request.prompt.count + room(request, options)
    }

    /// Tokens that may follow a prompt.
    private func room(_ request: GenerationRequest, _ options: GenerationOptions) -> Int {
        min(options.maximumTokens, model.configuration.maximumPositions - request.prompt.count)
    }

    private func generate(
        together requests: ArraySlice<GenerationRequest>, _ options: GenerationOptions
    ) throws(TensorError) -> [Generation] {
        var streams = try begin(requests, options)
        let sampler = TokenSampler(temperature: options.temperature, topP: options.topP)
        let ends = Set(model.configuration.endTokens + options.endTokens)
        while true {
            for index in streams.indices where streams[index].finish == nil {
                streams[index].draw(sampler, ends, options, tokenizer, model.configuration.maximumPositions)
            }
            let open = streams.indices.filter { streams[$0].finish == nil }
            guard !open.isEmpty else { break }
            let logits = try advance(open.map { streams[$0].part }, rows: Array(open.indices))
            for (row, index) in open.enumerated() { streams[index].logits = logits[row] }
        }
        return streams.map(\.generation)
    }

    /// Computes every distinct prompt once; the streams go on from there.
    private func begin(
        _ requests: ArraySlice<GenerationRequest>, _ options: GenerationOptions
    ) throws(TensorError) -> [GenerationStream] {
        var numbers: [[Int]: Int] = [:]
        var parts: [SequencePart] = []
        var rows: [Int] = []
        var start = 0
        for request in requests where numbers[request.prompt] == nil {
            let (length, segment) = prefixes.longest(beginningOf: request.prompt)
            let tokens = Array(request.prompt[length...])
            numbers[request.prompt] = parts.count
            parts.append(
                SequencePart(
                    tokens: tokens, positions: Array(length..<request.prompt.count),
                    context: segment.map { [$0] } ?? [],
                    storage: try KeyValueSegment(model.configuration, capacity: tokens.count)))
            start += tokens.count
            rows.append(start - 1)
        }
        let logits = try advance(parts, rows: rows)
        var streams: [GenerationStream] = []
        for request in requests {
            let number = numbers[request.prompt] ?? 0
            streams.append(
                GenerationStream(
                    request: request, context: parts[number].context + (parts[number].storage.map { [$0] } ?? []),
                    storage: try KeyValueSegment(model.configuration, capacity: room(request, options)),
                    logits: logits[number],
                    text: TokenTextStream(tokenizer)))
        }
        return streams
    }

    private func advance(_ parts: [SequencePart], rows: [Int]) throws(TensorError) -> [ArraySlice<Float>] {
        let values: [Float] = try model.logits(model.hiddenStates(parts, rows: rows)).values()
        let width = model.configuration.vocabularySize
        return rows.indices.map { values[($0 * width)..<(($0 + 1) * width)] }
    }
}
