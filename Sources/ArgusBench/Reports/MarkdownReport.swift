import ArgusHost

/// `report.md`: the tables, how to read them, and everything needed to make them again.
enum MarkdownReport {
    static func text(_ results: BenchmarkResults) -> String {
        var parts = ["# Benchmark report: \(Table.escaped(results.title))\n"]
        parts += results.suites.compactMap { $0.description.map { Table.escaped($0) + "\n" } }
        if !results.unfinished.isEmpty {
            let all = results.runs.count
            parts.append("**Incomplete: \(results.unfinished.count) of \(all) runs have no result.** See below.\n")
        }
        for result in results.scenarios { parts += scenario(result) }
        parts += aggregate(results.aggregate)
        parts.append(reading(results))
        parts += protocols(results)
        parts += origin(results)
        return parts.joined(separator: "\n")
    }

    private static func scenario(_ result: ScenarioResult) -> [String] {
        var parts = ["## \(Table.escaped(result.title))\n"]
        if let description = result.scenario?.description { parts.append(Table.escaped(description) + "\n") }
        parts.append(ResultTables.scenario(result).markdown)
        parts += list(ResultTables.notes(result))
        if !result.comparisons.isEmpty { parts += ["Differences:\n", ResultTables.comparisons(result).markdown] }
        if let models = ResultTables.models(result) { parts += ["Language models:\n", models.markdown] }
        if let crossplay = result.crossplay {
            parts += [
                "Cross-play: mean return [95 %] of a team whose first agent is the row's and whose others are the "
                    + "column's; \(CrossPlayResult.unit).\n", crossplay.table(decimals: result.decimals).markdown,
            ]
        }
        if let score = result.scenario?.score {
            let why = score.why.isEmpty ? "" : " (\(Table.escaped(score.why)))"
            parts.append(
                "Score: 0 at \(Table.escaped(score.metric)) \(NumberText.exact(score.floor)), "
                    + "1 at \(NumberText.exact(score.ceiling))\(why).\n")
        }
        if let comparisons = ResultTables.comparisonsWithReferences(result, conditions: true) {
            parts += [
                "Ours beside the references of the same algorithm. *inside*: our mean is within the reference's interval (or "
                    + "standard deviation) or, where there is none, our interval has its mean. The conditions differ, so "
                    + "this is no test.\n", comparisons.markdown,
            ]
        }
        if let scenario = result.scenario, !scenario.references.isEmpty {
            parts += [
                "References, published or measured here, under the conditions that the source states:\n",
                ResultTables.references(scenario).markdown,
            ]
        }
        if let curves = ResultTables.curves(result) {
            parts += ["Learning curves: mean return over seeds [95 %], in the headline mode:\n", curves.markdown]
        }
        return parts
    }

    private static func aggregate(_ aggregate: AggregateResult) -> [String] {
        guard !aggregate.scenarios.isEmpty || !aggregate.notes.isEmpty else { return [] }
        var parts = ["## All scenarios\n"]
        if !aggregate.rows.isEmpty {
            let names = aggregate.scenarios.map { Table.escaped($0) }.joined(separator: ", ")
            parts += ["Scores from 0 to 1 over \(names).\n", ResultTables.aggregate(aggregate).markdown]
        }
        if !aggregate.improvements.isEmpty { parts.append(ResultTables.improvements(aggregate).markdown) }
        return parts + list(aggregate.notes)
    }

    private static func reading(_ results: BenchmarkResults) -> String {
        """
        ## How to read this

        - The **mean return** of a trained entry is the mean over training seeds of each seed's mean over the episodes of \
        the absolute metric: the best checkpoint of the run, evaluated on episode seeds of their own. Its interval is \
        Student's t over seeds. For an entry that is not trained both are over episodes.
        - All entries play the same evaluation episodes. Failed episodes are counted and never part of a return.
        - **sampled**: actions are drawn from the policy; **greedy**: the most probable action is taken; **own**: some of \
        the team's policies do the one and some the other. Q-learners take any legal action with their last ε (the \
        hyperparameter `exploration_end`) where they are sampled, and else the one of the highest value.
        - Differences: t tests, paired where both entries have the same seeds; p-values are corrected over the \
        \(results.comparisonCount) comparisons of this report (Holm), the level is 0.05. The interval is that of the \
        single difference. "Not significant" does not show that entries are equal. Where no value varies there is no t, and \
        an exact permutation test, whose p is at least 0.25 with three pairs of seeds.
        - The **score** is 0 at the scenario's floor and 1 at its ceiling, which are fixed and do not depend on this \
        report's entries. It is not clipped.
        - The **interquartile mean** is the mean of the middle half of all scores, with a stratified bootstrap interval \
        (\(NumberText.grouped(StratifiedBootstrap.defaultRepetitions)) repetitions; Agarwal et al., NeurIPS 2021). \
        **Optimality gap**: how far scores stay below 1; lower is better.
        - **env steps** are steps of the environment, summed over parallel copies, not over agents. **steps/s** of a \
        trained entry are those of its training, evaluations apart; of another those of its episodes.
        - **Language models**: a *call* is a request that the run needs an answer to; a reply that it had already is used \
        again and is no call. *Replies read*: how many of the decisions ended as `ok`, as `repaired` (an action, but not \
        quite in the form asked for), as `illegal`, `malformed`, `truncated` or `refused` (then the entry's fallback chose), \
        or as `timeout` or `provider_error` (then the episode failed and is in no mean).
        - \(ResultTables.centralisedNote)

        """
    }

    // MARK: Conditions

