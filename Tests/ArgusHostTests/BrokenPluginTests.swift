import ArgusHost
import Foundation
import PluginFixtures
import Testing

/// A way to be broken, and what its one error must say.
struct BrokenPlugin: Sendable, CustomTestStringConvertible {
    var fault: String
    /// Words of the error: what was found, where, and what was expected.
    var words: [String]

    init(_ fault: String, _ words: String...) {
        self.fault = fault
        self.words = words
    }

    var testDescription: String { fault }
}

@Suite("Broken plugins get one clear error each, and nothing crashes")
struct BrokenPluginTests {
    private func expect(_ error: ArgusError?, _ plugin: BrokenPlugin) {
        #expect(error?.code == .plugin)
        let text = error?.description ?? "no error"
        for words in plugin.words { #expect(text.contains(words), "\(text)") }
        #expect(error.map { !$0.place.isEmpty && !$0.found.isEmpty && !$0.expected.isEmpty } == true)
    }

    // MARK: Loading

    /// The number is probe.c's LOAD_ constant.
    @Test(
        "Loading a library that breaks the contract",
        arguments: zip(
            1...9,
            [
                BrokenPlugin("LOAD_ENTRY_NULL", "refused this host", "argus_plugin_entry_v1"),
                BrokenPlugin("LOAD_NO_ENVIRONMENTS", "no environments", "at least one"),
                BrokenPlugin("LOAD_NULL_NAME", "NULL in the field 'name'", "argus_plugin"),
                BrokenPlugin("LOAD_SHORT_STRUCT", "struct_size 24 of argus_plugin", "argus_env.h"),
                BrokenPlugin("LOAD_BAD_ID", "bad environment id", "'Probe 1'", "a-z, 0-9 and '-'"),
                BrokenPlugin("LOAD_SAME_ID_TWICE", "two environments named 'probe'"),
                BrokenPlugin("LOAD_NULL_DESCRIPTOR", "no descriptor of environment 0", "1 descriptors"),
                BrokenPlugin("LOAD_BAD_DEFAULT", "bad parameter 'groups'", "the default 9", "1 to 3"),
                BrokenPlugin("LOAD_NULL_CREATE", "NULL in the field 'create'"),
            ]))
    func loading(number: Int, plugin: BrokenPlugin) throws {
        let path = try PluginFixture.library(plugin.fault, arguments: ["-DLOAD_FAULT=\(number)"])
        let error = argusError { _ = try PluginLibrary(path: path) }
        expect(error, plugin)
        #expect(error?.place.contains(path) == true)
    }

    @Test("A file that is no library for this machine")
    func notALibrary() throws {
        let folder = try TemporaryFolder()
        let text = try folder.write("This is a text, not a library at all.", to: "libtext.so")
        expect(argusError { _ = try PluginLibrary(path: text) }, BrokenPlugin("", text, "not an ELF library", ".so"))
        let empty = try folder.write("", to: "libempty.so")
        expect(argusError { _ = try PluginLibrary(path: empty) }, BrokenPlugin("", "not an ELF library"))
        let none = folder.path + "/libnone.so"
        expect(argusError { _ = try PluginLibrary(path: none) }, BrokenPlugin("", none, "no such file", "readable"))
        expect(argusError { _ = try PluginLibrary(path: folder.path) }, BrokenPlugin("", "not an ELF library"))
        let pipe = folder.path + "/libpipe.so"
        #expect(mkfifo(pipe, 0o600) == 0)
        expect(argusError { _ = try PluginLibrary(path: pipe) }, BrokenPlugin("", "not an ELF library"))
        var header = [UInt8](repeating: 0, count: 64)
        header.replaceSubrange(0..<20, with: [0x7F, 0x45, 0x4C, 0x46, 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 40, 0])
        let foreign = try folder.write(Data(header), to: "libarm32.so")
        expect(argusError { _ = try PluginLibrary(path: foreign) }, BrokenPlugin("", "another machine"))
        let library = try Data(contentsOf: URL(fileURLWithPath: PluginFixture.library("probe")))
        // Mapping what is not there would end the process.
        for size in [30, 64, 900, 5000, library.count / 2] {
            let cut = try folder.write(library.prefix(size), to: "libcut\(size).so")
            expect(argusError { _ = try PluginLibrary(path: cut) }, BrokenPlugin("", "cannot load plugin", cut))
        }
    }

    @Test("A program instead of a library", arguments: ["-no-pie", "-pie"])
    func program(kind: String) throws {
        let folder = try TemporaryFolder()
        let source = try folder.write("int main(void) { return 0; }\n", to: "main.c")
        let path = try PluginFixture.build(
            "program\(kind)", [kind] + (kind == "-pie" ? ["-fPIE"] : ["-fno-pie"]) + [source])
        expect(argusError { _ = try PluginLibrary(path: path) }, BrokenPlugin("", "cannot load plugin", path))
    }

    @Test("A library of another major version, and one that is no plugin")
    func otherEntry() throws {
        let newer = try PluginFixture.library("newer", arguments: ["-DENTRY=argus_plugin_entry_v2"])
        expect(
            argusError { _ = try PluginLibrary(path: newer) },
            BrokenPlugin("", "another major version", "argus_plugin_entry_v2", "argus_plugin_entry_v1", newer))
        let other = try PluginFixture.library("other", arguments: ["-DENTRY=something_else"])
        expect(
            argusError { _ = try PluginLibrary(path: other) },
            BrokenPlugin("", "not a plugin", "no entry function", "argus_plugin_entry_v1"))
    }

    @Test("A library that needs what is not there")
    func missingNeeds() throws {
        let folder = try TemporaryFolder()
        let source = try folder.write(
            "extern int nowhere_to_be_found(void);\nint argus_plugin_entry_v1(void) { return nowhere_to_be_found(); }\n",
            to: "needy.c")
        let path = try PluginFixture.build("libneedy.so", ["-shared", "-fPIC", source])
        expect(
            argusError { _ = try PluginLibrary(path: path) },
            BrokenPlugin("", "nowhere_to_be_found", "ldd"))
    }

    @Test("A manifest that disagrees with its library")
    func disagreeingManifest() throws {
        let library = try PluginFixture.probe()
        let manifest = try library.manifest()
        try library.requireAgreement(with: manifest)
        let other = try PluginLibrary(
            path: try PluginFixture.library("LOAD_OTHER_PARAMETERS", arguments: ["-DLOAD_FAULT=10"]))
        expect(
            argusError { try other.requireAgreement(with: manifest) },
            BrokenPlugin("", "manifest disagrees", ".plugin.yaml", "'length'", "argus-env-runner --describe"))
        var renamed = manifest
        renamed.environments[0].descriptor.id = "sonde"
        expect(
            argusError { try library.requireAgreement(with: renamed) },
            BrokenPlugin("", "environments sonde", "expected probe"))
        var older = manifest
        older.environments[0].descriptor.version = "0"
        expect(argusError { try library.requireAgreement(with: older) }, BrokenPlugin("", "version", "'0'", "'1'"))
        var fewer = manifest
        fewer.environments[0].descriptor.capabilities = [.text]
        expect(argusError { try library.requireAgreement(with: fewer) }, BrokenPlugin("", "argus.snapshot/1"))
    }

    // MARK: Making

    @Test(
        "Making an environment that breaks the contract",
        arguments: [
            BrokenPlugin("create_error", "cannot make environment", "'probe'", "the moon is in the wrong phase"),
            BrokenPlugin("create_silent", "status 2 without a reason"),
            BrokenPlugin("create_null", "success without an instance"),
            BrokenPlugin("null_specification", "NULL for argus_specification"),
            BrokenPlugin("short_specification", "struct_size 16 of argus_specification"),
            BrokenPlugin("zero_agents", "0 agents", "1 to 4096"),
            BrokenPlugin("same_agent_names", "'probe_0'", "unique"),
            BrokenPlugin("null_agent_name", "NULL in the field 'name' of agent 1"),
            BrokenPlugin("bad_group", "group 7", "'probe_1'"),
            BrokenPlugin("role_sizes", "'probe_0' and 'probe_1'", "the same sizes"),
            BrokenPlugin("tensor_missing", "8 tensors", "9", "elapsed"),
            BrokenPlugin("tensor_order", "tensor 1 with role 1", "ascending order"),
            BrokenPlugin("tensor_type", "role 1 with dtype 2", "dtype 1"),
            BrokenPlugin("tensor_width", "width 4 of the tensor of role 3", "expected 3"),
            BrokenPlugin("head_zero", "head sizes [0]", "1 to 65536"),
            BrokenPlugin("head_null", "without head_sizes"),
            BrokenPlugin("bad_bounds", "bounds 1.0 and 0.0", "low <= high"),
            BrokenPlugin("one_bound", "one bound alone", "both"),
            BrokenPlugin("segment_gap", "segment 0 at 1", "0..<3"),
            BrokenPlugin("null_step", "NULL in the field 'step'", "argus_instance"),
            BrokenPlugin("null_text_function", "NULL in the field 'situation'", "argus.text/1"),
            BrokenPlugin("bind_error", "bind", "no room for buffers"),
        ])
    func making(plugin: BrokenPlugin) throws {
        let library = try PluginFixture.probe()
        let scenario = PluginFixture.probeScenario(fault: plugin.fault)
        let error = argusError { _ = try VectorEnvironment(library, scenario: scenario, copies: 3, threads: 2) }
        expect(error, plugin)
        #expect(error?.place.contains(library.path) == true)
    }

    @Test("Two groups of one name")
    func sameGroups() throws {
        let library = try PluginFixture.probe()
        let scenario = PluginFixture.probeScenario(fault: "same_groups", groups: 2)
        let error = argusError { _ = try VectorEnvironment(library, scenario: scenario, copies: 1) }
        expect(error, BrokenPlugin("", "red", "unique names"))
    }

    @Test("An environment or a parameter that the library does not have")
    func unknownNames() throws {
        let library = try PluginFixture.probe()
        let other = argusError {
            _ = try VectorEnvironment(library, scenario: Scenario(id: "a", environment: "prob", horizon: 3), copies: 1)
        }
        expect(other, BrokenPlugin("", "unknown environment", "'prob'", "Try 'probe'"))
        var scenario = PluginFixture.probeScenario()
        scenario.parameters["lenght"] = .integer(3)
        let parameter = argusError { _ = try VectorEnvironment(library, scenario: scenario, copies: 1) }
        #expect(parameter?.code == .configuration)
        #expect(parameter?.description.contains("'length'") == true)
    }

    // MARK: Playing

    @Test(
        "Playing an environment that fails or breaks the contract",
        arguments: [
            BrokenPlugin("reset_error", "reset", "no floor to stand on"),
            BrokenPlugin("reset_always_fails", "cannot begin an episode", "an unlucky seed"),
            BrokenPlugin("reset_ended", "value 1 of ended after a reset"),
            BrokenPlugin("nan_at_reset", "nan in component 0 of the observation of probe_0", "step 0", "finite"),
            BrokenPlugin("step_error", "step", "out of floor"),
            BrokenPlugin("step_silent", "step", "status 2 without a reason"),
            BrokenPlugin("discard_nothing", "ARGUS_DISCARD without a copy", "ended = 2"),
            BrokenPlugin("ended_seven", "value 7 of ended", "step 2", "0, 1, 2 or 3"),
            BrokenPlugin("nan_observation", "nan in component 2 of the observation of probe_1", "step 2", "seed "),
            BrokenPlugin("nan_state", "nan in component 1 of the state", "step 2"),
            BrokenPlugin("inf_reward", "inf of the reward of probe_0", "step 2"),
            BrokenPlugin("nan_elapsed", "nan of elapsed", "finite time"),
            BrokenPlugin("zero_mask", "no legal choice of head 0 for probe_1", "step 2"),
            BrokenPlugin("mask_two", "other than 0 and 1", "legal row of probe_0"),
        ])
    func playing(plugin: BrokenPlugin) throws {
        for threads in [1, 3] {
            let vector = try VectorEnvironment(
                try PluginFixture.probe(), scenario: PluginFixture.probeScenario(fault: plugin.fault), copies: 3,
                threads: threads)
            let play = RandomPlay(vector)
            let error = argusError {
                try vector.reset(.stream(run: 1))
                for _ in 0..<10 { try play.step() }
            }
            expect(error, plugin)
        }
    }

    @Test("After an error of the instance nothing but a new environment helps, and the error says so")
    func brokenInstance() throws {
        let library = try PluginFixture.probe()
        let vector = try VectorEnvironment(
            library, scenario: PluginFixture.probeScenario(fault: "step_error"), copies: 2)
        let play = RandomPlay(vector)
        try vector.reset(.stream(run: 1))
        #expect(argusError { for _ in 0..<10 { try play.step() } }?.found.contains("out of floor") == true)
        let again = argusError { try vector.reset(.stream(run: 1)) }
        expect(again, BrokenPlugin("", "has failed before", "making the environment anew"))
        let anew = try VectorEnvironment(library, scenario: PluginFixture.probeScenario(), copies: 2)
        try anew.reset(.stream(run: 1))
    }

    @Test("After a fatal error nothing of the plugin is called again")
    func fatalPlugin() throws {
        // A library of its own: the others in this process live on.
        let library = try PluginLibrary(path: try PluginFixture.library("fatal"))
        let vector = try VectorEnvironment(
            library, scenario: PluginFixture.probeScenario(fault: "step_fatal"), copies: 2)
        let healthy = try VectorEnvironment(library, scenario: PluginFixture.probeScenario(), copies: 2)
        let play = RandomPlay(vector)
        try vector.reset(.stream(run: 1))
        try healthy.reset(.stream(run: 1))
        let error = argusError { for _ in 0..<10 { try play.step() } }
        expect(error, BrokenPlugin("", "failed for good", "out of floor"))
        expect(argusError { try healthy.step() }, BrokenPlugin("", "has failed before", "a new process"))
        let made = argusError {
            _ = try VectorEnvironment(
                try PluginLibrary(path: library.path), scenario: PluginFixture.probeScenario(), copies: 1)
        }
        expect(made, BrokenPlugin("", "cannot make environment", "fatal error"))
        let other = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(), copies: 1)
        try other.reset(.stream(run: 1))
    }

    @Test("A text that fails, and one whose size is never the same")
    func texts() throws {
        for plugin in [
            BrokenPlugin("text_error", "situation", "lost for words"),
            BrokenPlugin("text_grows", "situation", "never the same"),
        ] {
            let vector = try VectorEnvironment(
                try PluginFixture.probe(), scenario: PluginFixture.probeScenario(fault: plugin.fault), copies: 1)
            try vector.reset(.stream(run: 1))
            expect(argusError { _ = try vector.textSituation(copy: 0, agent: 0) }, plugin)
        }
    }

    @Test("A capability that the environment lacks")
    func missingCapability() throws {
        let vector = try VectorEnvironment(
            try PluginFixture.probe(), scenario: PluginFixture.probeScenario(fault: "undeclared_extension"), copies: 1)
        try vector.reset(.stream(run: 1))
        expect(
            argusError { _ = try vector.renderText(copy: 0, color: false) },
            BrokenPlugin("", "cannot do this", "argus.render/1"))
    }
}
