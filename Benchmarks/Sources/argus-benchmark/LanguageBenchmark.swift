import ArgusEnvAPI
import ArgusModels
import ArgusTensor

/// SmolLM2-135M with two threads: against llama.cpp's server on the same file, and scoring with a shared prompt against
/// each candidate for itself.
func benchmarkLanguage(rounds: Int) throws {
    let path = try ModelStore().fetch(.smollm2)
    let language = try LanguageModel(path)
    var generator = SplitMix64(seed: 1)
    func prompt() -> [Int] { (0..<256).map { _ in Int.random(in: 100..<40000, using: &generator) } }
    try TorchThreads.set(2)

    for (task, what, count) in [("prompts", "one after another", 1), ("together", "four at once", 4)] {
        let llama = try TimedProgram(script: "reference/llama_speed.py", arguments: [path, task])
        let scorer = CandidateScorer(language.decoder, options: .init(threads: 2))
        var ratio = Measurement()
        var rate = Measurement()
        for round in 0...rounds {
            let requests = (0..<count).map { _ in ScoringRequest(prompt: prompt(), candidates: [[1]]) }
            let ours = try seconds { _ = try scorer.score(requests) }
            let theirs = try llama.seconds(for: count)
            guard round > 0 else { continue }  // the first warms up
            ratio.add(theirs / ours)
            rate.add(Double(256 * count) / ours)
        }
        print("prompts of 256 tokens, \(what), SmolLM2-135M, 2 threads, tokens/s against llama.cpp's server")
        print(
            "  ratio  \(format(ratio.median)) (10th percentile \(format(ratio.percentile(0.1)))); at least 1.3 wanted; "
                + "ours \(format(rate.median)) tokens/s")
    }
    try benchmarkScoring(language, prompt(), rounds)
    // A text that the model goes on with for long.
    let numbers = language.tokenizer.encode((1...99).map(String.init).joined(separator: ", "))
    try benchmarkGeneration(language, Array(numbers.prefix(256)), path, rounds)
}

private func benchmarkScoring(_ language: LanguageModel, _ prompt: [Int], _ rounds: Int) throws {
    // One thread: the ratio is of work, and threads that wait for each other would only blur it.
    try TorchThreads.set(1)
    let actions = [
        "move north", "move south", "pick up shelf A3", "put the shelf down", "wait", "tell robot 2: go first",
    ]
    let candidates = actions.map { language.tokenizer.encode(" \($0)\n") }
    let scorer = CandidateScorer(language.decoder)
    let keeping = CandidateScorer(language.decoder)
    try keeping.keep(prefix: Array(prompt.prefix(192)))
    var ratio = Measurement()
    var kept = Measurement()
    for round in 0...rounds {
        let shared = try seconds { _ = try scorer.score([ScoringRequest(prompt: prompt, candidates: candidates)]) }
        let continued = try seconds { _ = try keeping.score([ScoringRequest(prompt: prompt, candidates: candidates)]) }
        let separate = try seconds {
            for candidate in candidates {
                _ = try scorer.score([ScoringRequest(prompt: prompt, candidates: [candidate])])
            }
        }
        guard round > 0 else { continue }
        ratio.add(separate / shared)
        kept.add(separate / continued)
    }
    print("scoring \(candidates.count) actions after 256 tokens: sharing the prompt against each action for itself")
    print("  ratio  \(format(ratio.median)) (10th percentile \(format(ratio.percentile(0.1)))); at least 4 wanted")
    print(
        "  with 192 of the tokens kept as well  \(format(kept.median)) (10th percentile \(format(kept.percentile(0.1))))"
    )
}

private func benchmarkGeneration(_ language: LanguageModel, _ prompt: [Int], _ path: String, _ rounds: Int) throws {
    // One thread of ours: reading the weights from memory is what takes the time.
    try TorchThreads.set(1)
    let llama = try TimedProgram(script: "reference/llama_speed.py", arguments: [path, "tokens"])
    let text = TextGenerator(language.decoder, language.tokenizer)
    try text.keep(prefix: Array(prompt.dropLast()))
    let request = GenerationRequest(prompt: prompt, random: CounterRandom(run: 1, purpose: .action))
    var ratio = Measurement()
    for round in 0...rounds {
        var count = 0
        let ours = try seconds {
            count = try text.generate([request], .init(temperature: 0, maximumTokens: 16))[0].tokens.count
        }
        let theirs = try llama.seconds(for: count)
        if round > 0 { ratio.add(theirs / ours) }
    }
    print("generating after 256 tokens, one text, tokens/s against llama.cpp's server, whose weights have 4 bits")
    print("  ratio  \(format(ratio.median)) (10th percentile \(format(ratio.percentile(0.1))))")
}
