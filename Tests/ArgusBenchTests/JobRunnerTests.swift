import ArgusBench
import ArgusHost
import Foundation
import Glibc
import Testing

/// Jobs are done by a shell script that follows the protocol of a job's process: progress lines on standard output,
/// `result.json` last, stop on an interrupt and at the end of standard input. It copies runs that the test prepared.
@Suite("Running jobs", .serialized)
struct JobRunnerTests {
    private let runs: SyntheticRuns
    private let script: String

    init() throws {
        runs = try SyntheticRuns()
        script = try JobRunnerTests.makeScript(runs.root)
    }

    static func makeScript(_ root: String) throws -> String {
        let text = """
            #!/bin/sh
            echo "$@" >> '\(root)/calls.txt'
            all="$*"
            while [ $# -gt 0 ]; do
                case $1 in
                    --out) out=$2;;
                    --entry) entry=$2;;
                    --team|--partner) case $2 in run:*) needed="$needed ${2#run:}";; esac;;
                esac
                shift
            done
            save() { mkdir -p "$out/checkpoint"; echo state > "$out/checkpoint/last.safetensors"; }
            for folder in $needed; do
                [ -f "$folder/result.json" ] || { echo "error: $folder is not finished" >&2; exit 1; }
            done
            case $entry in
            Fails) echo "error: no such layout" >&2; exit 1;;
            Dies) kill -9 $$;;
            Silent) exit 0;;
            Late) sleep 0.5;;
            Slow)
                case $all in *--resume*) ;; *)
                    trap 'save; exit 130' INT
                    exec 3<&0
                    { cat <&3 >/dev/null; echo gone > '\(root)/stdin-ended.txt'; } 3<&3 &
                    echo '{"phase":"training","step":500,"steps":1000,"steps_per_second":10,"return":null,"seconds_left":50}'
                    echo started > '\(root)/started.txt'
                    wait
                esac;;
            esac
            echo 'not progress'
            echo '{"phase":"done","step":1000,"steps":1000,"steps_per_second":10.5,"return":1.5,"seconds_left":0}'
            cp -r "\(root)/prepared/${out#\(root)/out/}/." "$out/"
            """
        let path = root + "/argus"
        try AtomicFile.write(Data(text.utf8), to: path)
        chmod(path, 0o755)
        return path
    }

    /// At most ten seconds.
    static func wait(for path: String) {
        for _ in 0..<1000 where !FileManager.default.fileExists(atPath: path) { usleep(10_000) }
    }

    private func prepare(_ text: String) throws -> Suite {
        let suite = try runs.suite(text)
        for (job, prepared) in zip(
            Job.all(of: suite, out: runs.out), Job.all(of: suite, out: runs.root + "/prepared"))
        {
            try runs.finish(job, level: 0.5, in: prepared.folder)
        }
        return suite
    }

    private func runner(_ slots: Int, _ write: @escaping (String) -> Void = { _ in }) -> JobRunner {
        JobRunner(
            executable: script, slots: slots, display: ProgressDisplay(terminal: .plain, write: write))
    }

    private var calls: [String] { runs.text(runs.root + "/calls.txt").split(separator: "\n").map(String.init) }

