import ArgusEnvAPI

/// Plays recorded episodes again and compares every value: does the environment equal what made the recording?
///
/// Rewards and observations are compared as f32, bit for bit, or within a tolerance. The end of an episode of T steps:
/// the rules must end it at step T if `ended` says so (or, where there is no `ended`, if `terminated[T - 1]` does); if
/// not, the horizon must cut it off when T reaches it or `truncated[T - 1]` says so, and else it must go on after step T.
/// At every step before T it must go on. (A reference that reports its own limit as termination records the truth in
/// `ended`.)
public final class EpisodeVerification {
    private let recording: RecordingFile<RecordedEpisode>
    private let environment: VectorEnvironment
    private let comparison: StepComparison

    /// - Parameters:
    ///   - environment: the environment's id; the file's header must name the same.
    ///   - tolerance: how far values may differ; 0: not in a bit. Hashes are always compared exactly.
    /// - Throws: ``ArgusError`` for a file, environment, parameter or list of agents that does not fit.
    public init(
        environment id: String, recording: RecordingFile<RecordedEpisode>, host: EnvironmentHost, tolerance: Float = 0
    ) throws(ArgusError) {
        let header = recording.header
        let place = recording.headerPlace
        guard header.environment == id else {
            throw ArgusError(
                .file, "recording of another environment", at: place, found: "'\(header.environment)'",
                expected: "'\(id)'", remedy: "'argus verify \(header.environment) \(recording.path)'")
        }
        guard (1...Scenario.horizonLimit).contains(header.horizon) else {
            throw ArgusError(
                .file, "value out of range", at: "\(place), key 'horizon'", found: "\(header.horizon)",
                expected: "1 to \(Scenario.horizonLimit)")
        }
        var scenario = Scenario(
            id: header.scenario ?? id, environment: id, parameters: header.parameters, horizon: header.horizon,
            reward: header.reward, masks: .none, file: place)
        scenario.communication = header.communication
        environment = try host.makeVectorEnvironment(scenario, copies: 1)
        let names = environment.specification.agents.map(\.name)
        guard header.agents == names else {
            throw ArgusError(
                .file, "other agents in the recording", at: "\(place), key 'agents'",
                found: header.agents.joined(separator: ", "), expected: names.joined(separator: ", "))
        }
        self.recording = recording
        comparison = StepComparison(environment: environment, tolerance: tolerance > 0 ? tolerance : nil)
    }

    /// Plays all episodes, or up to the first difference.
    ///
    /// - Parameter progress: called after each episode with the number of episodes so far and in all.
    /// - Throws: ``ArgusError`` for a line of the wrong shape, or an environment that fails.
    public func run(progress: (Int, Int) -> Void = { _, _ in }) throws(ArgusError) -> VerificationOutcome {
        var outcome = VerificationOutcome()
        for index in 0..<recording.count {
            let episode = try recording.record(index)
            let place = recording.place(index)
            try check(episode, place)
            let (steps, mismatch) = try compare(episode)
            outcome.steps += steps
            if let mismatch {
                outcome.difference = mismatch.difference(
                    place: place, episode: index + 1, seed: episode.seed, environment.specification)
                return outcome
            }
            outcome.episodes += 1
            progress(index + 1, recording.count)
        }
        return outcome
    }

    // MARK: Shapes

