import ArgusBench
import ArgusHost
import Foundation
import Testing

@Suite("Selecting jobs of a suite")
struct JobSelectionTests {
    private func names(_ selection: JobSelection, of text: String) throws -> [String] {
        let runs = try SyntheticRuns()
        return try selection.of(Job.all(of: try runs.suite(text), out: runs.out)).map(\.name)
    }

    @Test("by scenario, entry and seed, in their order; all where none is named")
    func selects() throws {
        let selection = JobSelection(scenarios: ["demo/two"], entries: ["MAPPO", "Random"], seeds: [2, 0])
        #expect(
            try names(selection, of: SyntheticRuns.demo) == [
                "demo/two Random seed 0", "demo/two Random seed 2", "demo/two MAPPO seed 0", "demo/two MAPPO seed 2",
            ])
        #expect(try names(JobSelection(), of: SyntheticRuns.demo).count == 12)
    }

    @Test("a pair is an entry like others")
    func pairs() throws {
        let found = try names(JobSelection(entries: ["Random--MAPPO"]), of: SyntheticRuns.crossed)
        #expect(found == ["demo/one Random--MAPPO seed 0"])
    }

    @Test(
        "what no job has is refused, with what there is",
        arguments: [
            (JobSelection(scenarios: ["demo/three"]), "--scenario", "'demo/three'", "demo/one, demo/two"),
            (JobSelection(entries: ["Random", "QMIX"]), "--entry", "'QMIX'", "Random, MAPPO"),
            (JobSelection(seeds: [3]), "--seed", "'3'", "0, 1, 2"),
        ])
    func refused(selection: JobSelection, flag: String, found: String, expected: String) throws {
        let error = #expect(throws: ArgusError.self) { try names(selection, of: SyntheticRuns.demo) }
        for text in [flag, found, expected] { #expect(error?.description.contains(text) == true) }
    }

    @Test("a pair on a scenario without pairs is refused")
    func noPair() throws {
        let text = SyntheticRuns.crossed
            .replacingOccurrences(of: "[demo/one]", with: "[demo/one, demo/two]")
            .replacingOccurrences(
                of: "crossplay: [Random, MAPPO, Model]",
                with: "crossplay: {entries: [Random, MAPPO], scenarios: [demo/two]}")
        let error = #expect(throws: ArgusError.self) {
            try names(JobSelection(scenarios: ["demo/one"], entries: ["Random--MAPPO"]), of: text)
        }
        #expect(error?.description.contains("crossplay") == true)
    }
}