    @Test("untrained jobs come first, then seed by seed over entries")
    func order() throws {
        let jobs = Job.all(of: try runs.suite(SyntheticRuns.demo), threads: 2, out: "o")
        #expect(jobs.count == 12)
        #expect(jobs.prefix(6).allSatisfy { !$0.entry.isTrained })
        #expect(jobs[6...8].map(\.name) == ["demo/one MAPPO seed 0", "demo/two MAPPO seed 0", "demo/one MAPPO seed 1"])
        #expect(jobs[6].folder == "o/demo/one/MAPPO/seed-0")
        #expect(
            jobs[6].arguments(resuming: true) == [
                "train", jobs[6].task.file, "--algorithm", "mappo", "--steps", "1000", "--set", "rate=0.0005",
                "--evaluation-episodes", "2", "--evaluations", "2", "--absolute-episodes", "4", "--resume",
                "o/demo/one/MAPPO/seed-0", "--entry", "MAPPO", "--seed", "0", "--threads", "2", "--out",
                "o/demo/one/MAPPO/seed-0", "--progress", "json", "--stop-with-stdin",
            ])
        #expect(
            jobs[0].arguments(resuming: false) == [
                "evaluate", jobs[0].task.file, "--team", "random", "--episodes", "4", "--entry", "Random", "--seed",
                "0",
                "--threads", "2", "--out", "o/demo/one/Random/seed-0", "--progress", "json", "--stop-with-stdin",
            ])
    }

    @Test("every job runs once, and none again when all are finished")
    func all() throws {
        let suite = try prepare(SyntheticRuns.demo)
        let jobs = Job.all(of: suite, out: runs.out)
        var said = ""
        let outcome = try runner(3) { said += $0 }.run(jobs)
        #expect(outcome.failures.isEmpty && outcome.interruptStatus == nil)
        #expect(calls.count == 12)
        #expect(said.contains("[12/12]"))
        #expect(try runner(3).run(jobs).failures.isEmpty)
        #expect(calls.count == 12)
    }

    @Test("a pair waits for the run that it needs, however many jobs may run side by side")
    func needs() throws {
        // Whatever needs the late one fails if it starts before that is finished.
        let suite = try prepare(SyntheticRuns.crossed.replacingOccurrences(of: "MAPPO", with: "Late"))
        let jobs = Job.all(of: suite, out: runs.out)
        let outcome = try runner(9).run(jobs)
        #expect(outcome.failures.isEmpty)
        #expect(calls.count == jobs.count)
        let names = calls.compactMap { call in jobs.first { call.contains("--entry \($0.entry.name) ") }?.entry.name }
        let trained = try #require(names.firstIndex(of: "Late"))
        for pair in ["Random--Late", "Late--Random", "Late--Model", "Model--Late"] {
            #expect(try #require(names.firstIndex(of: pair)) > trained)
        }
    }

    @Test("a pair is not played while the run that it needs has no result")
    func failedNeed() throws {
        let suite = try prepare(SyntheticRuns.crossed.replacingOccurrences(of: "MAPPO", with: "Fails"))
        let jobs = Job.all(of: suite, out: runs.out)
        let outcome = try runner(2).run(jobs)
        #expect(outcome.failures.count == 5)
        let reason = outcome.failures["\(runs.out)/demo/one/Random--Fails/seed-0"]
        #expect(reason == "the run whose policy it needs has no result (\(runs.out)/demo/one/Fails/seed-0)")
        #expect(!calls.contains { $0.contains("--Fails ") || $0.contains("Fails-- ") })
        #expect(calls.count == jobs.count - 4)
        // The report has the reason, and what the pair had come to with a policy that is gone is gone too.
        let stale = try #require(jobs.first { $0.entry.name == "Random--Fails" })
        #expect(runs.text(stale.folder + "/failure.txt").contains("needs has no result"))
        try runs.finish(stale, level: 0.5)
        _ = try runner(2).run(jobs)
        #expect(!FileManager.default.fileExists(atPath: stale.folder + "/result.json"))
    }

    @Test("a pair is played again when the run that it needs has another policy")
    func otherPolicy() throws {
        let suite = try runs.suite(SyntheticRuns.crossed)
        try runs.finishAll(of: suite)
        let jobs = Job.all(of: suite, out: runs.out)
        let pair = try #require(jobs.first { $0.entry.name == "Random--MAPPO" })
        let trained = try #require(jobs.first { $0.entry.name == "MAPPO" })
        let policy = trained.folder + "/checkpoint/best.safetensors"
        try AtomicFile.makeFolder(trained.folder + "/checkpoint")
        func state(_ played: String?, _ found: String) throws -> Bool {
            try AtomicFile.write(Data(found.utf8), to: policy)
            var manifest = runs.manifest(pair)
            manifest.policyHashes = played.map { [Fingerprint.of($0)] }
            try RunDirectory(pair.folder).write(manifest)
            if case .finished = try JobState.of(pair) { return true }
            #expect(try JobState.of(pair) == .fresh)
            return false
        }
        #expect(try state("weights", "weights"))
        #expect(try !state("weights", "other weights"))
        #expect(try state(nil, "other weights"))
        try FileManager.default.removeItem(atPath: trained.folder + "/result.json")
        #expect(try !state("weights", "weights"))
    }

    @Test("a training that has saved its best policy and nothing else begins again")
    func nothingToGoOnFrom() throws {
        let job = try #require(Job.all(of: try runs.suite(SyntheticRuns.demo), out: runs.out).last)
        try RunDirectory(job.folder).write(runs.manifest(job))
        try AtomicFile.makeFolder(job.folder + "/checkpoint")
        try AtomicFile.write(Data("best".utf8), to: job.folder + "/checkpoint/best.safetensors")
        #expect(try JobState.of(job) == .fresh)
        try AtomicFile.write(Data("last".utf8), to: job.folder + "/checkpoint/last.safetensors")
        #expect(try JobState.of(job) == .resumable)
    }

    @Test("a job that fails, dies or leaves no result is told with its last words, and the others go on")
    func failures() throws {
        let suite = try prepare(
            SyntheticRuns.demo + "  - {name: Fails, team: random}\n  - {name: Dies, team: random}\n"
                + "  - {name: Silent, team: random}\n")
        let jobs = Job.all(of: suite, out: runs.out)
        let outcome = try runner(2).run(jobs)
        #expect(outcome.failures.count == 18)
        for (entry, words) in [
            ("Fails", "status 1: error: no such layout"), ("Dies", "was killed"), ("Silent", "left no result.json"),
        ] {
            let reason = outcome.failures["\(runs.out)/demo/one/\(entry)/seed-0"]
            #expect(reason?.contains(words) == true, "\(reason ?? "")")
        }
        for job in jobs {
            let isBad = ["Fails", "Dies", "Silent"].contains(job.entry.name)
            #expect(try (JobState.of(job) == .fresh) == isBad)
        }
    }

    @Test("a program that cannot be started fails every job and hangs nothing")
    func noProgram() throws {
        let suite = try runs.suite(SyntheticRuns.demo)
        let outcome = try JobRunner(
            executable: runs.root + "/none", slots: 2,
            display: ProgressDisplay(terminal: .plain) { _ in }
        ).run(Job.all(of: suite, out: runs.out))
        #expect(outcome.failures.count == 12)
    }

    private static let slow = """
        suite: demo
        protocol: {seeds: 1, absolute_episodes: 4}
        scenarios: [demo/one]
        entries: [{name: Random, team: random}, {name: Slow, train: mappo, steps: 1000}]

        """

    @Test("an interrupt reaches the processes, which save; the same job then goes on from its checkpoint")
    func interrupt() throws {
        let suite = try prepare(Self.slow)
        let jobs = Job.all(of: suite, out: runs.out)
        let started = runs.root + "/started.txt"
        Thread.detachNewThread {
            JobRunnerTests.wait(for: started)
            kill(getpid(), SIGINT)
        }
        let outcome = try runner(1).run(jobs)
        #expect(outcome.interruptStatus == 130)
        #expect(outcome.failures.isEmpty)
        try RunDirectory(jobs[1].folder).write(runs.manifest(jobs[1]))
        #expect(try JobState.of(jobs[1]) == .resumable)
        let resumed = try runner(1).run(jobs)
        #expect(resumed.interruptStatus == nil && resumed.failures.isEmpty)
        #expect(calls.count == 3)
        #expect(calls.last?.contains("--resume \(jobs[1].folder)") == true)
    }

    @Test("when this process is killed, the end of its input tells a job's process")
    func killed() async throws {
        setenv("ARGUS_TEST_ROOT", runs.root, 1)
        _ = try prepare(Self.slow)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            let root = ProcessInfo.processInfo.environment["ARGUS_TEST_ROOT"] ?? ""
            Thread.detachNewThread {
                JobRunnerTests.wait(for: root + "/started.txt")
                kill(getpid(), SIGKILL)
            }
            let suite = try SuiteFile.read(
                path: root + "/Scenarios/suites/demo.yaml", catalog: ScenarioCatalog(root: root + "/Scenarios"),
                hash: { $0.hash })
            _ = try JobRunner(
                executable: root + "/argus", slots: 1,
                display: ProgressDisplay(terminal: .plain) { _ in }
            ).run(Job.all(of: suite, out: root + "/out"))
        }
        let ended = runs.root + "/stdin-ended.txt"
        JobRunnerTests.wait(for: ended)
        #expect(FileManager.default.fileExists(atPath: ended))
    }

    @Test("a folder with another job's result is an error that says what differs")
    func otherJob() throws {
        let suite = try runs.suite(SyntheticRuns.demo)
        try runs.finishAll(of: suite)
        for (part, replacement, words) in [
            ("steps: 1000", "steps: 2000", "found steps 1000, expected steps 2000"),
            ("rate: 0.0005", "rate: 0.001", "found rate 0.0005, expected rate 0.001"),
            (", set: {rate: 0.0005}", "", "found rate 0.0005, expected rate of the algorithm's default"),
            ("absolute_episodes: 4", "absolute_episodes: 5", "absolute_episodes 4"),
            ("train: mappo", "train: ippo", "algorithm mappo"),
            ("team: random", "team: scripted", "team random"),
        ] {
            let other = try runs.suite(SyntheticRuns.demo.replacingOccurrences(of: part, with: replacement))
            let error = #expect(throws: ArgusError.self) { _ = try runner(1).run(Job.all(of: other, out: runs.out)) }
            #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
            #expect(error?.description.contains("--out") == true)
        }
        let threads = #expect(throws: ArgusError.self) {
            _ = try runner(1).run(Job.all(of: suite, threads: 2, out: runs.out))
        }
        #expect(threads?.description.contains("found threads 1, expected threads 2") == true)
        #expect(threads?.description.contains("'--threads 1'") == true)
        let same = try runs.suite(SyntheticRuns.demo.replacingOccurrences(of: "0.0005", with: "5e-4"))
        #expect(try runner(1).run(Job.all(of: same, out: runs.out)).failures.isEmpty)
        #expect(calls.isEmpty)
    }

    @Test("values of a scenario's file belong to what a job wants, unless the suite has others")
    func scenarioValues() throws {
        try runs.finishAll(of: runs.suite(SyntheticRuns.demo))
        let path = "Scenarios/demo/one.yaml"
        let text = runs.text(runs.root + "/" + path)
        try runs.write(text + "training: {mappo: {rate: 0.1, epochs: 4}}\n", to: path)
        let same = try runs.suite(SyntheticRuns.demo)
        #expect(try runner(1).run(Job.all(of: same, out: runs.out)).failures.isEmpty)
        try runs.write(text + "training: {mappo: {epochs: 5}}\n", to: path)
        let other = try runs.suite(SyntheticRuns.demo)
        let error = #expect(throws: ArgusError.self) { _ = try runner(1).run(Job.all(of: other, out: runs.out)) }
        #expect(error?.description.contains("found epochs 4, expected epochs 5") == true)
    }
}