    /// Refuses a line whose parts do not fit together or the environment.
    private func check(_ episode: RecordedEpisode, _ place: String) throws(ArgusError) {
        func refused(_ key: String, _ found: String, _ expected: String) -> ArgusError {
            ArgusError(
                .file, "bad episode in recording", at: "\(place), key '\(key)'", found: found, expected: expected)
        }
        let specification = environment.specification
        let agents = specification.agents.count
        let steps = episode.actions.count
        guard (1...recording.header.horizon).contains(steps) else {
            throw refused("actions", "\(steps) steps", "1 to the horizon, \(recording.header.horizon)")
        }
        let lengths = [
            ("rewards", episode.rewards.count), ("terminated", episode.terminated.count),
            ("truncated", episode.truncated.count),
        ]
        for (key, count) in lengths where count != steps {
            throw refused(key, "\(count) entries", "\(steps), one for each of 'actions'")
        }
        if let texts = episode.texts {
            guard texts.count == steps else {
                throw refused("texts", "\(texts.count) entries", "\(steps), one for each of 'actions'")
            }
            for (step, row) in texts.enumerated() {
                for text in row where !(0..<agents).contains(text.agent) {
                    throw refused("texts[\(step)]", "agent \(text.agent)", "0 to \(agents - 1)")
                }
            }
        }
        for (step, row) in episode.rewards.enumerated() where row.count != agents {
            throw refused("rewards[\(step)]", "\(row.count) numbers", "\(agents), one an agent")
        }
        for (step, row) in episode.actions.enumerated() {
            guard row.count == agents else {
                throw refused("actions[\(step)]", "\(row.count) actions", "\(agents), one an agent")
            }
            for (agent, action) in row.enumerated() {
                if let misfit = comparison.misfit(action) {
                    throw refused("actions[\(step)][\(agent)]", misfit.found, misfit.expected)
                }
            }
        }
        if let values = episode.observations {
            guard values.count == steps + 1 else {
                throw refused("observations", "\(values.count) entries", "\(steps + 1): the reset's, and each step's")
            }
            for (step, rows) in values.enumerated() {
                let sizes = specification.agents.map { $0.observationSize ?? specification.observationSize }
                guard rows.map(\.count) == sizes else {
                    throw refused("observations[\(step)]", "rows of \(rows.map(\.count))", "\(sizes)")
                }
            }
        } else if let hashes = episode.observationHashes {
            guard hashes.count == steps + 1 else {
                throw refused(
                    "observation_hashes", "\(hashes.count) entries", "\(steps + 1): the reset's, and each step's")
            }
            for (step, hash) in hashes.enumerated() where UInt64(hash, radix: 16) == nil {
                throw refused("observation_hashes[\(step)]", "'\(hash)'", "a hexadecimal number of 64 bits")
            }
        }
    }

    // MARK: Comparison

    /// - Returns: the number of steps that were equal, and what was not.
    private func compare(_ episode: RecordedEpisode) throws(ArgusError) -> (steps: Int, mismatch: RecordedMismatch?) {
        if let mismatch = try comparison.begin(seed: episode.seed) { return (0, mismatch) }
        if let mismatch = observationMismatch(episode, 0, environment.local.observations) { return (0, mismatch) }
        for step in 1...episode.actions.count {
            comparison.write(episode.actions[step - 1])
            for text in episode.texts?[step - 1] ?? [] {
                environment.actions.rows(agent: text.agent).send(text: text.text, 0)
            }
            try environment.step()
            if let mismatch = comparison.rewardMismatch(episode.rewards[step - 1], step: step)
                ?? observationMismatch(episode, step, comparison.observations)
                ?? endMismatch(episode, step, environment.outcome.end(0))
            {
                return (step - 1, mismatch)
            }
        }
        return (episode.actions.count, nil)
    }

    private func observationMismatch(
        _ episode: RecordedEpisode, _ step: Int, _ rows: UnsafeBufferPointer<Float>
    ) -> RecordedMismatch? {
        if let values = episode.observations {
            return comparison.observationMismatch(values[step], rows, step: step)
        } else if let hashes = episode.observationHashes {
            let found = hash(of: rows)
            if found != UInt64(hashes[step], radix: 16) {
                return RecordedMismatch(
                    step: step, quantity: "observations of all agents (hash)", found: String(found, radix: 16),
                    expected: hashes[step])
            }
        }
        return nil
    }

    private func hash(of rows: UnsafeBufferPointer<Float>) -> UInt64 {
        let width = environment.specification.observationSize
        var hash = Fingerprint.empty
        for (agent, specification) in environment.specification.agents.enumerated() {
            for component in 0..<(specification.observationSize ?? width) {
                withUnsafeBytes(of: rows[agent * width + component].bitPattern.littleEndian) { bytes in
                    hash = Fingerprint.fnv1a64(bytes, continuing: hash)
                }
            }
        }
        return hash
    }

    private func endMismatch(_ episode: RecordedEpisode, _ step: Int, _ end: EpisodeEnd) -> RecordedMismatch? {
        var expected = EpisodeEnd.running
        if step == episode.actions.count {
            if episode.ended ?? episode.terminated[step - 1] {
                expected = .terminated
            } else if step == recording.header.horizon || (episode.ended == nil && episode.truncated[step - 1]) {
                expected = .truncated
            }
        }
        guard end != expected else { return nil }
        return RecordedMismatch(step: step, quantity: "end", found: words(end), expected: words(expected))
    }

    private func words(_ end: EpisodeEnd) -> String {
        switch end {
        case .running: "an episode that goes on"
        case .terminated: "an end by the rules"
        case .truncated: "an end at the horizon"
        case .failed: "an episode that failed (\(environment.lastReport ?? "no reason given"))"
        }
    }
}
