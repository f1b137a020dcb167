/// A suite's progress in words: pure, so that it needs no terminal.
public enum ProgressText {
    /// Lines of at most `width` characters: the suite, then a line for each running job.
    public static func block(_ progress: SuiteProgress, width: Int) -> [String] {
        let scenarioWidth = progress.running.map(\.scenario.count).max() ?? 0
        let entryWidth = progress.running.map(\.entry.count).max() ?? 0
        let jobs = progress.running.map { job in
            var words = [
                padded(job.scenario, scenarioWidth), padded(job.entry, entryWidth), "seed \(job.seed)",
            ]
            if let said = job.progress {
                words.append("\(bar(said.fraction, width: 10)) \(padLeft("\(Int(said.fraction * 100))", 3)) %")
                words += details(said)
            } else {
                words.append("starting, \(clock(job.elapsed))")
            }
            return "  " + words.joined(separator: "  ")
        }
        return ([headline(progress)] + jobs).map { fitted($0, width) }
    }

    /// One line without control characters, for logs.
    public static func line(_ progress: SuiteProgress) -> String {
        let jobs = progress.running.map { job in
            let said = job.progress.map { (["\(Int($0.fraction * 100)) %"] + details($0)).joined(separator: ", ") }
            return "\(job.scenario) \(job.entry) seed \(job.seed): \(said ?? "starting")"
        }
        return ([headline(progress)] + jobs).joined(separator: " | ")
    }

    /// `12 of 18 jobs done, 1 failed, 3:10 gone, about 7:20 left`.
    public static func headline(_ progress: SuiteProgress) -> String {
        var words = ["\(progress.finished) of \(progress.total) jobs done"]
        if progress.failed > 0 { words.append("\(progress.failed) failed") }
        words.append("\(clock(progress.elapsed)) gone")
        if let left = progress.secondsLeft { words.append("about \(clock(left)) left") }
        return words.joined(separator: ", ")
    }

    private static func details(_ said: JobProgress) -> [String] {
        var words: [String] = []
        if said.phase != "training" { words.append(said.phase) }
        if let rate = said.stepsPerSecond, rate.isFinite, rate > 0 {
            words.append("\(NumberText.rate(rate)) steps/s")
        }
        if let value = said.return, value.isFinite { words.append("return \(NumberText.short(value))") }
        if let calls = said.calls, let tokens = said.tokens {
            words.append("\(NumberText.grouped(calls)) calls, \(NumberText.grouped(tokens)) tokens")
        }
        if let left = said.secondsLeft, left.isFinite { words.append("\(clock(left)) left") }
        return words
    }

    /// `[####------]`.
    static func bar(_ fraction: Double, width: Int) -> String {
        let full = Int((fraction * Double(width)).rounded(.down))
        return "[" + String(repeating: "#", count: full) + String(repeating: "-", count: width - full) + "]"
    }

    /// `3:10`, or `1:02:03` from an hour on.
    public static func clock(_ seconds: Double) -> String {
        guard seconds.isFinite else { return "?" }
        let whole = Int(min(max(0, seconds.rounded()), 1e9))
        func two(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(whole % 60))" : "\(minutes):\(two(whole % 60))"
    }

    private static func fitted(_ line: String, _ width: Int) -> String {
        line.count <= width ? line : line.prefix(max(0, width - 1)) + "…"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private static func padLeft(_ text: String, _ width: Int) -> String {
        String(repeating: " ", count: max(0, width - text.count)) + text
    }
}