/// The whole of `argus bench`, with the same script.
extension JobRunnerTests {
    private func bench(
        suite: String? = nil, resume: String? = nil, out: String? = nil, dryRun: Bool = false
    ) throws -> Int32 {
        try Bench.run(
            BenchOptions(
                suite: suite, out: out, resume: resume, dryRun: dryRun, executable: script, scenarioHash: { $0.hash },
                output: { _ in }, display: ProgressDisplay(terminal: .plain) { _ in }),
            catalog: runs.catalog)
    }

    @Test("a suite is not resumed with other hyperparameters in its scenarios' files than it was begun with")
    func changedTraining() throws {
        _ = try prepare(SyntheticRuns.demo)
        #expect(try bench(suite: "demo", out: runs.out) == 0)
        let path = "Scenarios/demo/one.yaml"
        try runs.write(runs.text(runs.root + "/" + path) + "training: {mappo: {epochs: 4}}\n", to: path)
        let error = #expect(throws: ArgusError.self) { _ = try bench(resume: runs.out) }
        #expect(error?.description.contains("other hyperparameters under 'training'") == true)
        #expect(error?.description.contains("demo/one.yaml") == true)
    }

    @Test("a suite runs to a report; its folder is then refused without --resume, and --resume changes nothing")
    func benchmark() throws {
        _ = try prepare(SyntheticRuns.demo)
        #expect(try bench(suite: "demo", out: runs.out) == 0)
        let report = runs.text(runs.out + "/report.md")
        #expect(report.contains("## demo/two"))
        let error = #expect(throws: ArgusError.self) { _ = try bench(suite: "demo", out: runs.out) }
        #expect(error?.description.contains("--resume") == true)
        let count = calls.count
        #expect(try bench(resume: runs.out + "/") == 0)
        #expect(calls.count == count)
        #expect(runs.text(runs.out + "/report.md") == report)
    }

