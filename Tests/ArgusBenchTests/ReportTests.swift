import ArgusBench
import ArgusHost
import Foundation
import Testing

@Suite("Reports")
struct ReportTests {
    private let runs: SyntheticRuns

    init() throws { runs = try SyntheticRuns() }

    private func report(_ folders: [String]? = nil) throws -> String {
        #expect(try Report.run(folders: folders ?? [runs.out], output: { _ in }) == 0)
        return runs.text((folders?.first ?? runs.out) + "/report.md")
    }

    @Test("the table has mean and interval, n, seeds, score, episodes, steps, time, rate and the greedy mean")
    func table() throws {
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        let text = try report()
        #expect(
            text.contains(
                """
                | entry | mean return (sampled) [95 %] | n | each seed's mean | score [95 %] | episodes | \
                env steps a seed | time a seed | steps/s | greedy |
                |---|---:|---:|---|---:|---:|---:|---:|---:|---:|
                | Random | 0.100 [-0.005, 0.205] | 12 episodes | 0.100 0.100 0.100 | 0.100 [-0.005, 0.205] | 12 | - | 1:05 | \
                15,230 | - |
                | MAPPO | 0.850 [0.726, 0.974] | 3 seeds | 0.800 0.850 0.900 | 0.850 [0.726, 0.974] | 12 | 1,000 | 1:05 | \
                15,230 | 0.900 [0.776, 1.024] |
                """))
        #expect(text.contains("MAPPO: n = 3: a smoke test, not a claim"))
        #expect(!text.contains("Random: n = 3"))
    }

    @Test("where training ended elsewhere than at its best checkpoint, the report says where")
    func earlierCheckpoints() throws {
        let suite = try runs.suite(SyntheticRuns.demo)
        try runs.finishAll(of: suite)
        #expect(try !report().contains("best checkpoints; the last"))
        for job in Job.all(of: suite, out: runs.out) where job.name == "demo/one MAPPO seed 1" {
            try runs.end(job, at: 0.2)
        }
        #expect(
            try report().contains(
                "MAPPO: the table is of the best checkpoints; the last evaluations in training had 0.800 0.200 0.900"))
    }

    @Test("differences say what was tested and whether they are significant")
    func differences() throws {
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        let text = try report()
        let verdict = "significant (p = 0.003; paired t test, 3 seeds)"
        #expect(text.contains("| MAPPO - Random | 0.750 [0.626, 0.874] | \(verdict) |"))
        #expect(text.contains("over the 2 comparisons of this report (Holm)"))

        let other = try SyntheticRuns()
        let suite = try other.suite(SyntheticRuns.demo)
        for job in Job.all(of: suite, out: other.out) {
            try other.finish(job, level: job.entry.isTrained ? [0.0, 0.9, 0.1][Int(job.seed)] : 0.1)
        }
        #expect(try Report.run(folders: [other.out], output: { _ in }) == 0)
        #expect(other.text(other.out + "/report.md").contains("| not significant (p = "))
    }

    @Test("references stand below the table with their source")
    func references() throws {
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        #expect(
            try report().contains(
                "| Paper | return | 0.500 | standard deviation 0.125 | 1,000,000 | table 3 \\| page 4 |"))
    }

    @Test(
        "an entry stands beside references of its name, with what each was had under, and is inside, above or below",
        arguments: [
            // The mean of MAPPO is 0.85 and its interval 0.726 to 0.974.
            ("mean: 0.8, ci95: [0.7, 0.9]", "inside", "0.800 | 95 % 0.700 to 0.900"),
            ("mean: 0.9, ci95: [0.86, 0.94]", "below", "0.900 | 95 % 0.860 to 0.940"),
            ("mean: 0.8, std: 0.04", "above", "0.800 | standard deviation 0.040"),
            ("mean: 0.95", "inside", "0.950 | not given"), ("mean: 1", "below", "1.000 | not given"),
            ("mean: 0.7", "above", "0.700 | not given"),
            // Less than 32-bit rewards can tell.
            ("mean: 0.8, ci95: [0.8, 0.8499999]", "inside", "0.800 | 95 % 0.800 to 0.850"),
            ("mean: 0.9, ci95: [0.8500001, 0.9]", "inside", "0.900 | 95 % 0.850 to 0.900"),
        ])
    func positions(numbers: String, position: String, published: String) throws {
        try runs.write(
            """
            scenario: demo/one
            version: 1
            environment: demo
            horizon: 50
            references:
              - {algorithm: MAPPO (Code), \(numbers), steps: 2000, source: Table 1, conditions: "rewards summed, greedy"}
              - {algorithm: recurrent MAPPO, mean: 3, source: other}
              - {algorithm: MAPPO, metric: unknown, mean: 3, source: other}

            """, to: "Scenarios/demo/one.yaml")
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        let text = try report()
        let cells = "| MAPPO | return | 0.850 [0.726, 0.974] | \(position) | \(published) | 1,000 | 2,000 | "
        let rows = text.split(separator: "\n").filter { $0.hasPrefix("| MAPPO | return |") }
        #expect(rows.count == 1)
        #expect(rows.first?.hasPrefix(cells) == true)
        #expect(rows.first?.contains("team reward, steps over all copies, best checkpoint, 4 episodes") == true)
        #expect(rows.first?.hasSuffix("| MAPPO (Code), Table 1: rewards summed, greedy |") == true)
        #expect(runs.text(runs.out + "/results.json").contains("\"position\" : \"\(position)\""))
    }

    @Test("a reference of another metric than the return stands beside that metric and its interval over runs")
    func referenceMetric() throws {
        try runs.write(
            """
            scenario: demo/one
            version: 1
            environment: demo
            horizon: 50
            references: [{algorithm: MAPPO, metric: deliveries, mean: 0.95, source: other}]

            """, to: "Scenarios/demo/one.yaml")
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        #expect(try report().contains("| MAPPO | deliveries | 0.850 [0.726, 0.974] | inside | 0.950 |"))
    }

    @Test("a reference that was had in another mode than the headline's is compared with ours in that mode")
    func referenceMode() throws {
        try runs.write(
            """
            scenario: demo/one
            version: 1
            environment: demo
            horizon: 50
            references: [{algorithm: MAPPO, mean: 0.9, std: 0.01, mode: greedy, source: other}]

            """, to: "Scenarios/demo/one.yaml")
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        let text = try report()
        #expect(text.contains("| MAPPO | return | 0.900 [0.776, 1.024] | inside | 0.900"))
        #expect(text.contains("4 episodes of their own, greedy, 3 seeds"))
    }

    @Test("an entry whose name has hyphens is compared with references that have spaces there; others with none")
    func referenceNames() throws {
        try runs.write(
            """
            scenario: demo/one
            version: 1
            environment: demo
            horizon: 50
            references: [{algorithm: Recurrent MAPPO (Code), mean: 0.85, source: other}]

            """, to: "Scenarios/demo/one.yaml")
        let named = SyntheticRuns.demo.replacingOccurrences(of: "name: MAPPO", with: "name: recurrent-MAPPO")
        try runs.finishAll(of: runs.suite(named))
        #expect(try report().contains("| recurrent-MAPPO | return | 0.850 [0.726, 0.974] | inside | 0.850 |"))
        let turned = try SyntheticRuns()
        try turned.write(runs.text(runs.root + "/Scenarios/demo/one.yaml"), to: "Scenarios/demo/one.yaml")
        try turned.finishAll(
            of: turned.suite(SyntheticRuns.demo.replacingOccurrences(of: "name: MAPPO", with: "name: MAPPO-recurrent")))
        #expect(try Report.run(folders: [turned.out], output: { _ in }) == 0)
        #expect(turned.text(turned.out + "/report.md").contains("| MAPPO-recurrent | return | 0.850 [0.726, 0.974] |"))

        let other = try SyntheticRuns()
        try other.finishAll(of: other.suite(SyntheticRuns.demo))
        #expect(try Report.run(folders: [other.out], output: { _ in }) == 0)
        #expect(!other.text(other.out + "/report.md").contains("Ours beside the references"))
    }

    @Test("the aggregate has interquartile mean, mean and optimality gap with intervals, and who beats whom")
    func aggregate() throws {
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        let text = try report()
        let row = "| MAPPO | 0.850 [0.813, 0.888] | 0.850 [0.817, 0.883] | 0.150 [0.117, 0.183] | 2 × 3 |"
        #expect(text.contains(row))
        #expect(text.contains("| MAPPO | Random | 1.00 [1.00, 1.00] |"))
    }

    @Test("a scenario of which no run is finished is not missing from the aggregate silently")
    func untried() throws {
        let suite = try runs.suite(SyntheticRuns.demo)
        for job in Job.all(of: suite, out: runs.out) where job.task.scenario.id == "demo/one" {
            try runs.finish(job, level: 0.5)
        }
        try SuiteRecord(suite).write(to: runs.out)
        #expect(try report().contains("demo/two has no run with a score and takes no part in the aggregate."))
    }

    @Test("a run is repeated in the mode that it was played in, where its policies were trained or told")
    func modesOfCommands() throws {
        let job = try #require(Job.all(of: try runs.suite(SyntheticRuns.demo), out: runs.root + "/loose").first)
        try runs.finish(job, level: 0.5)
        func command(_ mode: String, _ hashes: [String]?) throws -> String {
            var manifest = runs.manifest(job)
            manifest.hyperparameters["mode"] = mode
            manifest.policyHashes = hashes
            try RunDirectory(runs.root + "/loose/demo/one/Random/seed-0").write(manifest)
            let text = try report([runs.root + "/loose"])
            return text.split(separator: "\n").first { $0.hasPrefix("argus evaluate") }.map(String.init) ?? ""
        }
        #expect(try command("sampled", nil).hasSuffix("--seed 0"))
        #expect(try command("greedy", nil).hasSuffix("--mode greedy"))
        #expect(try command("sampled", ["fnv1a64:1"]).hasSuffix("--mode sampled"))
        #expect(try command("own", ["fnv1a64:1"]).hasSuffix("--seed 0"))
    }

    @Test("hyperparameters are listed once, and with their scenarios where these have their own")
    func hyperparameters() throws {
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        #expect(try report().contains("- MAPPO: mappo, epochs=4, rate=0.0005\n"))

        let other = try SyntheticRuns()
        other.epochs["demo/two"] = "8"
        try other.finishAll(of: other.suite(SyntheticRuns.demo))
        #expect(try Report.run(folders: [other.out], output: { _ in }) == 0)
        let text = other.text(other.out + "/report.md")
        #expect(text.contains("- MAPPO on demo/one: mappo, epochs=4, rate=0.0005\n"))
        #expect(text.contains("- MAPPO on demo/two: mappo, epochs=8, rate=0.0005\n"))
    }

    @Test("a run that was resumed by other code is named, and all its code stands with the rest")
    func resumed() throws {
        let suite = try runs.suite(SyntheticRuns.demo)
        try runs.finishAll(of: suite)
        let job = try #require(Job.all(of: suite, out: runs.out).last { $0.entry.isTrained })
        #expect(!(try report().contains("was resumed")))
        let began = runs.manifest(job)
        var manifest = began
        manifest.codeRevision = "def456"
        #expect(manifest.goOn(with: began, at: 400) == ["code abc123, now def456"])
        try RunDirectory(job.folder).write(manifest)
        let text = try report()
        #expect(text.contains("- code: abc123, def456\n"))
        #expect(
            text.contains(
                "- demo/two MAPPO seed \(job.seed) was resumed at step 400 with code abc123, now def456: its numbers may not "
                    + "come again\n"))
        // Another who is killed at once has made nothing; who comes back to the first has.
        var third = began
        #expect(third.goOn(with: manifest, at: 400) == ["code def456, now abc123"])
        #expect(third.before?.map(\.until) == [400])
        #expect(third.goOn(with: manifest, at: 500) == ["code def456, now abc123"])
        #expect(third.before?.map(\.codeRevision) == ["abc123", "def456"])
    }

    @Test("a run that goes on on another processor says so, unless nobody noted which it was")
    func movedRun() throws {
        let suite = try runs.suite(SyntheticRuns.demo)
        try runs.finishAll(of: suite)
        let began = runs.manifest(try #require(Job.all(of: suite, out: runs.out).last { $0.entry.isTrained }))
        var moved = began
        moved.machine = ["processor": "demo", "processor_model": "family 6, model 1"]
        #expect(moved.goOn(with: began, at: 400) == [])
        var back = began
        back.machine = ["processor": "demo", "processor_model": "family 6, model 2"]
        #expect(back.goOn(with: moved, at: 500) == ["processor_model family 6, model 1, now family 6, model 2"])
        #expect(back.origins.map(\.processor) == ["demo, family 6, model 1", "demo, family 6, model 2"])
    }

    @Test("curves have a row for each evaluation and a column for each trained entry")
    func curves() throws {
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        #expect(
            try report().contains(
                """
                | env steps | MAPPO (n = 3) |
                |---:|---:|
                | 500 | 0.425 [0.363, 0.487] |
                | 1,000 | 0.850 [0.726, 0.974] |
                """))
    }

    @Test("what is printed: a table for each scenario, the best entry against the others, and where the files are")
    func printed() throws {
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        var text = ""
        _ = try Report.run(folders: [runs.out], formats: [.markdown]) { text += $0 }
        let lines = text.split(separator: "\n").map(String.init)
        let cells = "0.850 [0.726, 0.974]      3 seeds  0.800 0.850 0.900"
        #expect(lines.contains { $0.hasPrefix("MAPPO") && $0.contains(cells) })
        #expect(
            lines.contains("MAPPO - Random: +0.750 [0.626, 0.874], significant (p = 0.003; paired t test, 3 seeds)"))
        #expect(lines.contains("All scenarios: score from 0 to 1 over 2 scenarios"))
        #expect(lines.last == "Written: \(runs.out)/report.md")
        #expect(!FileManager.default.fileExists(atPath: runs.out + "/results.csv"))
    }

    @Test("a table that is wider than the terminal goes on below, with nothing cut off")
    func narrow() throws {
        let plan = try JobPlan(Job.all(of: runs.suite(SyntheticRuns.demo), out: runs.out), slots: 2)
        let text = plan.text(terminal: Terminal(isTerminal: true, width: 40, hasColour: false))
        let table = text.components(separatedBy: "\n\n12 of 12")[0].split(separator: "\n")
        #expect(table.allSatisfy { $0.count <= 40 })
        #expect(table.count { $0.hasPrefix("demo/one") } % 6 == 0)
        for title in ["entry", "env steps", "disk", "estimated from"] { #expect(text.contains(title)) }
    }

    @Test("a missing run is visible, and its entry is left out of the aggregate")
    func missing() throws {
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo)) {
            $0.entry.name == "MAPPO" && $0.seed == 1 && $0.task.scenario.id == "demo/two"
        }
        let text = try report()
        #expect(text.contains("**Incomplete: 1 of 12 runs have no result.**"))
        #expect(text.contains("2 of 3 seeds | 8.000 missing 9.000"))
        #expect(text.contains("MISSING: MAPPO seed 1: not finished"))
        #expect(text.contains("MAPPO is left out of the aggregate: demo/two lacks seed 1"))
        #expect(runs.text(runs.out + "/summary.csv").contains("demo/two,MAPPO,1,,,,,,,,,,,,,,not finished,,\n"))
    }

    @Test("damaged runs are named, and never read as results")
    func damaged() throws {
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        try runs.write("{\"scenario\": ", to: "out/demo/one/MAPPO/seed-0/result.json")
        try runs.write("", to: "out/demo/one/MAPPO/seed-1/evaluations.jsonl")
        let text = try report()
        #expect(text.contains("MAPPO seed 0: failed: its result.json is damaged"))
        #expect(text.contains("MAPPO seed 1: failed: its evaluations.jsonl has no episodes"))
    }

    @Test("centralised execution and failed episodes are marked")
    func marks() throws {
        let suite = try runs.suite(SyntheticRuns.demo.replacingOccurrences(of: "name: Random", with: "name: Oracle"))
        try AtomicFile.makeFolder(runs.out)
        try SuiteRecord(suite).write(to: runs.out)
        for job in Job.all(of: suite, out: runs.out) { try runs.finish(job, level: 0.5, failed: 2) }
        let text = try report()
        #expect(text.contains("| Oracle † |"))
        #expect(text.contains("12 (6 failed)"))
        #expect(text.contains("† centralised execution: some policy sees the global state"))
    }

    @Test("results.csv has every episode and the means of training, summary.csv every scenario, entry, seed and mode")
    func csv() throws {
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        _ = try report()
        let episodes = runs.text(runs.out + "/results.csv").split(separator: "\n")
        #expect(episodes[0] == "scenario,entry,seed,step,purpose,mode,metric,episode,episode_seed,value")
        // 6 untrained runs of 4 episodes, 6 trained ones of 2 modes with 2 means and 4; return, length and one metric.
        #expect(episodes.count == 1 + (6 * 4 + 6 * 2 * (2 + 4)) * 3)
        #expect(episodes.contains("demo/one,MAPPO,0,500,curve,sampled,return,,,0.4"))
        let seed = EvaluationSeeds.absolute.seeds(block: 0, count: 1)[0]
        #expect(episodes.contains("demo/one,MAPPO,0,1000,absolute,sampled,return,0,\(seed),\(0.8 - 2 * 0.1)"))
        let summary = runs.text(runs.out + "/summary.csv").split(separator: "\n")
        #expect(summary.count == 1 + 6 + 6 * 2)
        #expect(summary.contains("demo/two,Random,1,0,sampled,1,1,0,2,4,0.1,4,0,65,15230,0,finished,,"))
        #expect(summary.allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 19 })
    }

    @Test("results.json has the contract's names")
    func json() throws {
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        _ = try report()
        let data = try #require(FileManager.default.contents(atPath: runs.out + "/results.json"))
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let results = try #require(document["results"] as? [[String: Any]])
        #expect(results.count == 4)
        let entry = try #require(results.first { $0["entry"] as? String == "MAPPO" })
        for key in [
            "scenario", "entry", "seeds", "step", "mode", "return", "score", "metrics", "episodes", "failed",
            "wall_seconds", "steps_per_second",
        ] { #expect(entry[key] != nil, "\(key)") }
        let mean = try #require(entry["return"] as? [String: Any])
        #expect(mean["n"] as? Int == 3)
        #expect((mean["ci95"] as? [Double])?.count == 2)
        // What training came to at its end, whichever checkpoint was best.
        let seed = try #require((entry["seeds"] as? [[String: Any]])?.first)
        #expect(seed["best_step"] as? Int == 1000)
        #expect(seed["code_revisions"] as? [String] == ["abc123"])
        #expect(seed["processors"] as? [String] == ["demo"])
        let curve = try #require(seed["curve"] as? [String: Any])
        #expect(curve["steps"] as? [Int] == [500, 1000])
        let returns = try #require(curve["returns"] as? [Double])
        #expect(abs(returns[0] - 0.4) < 1e-9 && abs(returns[1] - 0.8) < 1e-9 && returns.count == 2)
        let untrained = try #require(results.first { $0["entry"] as? String == "Random" })
        #expect((untrained["seeds"] as? [[String: Any]])?.contains { $0["curve"] != nil } == false)
    }

    @Test("the same entry from two folders is compared, not mixed")
    func severalFolders() throws {
        let suite = try runs.suite(SyntheticRuns.demo)
        try runs.finishAll(of: suite)
        let second = runs.root + "/second"
        for job in Job.all(of: suite, out: second) { try runs.finish(job, level: 0.3) }
        try SuiteRecord(suite).write(to: second)
        let text = try report([runs.out, second])
        #expect(text.contains("| MAPPO (out) | 0.850"))
        #expect(text.contains("| MAPPO (second) | 0.300"))
    }

    @Test("parts of one suite in several folders, as machines leave them, are put together; what is missing is so once")
    func partsOfASuite() throws {
        let suite = try runs.suite(SyntheticRuns.demo)
        let folders = ["m0", "m1", "m2"].map { runs.root + "/" + $0 }
        for (index, folder) in folders.enumerated() {
            for job in Job.all(of: suite, out: folder) where job.seed == UInt64(index) {
                guard job.task.scenario.id != "demo/two" || job.seed != 2 else { continue }
                try runs.finish(job, level: job.entry.isTrained ? 0.8 + 0.05 * Double(job.seed) : 0.1)
            }
            try SuiteRecord(suite).write(to: folder)
        }
        let text = try report(folders)
        #expect(text.contains("| MAPPO | 0.850 [0.726, 0.974] | 3 seeds | 0.800 0.850 0.900 |"))
        #expect(!text.contains("(m0)") && !text.contains("(m1)"))
        // An entry of each of two kinds.
        #expect(text.contains("**Incomplete: 2 of 12 runs have no result.**"))
        #expect(text.contains("| 2 of 3 seeds | 8.000 8.500 missing |"))
    }

    @Test("within a folder runs that were asked for differently, or twice, are told apart; missing ones belong to all")
    func differentRuns() throws {
        let loose = runs.root + "/loose"
        let suite = try runs.suite(SyntheticRuns.demo)
        let other = try runs.suite(SyntheticRuns.demo.replacingOccurrences(of: "0.0005", with: "0.1"))
        func job(_ suite: Suite, _ entry: String, _ seed: UInt64) throws -> Job {
            try #require(
                Job.all(of: suite, out: "").first {
                    $0.name == "demo/one \(entry) seed \(seed)"
                })
        }
        try runs.finish(job(suite, "MAPPO", 0), level: 0.5, in: loose + "/a")
        try runs.finish(job(suite, "MAPPO", 1), level: 0.7, in: loose + "/b")
        #expect(try report([loose]).contains("| MAPPO | 0.600 "))
        try runs.finish(job(other, "MAPPO", 2), level: 0.9, in: loose + "/c")
        try runs.finish(job(suite, "MAPPO", 1), level: 0.8, in: loose + "/d")
        let text = try report([loose])
        #expect(text.contains("| MAPPO (a) | 0.600 "))
        #expect(text.contains("| MAPPO (c) | 0.900 "))
        #expect(text.contains("| MAPPO (d) | 0.800 "))
        // A hyperparameter that an older run does not know of makes no difference.
        let newer = try job(suite, "MAPPO", 3 - 1)
        try runs.finish(newer, level: 0.8, in: runs.root + "/newer/b")
        try runs.finish(job(suite, "MAPPO", 0), level: 0.6, in: runs.root + "/newer/a")
        var manifest = runs.manifest(newer)
        manifest.hyperparameters["new"] = "1"
        manifest.device = "cpu"
        try RunDirectory(runs.root + "/newer/b").write(manifest)
        #expect(try report([runs.root + "/newer"]).contains("| MAPPO | 0.700 "))
        // But where older runs did something else than its default does, they are not pooled.
        manifest.hyperparameters["scale_observations"] = "true"
        manifest.hyperparameters["unscaled_range"] = "32.0"
        try RunDirectory(runs.root + "/newer/b").write(manifest)
        manifest = try runs.manifest(job(suite, "MAPPO", 0))
        manifest.hyperparameters["scale_observations"] = "true"
        try RunDirectory(runs.root + "/newer/a").write(manifest)
        let apart = try report([runs.root + "/newer"])
        #expect(apart.contains("| MAPPO (a) | 0.600 ") && apart.contains("| MAPPO (b) | 0.800 "))
    }

    @Test("pairs of two folders have a matrix each, in one; episodes of pairs are in results.csv")
    func severalMatrices() throws {
        let suite = try runs.suite(SyntheticRuns.crossed)
        try runs.finishAll(of: suite)
        _ = try report()
        #expect(runs.text(runs.out + "/results.csv").contains("demo/one,Random--MAPPO,0,"))
        let second = runs.root + "/second"
        for job in Job.all(of: suite, out: second) { try runs.finish(job, level: 0.3) }
        try SuiteRecord(suite).write(to: second)
        let text = try report([runs.out, second])
        #expect(
            text.contains(
                "| first agent \\\\ the others | Random (out) | MAPPO (out) | Model (out) | Random (second)"))
        let row = try #require(
            text.split(separator: "\n").last { $0.hasPrefix("| MAPPO (second) | - | - | - | 0.300 ") })
        #expect(row.components(separatedBy: "0.300 [").count == 4)
        #expect(!text.contains("Random--MAPPO"))
    }

    @Test("a pair with a side that was trained varies over seeds, and the cell says how many")
    func trainedPairs() throws {
        let suite = try runs.suite(SyntheticRuns.crossed.replacingOccurrences(of: "seeds: 1", with: "seeds: 3"))
        try runs.finishAll(of: suite)
        for job in Job.all(of: suite, out: runs.out) where job.entry.name == "Random--MAPPO" {
            try runs.finish(job, level: [0.1, 0.2, 0.3][Int(job.seed)])
            var manifest = runs.manifest(job)
            manifest.policyHashes = [Fingerprint.of("weights")]
            try RunDirectory(job.folder).write(manifest)
        }
        let text = try report()
        #expect(text.contains("0.200 [-0.048, 0.448] (n = 3)"))
        #expect(text.contains("over seeds where a side was trained (n: how many), else over episodes"))
    }

    @Test("a pair that has lost a seed says so, in its cell and in results.json")
    func incompletePair() throws {
        let suite = try runs.suite(SyntheticRuns.crossed.replacingOccurrences(of: "seeds: 1", with: "seeds: 2"))
        try runs.finishAll(of: suite) { $0.entry.name == "Random--Model" && $0.seed == 1 }
        #expect(try report().contains(" (1 of 2 seeds) |"))
        let data = try #require(FileManager.default.contents(atPath: runs.out + "/results.json"))
        let document = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        let pairs = try #require(document["crossplay"] as? [[String: Any]])
        let missing = pairs.filter { $0["missing"] != nil }
        #expect(missing.count == 1 && missing[0]["rest"] as? String == "Model")
        #expect(missing[0]["missing"] as? [UInt64] == [1] && missing[0]["unit"] as? String == "episode")
        let difference = try #require((document["differences"] as? [[String: Any]])?.first)
        #expect(difference["unit"] is String && document["comparisons"] is Int)
    }

    @Test("the score of another metric has the interval of its episodes")
    func scoreOfMetric() throws {
        let path = "Scenarios/demo/one.yaml"
        let scenario = runs.text(runs.root + "/" + path)
        try runs.write(scenario.replacingOccurrences(of: "score: {", with: "score: {metric: deliveries, "), to: path)
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        #expect(
            try report().contains(
                "| Random | 0.100 [-0.005, 0.205] | 12 episodes | 0.100 0.100 0.100 | 0.100 [-0.005, 0.205] |"))
    }

    @Test("a catalogue's scenario that is another by now gives no references")
    func changedCatalog() throws {
        let suite = try runs.suite(SyntheticRuns.demo)
        let job = try #require(Job.all(of: suite, out: runs.root + "/loose").first)
        try runs.finish(job, level: 0.5)
        func text(_ hash: String?) throws -> String {
            _ = try Report.run(
                folders: [runs.root + "/loose"], catalog: runs.catalog, output: { _ in },
                scenarioHash: { _ in hash })
            return runs.text(runs.root + "/loose/report.md")
        }
        #expect(try text(nil).contains("table 3"))
        #expect(try text(job.task.hash).contains("table 3"))
        #expect(try !text("fnv1a64:0").contains("table 3"))
    }

    @Test("runs of different versions of a scenario get tables of their own")
    func versions() throws {
        let suite = try runs.suite(SyntheticRuns.demo)
        try runs.finishAll(of: suite)
        var old = Job.all(of: suite, out: runs.root + "/old")[0]
        old.task.hash = "fnv1a64:0"
        try runs.finish(old, level: 0.9)
        let text = try report([runs.out, runs.root + "/old"])
        #expect(text.contains("## demo/one (version 1, fnv1a64:0)"))
        #expect(text.contains("## demo/one (version 1, \(suite.tasks[0].hash))"))
    }

    @Test("folders without results, and formats of a later version, are errors")
    func errors() throws {
        #expect(throws: ArgusError.self) { _ = try Report.run(folders: [runs.root + "/none"]) }
        #expect(throws: ArgusError.self) { _ = try Report.run(folders: [runs.root]) }
        #expect(throws: ArgusError.self) { _ = try Report.run(folders: []) }
        #expect(try Report.Format.parse("md,csv,json") == [.markdown, .csv, .json])
        for name in ["html", "marl-eval"] {
            let error = #expect(throws: ArgusError.self) { _ = try Report.Format.parse("md,\(name)") }
            #expect(error?.description.contains("not available in this version") == true)
        }
        #expect(throws: ArgusError.self) { _ = try Report.Format.parse("pdf") }
    }
}
