import ArgusEnvAPI
import ArgusHost
import ArgusTensor

extension RunManifest {
    /// Everything that the request's result depends on.
    static func make(
        _ request: TrainingRequest, source: any EnvironmentSource, scenarioHash: String,
        descriptor: EnvironmentDescriptor
    ) throws(ArgusError) -> RunManifest {
        let hyperparameters = request.configured.hyperparameters
        let defaults = request.algorithm.hyperparameters
        var manifest = RunManifest(
            scenario: request.scenario.id, scenarioVersion: request.scenario.version, scenarioHash: scenarioHash,
            scenarioText: try request.scenario.canonicalText(for: descriptor),
            plugin: source.shortName,
            pluginHash: try source.fingerprint(),
            entry: request.entry, seed: request.seed, algorithm: request.algorithm.name,
            hyperparameters: hyperparameters, team: nil, steps: request.steps,
            evaluationEpisodes: request.evaluationEpisodes, evaluations: request.evaluations,
            absoluteEpisodes: request.absoluteEpisodes, threads: request.threads,
            codeRevision: Machine.codeRevision,
            versions: Machine.versions.merging(["libtorch": TorchInfo.version]) { $1 },
            machine: Machine.description.merging(["libtorch_capability": TorchInfo.cpuCapability]) { $1 },
            device: request.device)
        manifest.changedHyperparameters = defaults.filter { hyperparameters[$0.name] != $0.standard }.map(\.name)
        return manifest
    }

    /// Refuses to go on with a run that was asked for differently.
    func requireSame(as earlier: RunManifest, _ folder: String) throws(ArgusError) {
        func refuse(_ what: String, _ asked: String, _ had: String) -> ArgusError {
            ArgusError(
                .checkpoint, "cannot resume with another \(what)", at: folder, found: asked, expected: had,
                remedy: "the run's own settings, or another --out")
        }
        if scenario != earlier.scenario || scenarioHash != earlier.scenarioHash {
            throw refuse("scenario", "\(scenario) \(scenarioHash)", "\(earlier.scenario) \(earlier.scenarioHash)")
        }
        if algorithm != earlier.algorithm {
            throw refuse("algorithm", algorithm ?? "none", earlier.algorithm ?? "none")
        }
        let (here, before) = (device ?? "cpu", earlier.device ?? "cpu")
        if here != before { throw refuse("device", here, before) }
        // Sums over threads come in another order.
        if threads != earlier.threads { throw refuse("number of threads", "\(threads)", "\(earlier.threads)") }
        if seed != earlier.seed { throw refuse("seed", "\(seed)", "\(earlier.seed)") }
        if steps != earlier.steps { throw refuse("number of steps", "\(steps)", "\(earlier.steps)") }
        for (name, value) in hyperparameters.sorted(by: { $0.key < $1.key }) {
            let had = earlier.hyperparameters[name]
            // What the version that began the run did not know yet has a default that does what it did.
            let isLaterDefault = had == nil && changedHyperparameters?.contains(name) != true
            guard had == value || isLaterDefault else {
                throw refuse("hyperparameter", "\(name)=\(value)", had.map { "\(name)=\($0)" } ?? "no \(name)")
            }
        }
        if evaluations != earlier.evaluations || evaluationEpisodes != earlier.evaluationEpisodes
            || absoluteEpisodes != earlier.absoluteEpisodes
        {
            throw refuse(
                "evaluation protocol", "\(evaluations) × \(evaluationEpisodes), \(absoluteEpisodes)",
                "\(earlier.evaluations) × \(earlier.evaluationEpisodes), \(earlier.absoluteEpisodes)")
        }
    }
}