    private static func protocols(_ results: BenchmarkResults) -> [String] {
        let manifests = results.runs.compactMap(\.manifest)
        guard !manifests.isEmpty else { return [] }
        var lines: [String] = []
        let seeds = unique(results.runs.map(\.seed)).sorted().map { "\($0)" }
        lines.append("seeds: \(seeds.joined(separator: ", "))")
        lines.append("episodes of the absolute metric: \(words(manifests.map { "\($0.absoluteEpisodes)" }))")
        let trained = manifests.filter { $0.algorithm != nil }
        if !trained.isEmpty {
            lines.append(
                "evaluations during training: \(words(trained.map { "\($0.evaluations)" })), each of "
                    + "\(words(trained.map { "\($0.evaluationEpisodes)" })) episodes")
        }
        return ["## Protocol\n"] + list(lines) + hyperparameters(results)
    }

    /// All hyperparameters of each trained entry, since a comparison is one of them too.
    private static func hyperparameters(_ results: BenchmarkResults) -> [String] {
        var found: [(entry: String, values: String, scenarios: [String])] = []
        for entry in results.scenarios.flatMap(\.entries) {
            for manifest in entry.runs.compactMap(\.manifest) where manifest.algorithm != nil {
                let numbers = manifest.hyperparameters.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
                let values = ([manifest.algorithm ?? ""] + numbers).joined(separator: ", ")
                if let index = found.firstIndex(where: { $0.entry == entry.entry && $0.values == values }) {
                    if !found[index].scenarios.contains(manifest.scenario) {
                        found[index].scenarios.append(manifest.scenario)
                    }
                } else {
                    found.append((entry.entry, values, [manifest.scenario]))
                }
            }
        }
        let lines = found.map { entry, values, scenarios in
            // A scenario may ask for hyperparameters of its own.
            let isAlone = found.count { $0.entry == entry } == 1
            return "\(entry)\(isAlone ? "" : " on \(scenarios.joined(separator: ", "))"): \(values)"
        }
        return lines.isEmpty ? [] : ["Hyperparameters:\n"] + list(lines)
    }

    private static func origin(_ results: BenchmarkResults) -> [String] {
        let manifests = results.runs.compactMap(\.manifest)
        guard !manifests.isEmpty else { return [] }
        var lines: [String] = []
        let origins = manifests.flatMap(\.origins)
        for machine in unique(origins.map(\.machine)) {
            lines.append("machine: \(pairs(machine))")
        }
        for versions in unique(origins.map(\.versions)) { lines.append("versions: \(pairs(versions))") }
        lines.append("threads of a run: \(words(manifests.map { "\($0.threads)" }))")
        let devices = manifests.compactMap(\.device)
        if !devices.isEmpty { lines.append("networks learnt on: \(words(devices))") }
        lines.append("code: \(words(origins.map(\.codeRevision)))")
        let plugins = manifests.flatMap { manifest in manifest.origins.map { "\(manifest.plugin) \($0.pluginHash)" } }
        lines.append("plugins: \(words(plugins))")
        lines += manifests.flatMap(resumptions)
        let commands = unique(
            results.scenarios.flatMap { result in
                result.all.compactMap { entry in entry.runs.lazy.compactMap(\.manifest).first.map(command) }
            })
        return ["## Where it was run\n"] + list(lines)
            + ["Single runs again, by seed:\n", "```\n\(commands.joined(separator: "\n"))\n```\n"]
    }

    /// Where a run was resumed with another code, plugin, library or processor.
    private static func resumptions(_ manifest: RunManifest) -> [String] {
        zip(manifest.origins, manifest.origins.dropFirst()).map { earlier, later in
            "\(manifest.scenario) \(manifest.entry) seed \(manifest.seed) was resumed at step \(earlier.until) with "
                + "\(earlier.changes(to: later).joined(separator: "; ")): its numbers may not come again"
        }
    }

    /// What a person types to have this run again.
    private static func command(_ manifest: RunManifest) -> String {
        guard let algorithm = manifest.algorithm else {
            let team = quoted(manifest.team ?? "random") + (manifest.partner.map { " --partner \(quoted($0))" } ?? "")
            let mode = manifest.hyperparameters["mode"].flatMap(PolicySettings.Mode.init)
            // Policies that were not trained draw their actions unless they are told to do otherwise.
            let isTold = mode == .greedy || manifest.policyHashes != nil
            return "argus evaluate \(manifest.scenario) --team \(team) --episodes \(manifest.absoluteEpisodes) "
                + "--seed \(manifest.seed)" + (isTold ? mode.map { " --mode \($0.rawValue)" } ?? "" : "")
                + (manifest.hasShuffledMessages ? " --shuffle-messages" : "")
        }
        return "argus train \(manifest.scenario) --algorithm \(algorithm) --steps \(manifest.steps) "
            + "--seed \(manifest.seed) --threads \(manifest.threads) --evaluations \(manifest.evaluations) "
            + "--evaluation-episodes \(manifest.evaluationEpisodes) "
            + "--absolute-episodes \(manifest.absoluteEpisodes)"
            + (manifest.device.map { " --device \(quoted($0))" } ?? "")
            + manifest.hyperparameters.sorted { $0.key < $1.key }
            .map { " --set \(quoted("\($0.key)=\($0.value)"))" }.joined()
    }

    private static func quoted(_ word: String) -> String {
        let isPlain = word.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "._-=:/,+".contains($0)) }
        return isPlain ? word : "'\(word.replacing("'", with: "'\\''"))'"
    }

    private static func pairs(_ values: [String: String]) -> String {
        values.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }

    private static func words(_ values: [String]) -> String { unique(values).joined(separator: ", ") }

    private static func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }

    private static func list(_ lines: [String]) -> [String] {
        lines.isEmpty ? [] : [lines.map { "- \(Table.escaped($0))" }.joined(separator: "\n") + "\n"]
    }
}