    @Test("a failed job gives exit status 1, and stands in the report")
    func benchmarkWithFailure() throws {
        _ = try prepare(SyntheticRuns.demo + "  - {name: Fails, team: random}\n")
        #expect(try bench(suite: "demo", out: runs.out) == 1)
        let report = runs.text(runs.out + "/report.md")
        #expect(report.contains("MISSING: Fails seed 2: failed: its process ended with status 1"))
        #expect(report.contains("Fails is left out of the aggregate: demo/one lacks seed 0, 1, 2"))
    }

    @Test("what a running seed says of its own time is expected of the others")
    func expectedTime() throws {
        let jobs = Job.all(of: try runs.suite(SyntheticRuns.demo), out: "o")
            .filter { $0.name.hasPrefix("demo/one MAPPO") }
        var measured = JobCost.Measured()
        measured.add(nil, for: jobs[0])
        measured.add(JobProgress(phase: "training", step: 10, steps: 10, secondsLeft: 3), for: jobs[0])
        #expect(measured.seconds(of: jobs[1]) == nil, "at its end nothing can be told from what is left")
        measured.add(JobProgress(phase: "training", step: 250, steps: 1000, secondsLeft: 60), for: jobs[0])
        #expect(measured.seconds(of: jobs[1]) == 80)
        #expect(JobCost.estimate(of: jobs[1], measured: measured).seconds == 80)
    }

