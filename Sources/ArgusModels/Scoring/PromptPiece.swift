import ArgusTensor

/// A piece of a prompt that one thread takes through the layers, beside the threads that have the other pieces.
struct PromptPiece {
    let model: DecoderModel
    let part: SequencePart
    let pace: LayerPace
    /// What `TorchThreads` is set to afterwards: the setting is both the thread's and the process's default.
    let threads: Int

    /// - Parameter question: what is asked after the prompt, for the last piece; nil for the others.
    /// - Returns: the question's answers; empty for the other pieces.
    func run(_ question: ScoringPass.Question?) throws(TensorError) -> [Float] {
        defer {
            try? TorchThreads.set(threads)
            pace.own.end()
        }
        try TorchThreads.set(1)
        guard let question else {
            _ = try model.hiddenStates([part], rows: [part.tokens.count - 1], pace: pace)
            return []
        }
        var plan = ScoringPlan()
        plan.append(question, prompt: part)
        return try plan.answers(model, pace: pace)[0]
    }
}
