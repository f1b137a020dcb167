import ArgusHost
import ArgusTesting
import PluginFixtures
import Testing

@Suite("Conformance checks find what is wrong, and only that")
struct ConformanceCheckTests {
    private func run(_ fault: String, library: PluginLibrary? = nil, groups: Int = 1) throws -> [(String, String)] {
        let subject = try ConformanceSubject(
            try library ?? PluginFixture.probe(),
            scenario: PluginFixture.probeScenario(fault: fault, groups: groups, length: fault == "ended_alone" ? 6 : 0))
        return ConformanceCheck.all.filter { !$0.needsOwnProcess }.compactMap { check in
            let result = check.run(subject)
            return result.verdict == .pass || result.verdict == .skip ? nil : (check.name, result.reason)
        }
    }

    @Test("An environment that is right passes every check, with any grouping", arguments: [1, 2, 3])
    func right(groups: Int) throws {
        for (name, reason) in try run("none", groups: groups) { Issue.record("\(name): \(reason)") }
    }

    /// A fault of probe.c, and the checks that must see it; others may.
    @Test(
        "Each fault is found by its check",
        arguments: [
            (
                "global_random",
                ["seed-fixes-episode", "interleaved-equal", "batch-equals-serial", "host-threads-equal"]
            ),
            ("reset_keeps", ["reset-forgets"]),
            ("shared_state", ["batch-equals-serial", "host-threads-equal"]),
            ("copy_number", ["batch-equals-serial", "host-threads-equal"]),
            ("constant_seed", ["seeds-differ"]),
            ("unwritten", ["rows-written"]),
            ("reads_buffer", ["rows-written"]),
            ("touches_unmasked", ["unmasked-untouched"]),
            ("ignores_stride", ["unmasked-untouched"]),
            ("beyond_bounds", ["numbers-in-bounds"]),
            ("idle_choice", ["legal-rows"]),
            ("rises", ["dead-stay-dead"]),
            ("ended_alone", ["flags-as-defined"]),
            ("needs_legal", ["unwanted-tensors"]),
            ("refuses_illegal", ["illegal-actions"]),
            ("save_forgets", ["snapshot-continues"]),
            ("load_accepts", ["snapshot-refuses"]),
            ("load_spoils", ["snapshot-refuses"]),
            ("text_more", ["text-equals-observation"]),
            ("text_less", ["text-equals-observation"]),
            ("text_same_actions", ["text-actions-unique"]),
            ("text_rules_change", ["text-rules-constant"]),
            ("metric_kind", ["metrics-in-kind"]),
            ("metric_unwritten", ["metrics-in-kind"]),
            ("any_extension", ["extensions-as-declared"]),
            ("undeclared_extension", ["extensions-as-declared"]),
            ("baseline_illegal", ["baselines-act"]),
            ("baseline_plays", ["baselines-act"]),
            ("baseline_writes_all", ["baselines-act"]),
            ("render_colors", ["render-readable"]),
            ("zero_mask", ["legal-rows"]),
            ("nan_observation", ["numbers-in-bounds"]),
            ("nan_elapsed", ["flags-as-defined"]),
            ("step_error", ["seed-fixes-episode"]),
        ])
    func fault(name: String, checks: [String]) throws {
        let found = try run(name)
        for check in checks {
            #expect(found.contains { $0.0 == check }, "\(check) does not see \(name); found \(found)")
        }
        #expect(found.allSatisfy { !$0.1.isEmpty })
    }

    /// The number is probe.c's LOAD_ constant.
    @Test(
        "Faults of the plugin itself are found",
        arguments: [(11, "unknown-environment"), (12, "bad-parameters"), (13, "entry-again")])
    func pluginFault(number: Int, check: String) throws {
        let path = try PluginFixture.library("LOAD_FAULT_\(number)", arguments: ["-DLOAD_FAULT=\(number)"])
        let found = try run("none", library: try PluginLibrary(path: path))
        #expect(found.map(\.0) == [check])
    }
}