    @Test("a dry run runs nothing and writes nothing")
    func dryRun() throws {
        let suite = try prepare(SyntheticRuns.demo)
        #expect(try bench(suite: "demo", out: runs.out, dryRun: true) == 0)
        #expect(calls.isEmpty && !FileManager.default.fileExists(atPath: runs.out))
        let plan = try JobPlan(Job.all(of: suite, out: runs.out), slots: 2)
        let text = plan.text(terminal: .plain)
        #expect(text.contains("12 of 12 jobs to run, 2 side by side"))
        #expect(text.contains("15,000 training steps/s"))
        #expect(plan.seconds > 0 && plan.bytes > 0)
    }

    @Test("a training's time is estimated from a trial, one for all seeds, until a job of its pair is finished")
    func trials() throws {
        struct Plan: Decodable {
            struct Item: Decodable {
                var scenario: String
                var entry: String
                var seconds: Double
                var basis: String

                enum CodingKeys: String, CodingKey {
                    case scenario, entry, seconds
                    case basis = "estimated_from"
                }
            }
            var jobs: [Item]
        }
        let suite = try runs.suite(SyntheticRuns.demo)
        let jobs = Job.all(of: suite, out: runs.out)
        var tried: [String] = []
        func plan() throws -> [Plan.Item] {
            tried = []
            let plan = try JobPlan(jobs, slots: 1) { (job) throws(ArgusError) in
                tried.append("\(job.task.scenario.id) \(job.entry.name)")
                return 10
            }
            return try JSONDecoder().decode(Plan.self, from: Data(plan.json().utf8)).jobs
        }
        for item in try plan() {
            let isTrained = item.entry == "MAPPO"
            #expect(item.basis == (isTrained ? "a trial" : "an assumed speed"))
            // 1000 steps at 10 a second, and evaluations.
            #expect(isTrained ? (100..<101).contains(item.seconds) : item.seconds < 1)
        }
        #expect(tried.sorted() == ["demo/one MAPPO", "demo/two MAPPO"])

        try runs.finishAll(of: suite) { $0.name != "demo/one MAPPO seed 0" }
        let trained = try plan().filter { $0.entry == "MAPPO" }
        #expect(tried == ["demo/two MAPPO"])
        for item in trained {
            #expect(item.basis == (item.scenario == "demo/one" ? "finished jobs" : "a trial"))
        }
    }

    @Test("resuming needs a suite's folder and scenarios that have not changed")
    func resuming() throws {
        _ = try prepare(SyntheticRuns.demo)
        #expect(throws: ArgusError.self) { _ = try bench(resume: runs.root) }
        #expect(throws: ArgusError.self) { _ = try bench() }
        #expect(throws: ArgusError.self) { _ = try bench(suite: "dem", out: runs.out) }
        #expect(try bench(suite: "demo", out: runs.out) == 0)
        let path = "Scenarios/demo/one.yaml"
        try runs.write(
            runs.text(runs.root + "/" + path).replacingOccurrences(of: "horizon: 50", with: "horizon: 60"), to: path)
        let error = #expect(throws: ArgusError.self) { _ = try bench(resume: runs.out) }
        #expect(error?.description.contains("scenario has changed") == true)
    }

    @Test("what 0 and 1 of the score are does not change under a suite")
    func changedScore() throws {
        _ = try prepare(SyntheticRuns.demo)
        #expect(try bench(suite: "demo", out: runs.out) == 0)
        let path = "Scenarios/demo/one.yaml"
        let text = runs.text(runs.root + "/" + path)
        try runs.write(text.replacingOccurrences(of: "ceiling: 1.0", with: "ceiling: 0.5"), to: path)
        let error = #expect(throws: ArgusError.self) { _ = try bench(resume: runs.out) }
        #expect(error?.description.contains("ceiling under 'score'") == true)
    }

    @Test("an empty folder name is an error and not the root of the disk")
    func noFolder() throws {
        _ = try prepare(SyntheticRuns.demo)
        let error = #expect(throws: ArgusError.self) { _ = try bench(suite: "demo", out: "") }
        #expect(error?.description.contains("--out") == true)
    }
}
