import ArgusBench
import Testing

@Suite("Progress")
struct ProgressTextTests {
    static let progress = SuiteProgress(
        total: 18, finished: 7, failed: 1,
        running: [
            .init(
                scenario: "demo/one", entry: "MAPPO", seed: 2, elapsed: 30,
                progress: JobProgress(
                    phase: "training", step: 520_000, steps: 1_000_000, stepsPerSecond: 15_230.4, return: 3.2149,
                    secondsLeft: 40)),
            .init(scenario: "demo/longer", entry: "IPPO", seed: 0, elapsed: 3, progress: nil),
        ], elapsed: 190, secondsLeft: 4000)

    @Test("a block has the suite's line and one aligned line a job")
    func block() {
        #expect(
            ProgressText.block(Self.progress, width: 200) == [
                "7 of 18 jobs done, 1 failed, 3:10 gone, about 1:06:40 left",
                "  demo/one     MAPPO  seed 2  [#####-----]  52 %  15,230 steps/s  return 3.215  0:40 left",
                "  demo/longer  IPPO   seed 0  starting, 0:03",
            ])
    }

    @Test("no line is wider than the terminal")
    func width() {
        for line in ProgressText.block(Self.progress, width: 30) { #expect(line.count <= 30) }
    }

    @Test("a line for a log has everything and no control characters")
    func line() {
        let line = ProgressText.line(Self.progress)
        #expect(line.contains("demo/one MAPPO seed 2: 52 %, 15,230 steps/s, return 3.215, 0:40 left"))
        #expect(!line.contains("\u{1B}") && !line.contains("\n"))
    }

    @Test("off a terminal there is a line every ten seconds; on one the block is drawn over")
    func display() {
        var written = ""
        let log = ProgressDisplay(terminal: .plain) { written += $0 }
        var progress = Self.progress
        for second in 0...25 {
            progress.elapsed = Double(second)
            log.show(progress)
        }
        #expect(written.split(separator: "\n").count == 2)
        #expect(!written.contains("\u{1B}"))

        written = ""
        let live = ProgressDisplay(terminal: Terminal(isTerminal: true, width: 80, hasColour: false)) { written += $0 }
        live.show(progress)
        live.say("demo/one MAPPO seed 1: return 3")
        live.show(progress)
        live.finish()
        #expect(written.contains("\u{1B}[3A\r\u{1B}[Jdemo/one MAPPO seed 1: return 3\n7 of 18"))
        #expect(written.hasSuffix("\u{1B}[3A\r\u{1B}[J"))
    }

    @Test("a mention is drawn over by the next and cut to the terminal; off a terminal there is none")
    func mention() {
        var written = ""
        ProgressDisplay(terminal: .plain) { written += $0 }.mention("trying demo/one MAPPO")
        #expect(written.isEmpty)
        let live = ProgressDisplay(terminal: Terminal(isTerminal: true, width: 30, hasColour: false)) { written += $0 }
        live.mention("trying demo/one MAPPO")
        live.mention("trying demo/one-with-a-long-name MAPPO")
        live.finish()
        let erasure = "\u{1B}[1A\r\u{1B}[J"
        #expect(written == "trying demo/one MAPPO\n\(erasure)trying demo/one-with-a-long-n\n\(erasure)")
    }

    @Test("colour needs a terminal and no NO_COLOR")
    func colour() {
        #expect(Terminal.plain.hasColour == false)
        var written = ""
        ProgressDisplay(terminal: Terminal(isTerminal: true, width: 80, hasColour: false)) { written += $0 }
            .say("bad", isFailure: true)
        #expect(written == "bad\n")
    }
}
