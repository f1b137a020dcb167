public import ArgusHost
import Foundation

/// `argus bench`: all jobs of a suite, then its report.
public enum Bench {
    /// - Returns: The exit status: 0; 1 when a job failed; 130 after an interrupt, 143 after a termination.
    /// - Throws: ``ArgusError`` for a suite, option or folder that does not allow it, before any job starts.
    public static func run(_ options: BenchOptions, catalog: ScenarioCatalog) throws(ArgusError) -> Int32 {
        if let jobs = options.jobs, !(1...10_000).contains(jobs) {
            throw ArgusError(
                .configuration, "value out of range", at: "--jobs", found: "\(jobs)", expected: "1 to 10000")
        }
        guard (1...1024).contains(options.threads) else {
            throw ArgusError(
                .configuration, "value out of range", at: "--threads", found: "\(options.threads)",
                expected: "1 to 1024")
        }
        try RunDirectory.requireName(options.out, option: "--out")
        try RunDirectory.requireName(options.resume, option: "--resume")
        let suite = try suite(options, catalog)
        for (entries, tasks) in [(suite.entries, suite.tasks), (suite.crossEntries, suite.crossTasks)] {
            for entry in entries {
                for task in tasks { try options.check(entry, task.scenario) }
            }
        }
        let out = trimmed(options.resume ?? options.out ?? defaultFolder(suite))
        let threads = options.threads
        let all = Job.all(of: suite, threads: threads, out: out)
        let jobs = try options.selection.of(all)
        let slots = options.jobs ?? max(1, min(Machine.cores / threads, jobs.count))
        if options.dryRun {
            let plan = try JobPlan(jobs, slots: slots) { (job) throws(ArgusError) in
                options.display.mention("trying \(job.task.scenario.id) \(job.entry.name)")
                return try options.trialRate(job.entry, job.task.scenario, threads)
            }
            options.display.finish()
            options.output(options.json ? try plan.json() : plan.text(terminal: .of(descriptor: 1)))
            return 0
        }
        if options.resume == nil { try requireEmpty(out) }
        // Holds the folder's lock while it lives, so that a suite never runs twice in one folder.
        let lock = try RunDirectory(out)
        defer { withExtendedLifetime(lock) {} }
        // Before the new suite.json replaces the one that the folder's results came from.
        for job in all { _ = try JobState.of(job) }
        try SuiteRecord(suite).write(to: out)

        let display = options.display
        let count = jobs.count < all.count ? "\(jobs.count) of \(all.count)" : "\(all.count)"
        display.say(
            "\(suite.name): \(count) jobs, \(slots) side by side, threads of each: \(threads); results in \(out)")
        let again = "argus bench --resume \(out)\(options.selection.arguments)"
        let runner = JobRunner(
            executable: options.executable ?? JobRunner.ownExecutable, slots: slots,
            replay: options.replay, display: display)
        let outcome = try runner.run(jobs)
        if let status = outcome.interruptStatus {
            display.say("Interrupted; what is finished is kept. Go on with: \(again)")
            return status
        }
        _ = try Report.run(folders: [out], json: options.json, catalog: catalog, output: options.output)
        guard !outcome.failures.isEmpty else {
            let left = try unfinished(all)
            if left > 0 {
                display.say("\(left) of the suite's \(all.count) jobs are left: argus bench --resume \(out)")
            }
            return 0
        }
        display.say(
            "\(outcome.failures.count) of \(jobs.count) jobs failed, see above. To run them again: \(again)",
            isFailure: true)
        return 1
    }

    private static func unfinished(_ jobs: [Job]) throws(ArgusError) -> Int {
        var count = 0
        for job in jobs {
            if case .finished = try JobState.of(job) { continue }
            count += 1
        }
        return count
    }

    private static func suite(_ options: BenchOptions, _ catalog: ScenarioCatalog) throws(ArgusError) -> Suite {
        if let resume = options.resume {
            if let out = options.out, trimmed(out) != trimmed(resume) {
                throw ArgusError(
                    .configuration, "two result folders", at: "argus bench",
                    found: "--out \(out) and --resume \(resume)", expected: "one of them")
            }
            let recorded = try SuiteRecord.read(from: resume)
            guard let recorded else {
                throw ArgusError(
                    .file, "nothing to resume", at: resume, found: "no suite.json",
                    expected: "a folder that 'argus bench' has written", remedy: "--out for a new run")
            }
            if options.suite == nil { return try unchanged(recorded, options, catalog) }
        }
        guard let name = options.suite else {
            throw ArgusError(
                .configuration, "no suite", at: "argus bench", found: "neither a suite nor --resume",
                expected: "a suite's file or id", remedy: "'argus list suites'")
        }
        return try SuiteFile.read(
            path: catalog.suitePath(named: name), catalog: catalog, algorithms: options.algorithms,
            hash: options.scenarioHash)
    }

    /// Jobs read their scenario's file: it must still say what it said when the suite was begun.
    private static func unchanged(
        _ suite: Suite, _ options: BenchOptions, _ catalog: ScenarioCatalog
    ) throws(ArgusError) -> Suite {
        var suite = suite
        for index in suite.tasks.indices {
            let recorded = suite.tasks[index].file
            // A suite that was begun on another machine: its scenario lies elsewhere there.
            if !FileManager.default.fileExists(atPath: recorded),
                let here = try? catalog.scenario(named: suite.tasks[index].scenario.id)
            {
                suite.tasks[index].file = SuiteFile.absolute(here.file)
            }
            let task = suite.tasks[index]
            let scenario = try ScenarioFile.read(path: task.file)
            let now = try options.scenarioHash(scenario)
            guard now == task.hash else {
                throw ArgusError(
                    .configuration, "scenario has changed since the suite was begun", at: task.file,
                    found: "fingerprint \(now)", expected: task.hash,
                    remedy: "the scenario (or plugin) as it was, or a new run with --out")
            }
            // The fingerprint leaves these out.
            let (before, after) = (task.scenario.score, scenario.score)
            guard
                before?.metric == after?.metric, before?.floor == after?.floor, before?.ceiling == after?.ceiling
            else {
                throw ArgusError(
                    .configuration, "scenario has changed since the suite was begun", at: task.file,
                    found: "another metric, floor or ceiling under 'score'", expected: "those in suite.json",
                    remedy: "the scenario as it was, or a new run with --out")
            }
            guard scenario.training.mapValues(\.values) == task.scenario.training.mapValues(\.values) else {
                throw ArgusError(
                    .configuration, "scenario has changed since the suite was begun", at: task.file,
                    found: "other hyperparameters under 'training'", expected: "those in suite.json",
                    remedy: "the scenario as it was, or a new run with --out")
            }
        }
        return suite
    }

    private static func requireEmpty(_ out: String) throws(ArgusError) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: out)) ?? []
        guard names.contains(where: { !$0.hasPrefix(".") }) else { return }
        throw ArgusError(
            .output, "result folder is not empty", at: out, found: names.sorted().prefix(3).joined(separator: ", "),
            expected: "a new or empty folder", remedy: "'--resume \(out)' to go on there, or another --out")
    }

    private static func defaultFolder(_ suite: Suite) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.dateFormat = "yyyyMMdd-HHmmss"
        return "results/\(suite.name)-\(format.string(from: Date()))"
    }

    private static func trimmed(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }
}
