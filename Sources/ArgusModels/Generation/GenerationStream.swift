/// One generation on its way.
struct GenerationStream {
    let request: GenerationRequest
    /// The keys and values of the prompt, which other streams may share.
    let context: [KeyValueSegment]
    /// Those of what was generated.
    let storage: KeyValueSegment
    /// What the next token is drawn from.
    var logits: ArraySlice<Float>
    var text: TokenTextStream
    private(set) var finish: Generation.Finish?
    private var tokens: [Int] = []
    private var logProbabilities: [Float] = []
    private var written = ""

    init(
        request: GenerationRequest, context: [KeyValueSegment], storage: KeyValueSegment, logits: ArraySlice<Float>,
        text: TokenTextStream
    ) {
        self.request = request
        self.context = context
        self.storage = storage
        self.logits = logits
        self.text = text
    }

    /// The latest token, as the next pass computes it.
    var part: SequencePart {
        SequencePart(
            tokens: tokens.suffix(1), positions: [request.prompt.count + tokens.count - 1], context: context,
            storage: storage)
    }

    var generation: Generation {
        Generation(tokens: tokens, logProbabilities: logProbabilities, text: written, finish: finish ?? .length)
    }

    /// Draws the next token and sees whether it is the last.
    mutating func draw(
        _ sampler: TokenSampler, _ ends: Set<Int>, _ options: GenerationOptions, _ tokenizer: Tokenizer,
        _ positions: Int
    ) {
        let uniform = Double(request.random.bits(UInt64(tokens.count)) >> 11) * 0x1p-53
        let (token, logProbability) = sampler.draw(logits, uniform: uniform)
        tokens.append(token)
        logProbabilities.append(logProbability)
        if ends.contains(token) {
            written += text.finish()
            finish = .end
            return
        }
        let before = written.utf8.count
        written += text.append(token)
        if let stop = firstStop(options.stopStrings, newFrom: before) {
            written = String(written[..<stop])
            finish = .stop
        } else if tokens.count >= options.maximumTokens || request.prompt.count + tokens.count >= positions {
            written += text.finish()
            if let stop = firstStop(options.stopStrings, newFrom: before) { written = String(written[..<stop]) }
            finish = .length
        }
    }

    /// Where the earliest stop string begins that ends in the text from byte `start` on.
    private func firstStop(_ strings: [String], newFrom start: Int) -> String.Index? {
        let text = Array(written.utf8)
        var first: Int?
        for string in strings {
            let pattern = Array(string.utf8)
            guard pattern.count <= text.count else { continue }
            let from = max(0, start - pattern.count + 1)
            if let place = (from...max(from, text.count - pattern.count)).first(where: {
                text[$0...].starts(with: pattern)
            }),
                place < first ?? .max
            {
                first = place
            }
        }
        return first.map { written.utf8.index(written.startIndex, offsetBy: $0) }
    }
}
