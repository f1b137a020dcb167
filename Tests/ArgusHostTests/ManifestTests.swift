import ArgusEnvAPI
import ArgusHost
import Foundation
import Testing

@Suite("Plugin manifests and the plugin catalogue")
struct ManifestTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func failure(_ body: () throws -> Void) -> ArgusError? {
        do {
            try body()
            Issue.record("no error")
        } catch let error as ArgusError {
            return error
        } catch {
            Issue.record("another error: \(error)")
        }
        return nil
    }

    /// Not a library, but it looks like one as far as a catalogue looks.
    @discardableResult
    private func library(_ name: String, _ content: String = "code") throws -> String {
        try folder.write("\u{7F}ELF \(content)\0argus_plugin_entry_v1\0", to: name)
    }

    private func environment(_ id: String, rules: String = "Move.\nCatch.") -> EnvironmentManifest {
        EnvironmentManifest(
            descriptor: EnvironmentDescriptor(
                id: id, version: "1.0", summary: "A \"grid\": of cells", rules: rules, source: "",
                parameters: [
                    ParameterDescriptor("size", .integer(2...20), default: .integer(8), "cells"),
                    ParameterDescriptor("seed", .integer(.min ... .max), default: .integer(.min), "any"),
                    ParameterDescriptor("rate", .number(0...1), default: .number(1), "how often"),
                    ParameterDescriptor("free", .number(-.infinity ... .infinity), default: .number(1e-300), ""),
                    ParameterDescriptor("walls", .boolean, default: .boolean(true), "# no comment"),
                    ParameterDescriptor("map", .string, default: .string("true"), "- x: y"),
                    ParameterDescriptor("kind", .choice(["1", "yes", "~"]), default: .string("~"), "which"),
                ], capabilities: [.text, .baseline, .metrics]),
            baselines: [
                BaselineDescriptor(name: "greedy", description: "nearest first", seesState: true),
                BaselineDescriptor(name: "local", description: "é ünï 日本", seesState: false, memorySize: 64),
            ],
            metrics: [
                MetricDescriptor(name: "caught", kind: .count, description: "how many"),
                MetricDescriptor(name: "share", kind: .fraction, description: ""),
                MetricDescriptor(name: "value", kind: .number, description: "x"),
            ], suggestedHorizon: 50, agentCount: 2, observationSize: 71)
    }

    private func manifest(_ library: String, _ ids: [String], rules: String = "Move.\nCatch.") throws -> PluginManifest
    {
        try PluginManifest(
            describing: library, abiMajor: 1, abiMinor: 0, name: "grid", version: "1.0", license: "Apache-2.0",
            environments: ids.map { environment($0, rules: rules) })
    }

    @discardableResult
    private func writeManifest(_ library: String, _ ids: [String]) throws -> String {
        let path = PluginManifest.path(ofLibrary: library)
        try Data(manifest(library, ids).yaml().utf8).write(to: URL(fileURLWithPath: path))
        return path
    }

    private func catalog(
        named: [String] = [], own: [String] = [], runner: String = "/nonexistent/runner", limit: Double = 10
    ) -> PluginCatalog {
        PluginCatalog(
            searchPath: PluginSearchPath(named: named, ownFolders: own), runner: runner, scanLimit: limit,
            environment: ["XDG_CACHE_HOME": folder.path + "/cache"])
    }

    // MARK: Format

    @Test(arguments: [
        "", "one line", "two\nlines", "ends with a break\n", "\n\nbreaks before", "  indented\n  block",
        "tab\there\nand",
        "quotes \" ' and \\ and\n# hash", "trailing \nspace", "carriage\r\nreturn", "nul-free \u{1} control\nx",
        "next line\u{85}\u{2028}x\ny", "日本\nemoji 🤖", ": a\n- b\n&c *d", "mark \u{FEFF}\n\u{7F}", "---\n...\n%x",
    ])
    func roundTripKeepsEveryCharacter(rules: String) throws {
        let library = try library("libgrid.so")
        let manifest = try manifest(library, ["grid", "maze"], rules: rules)
        let text = try manifest.yaml()
        #expect(try PluginManifest.read(text: text, file: "m.yaml") == manifest)
    }

    @Test(arguments: [
        ("abi_major: 1", "abi_major: one", "wrong type"), ("abi_major: 1", "abi_mayor: 1", "unknown key"),
        ("name: \"grid\"", "name: \"\"", "empty string"),
        ("library: \"libgrid.so\"", "library: \"a/b.so\"", "bad library name"),
        ("library_size: ", "library_size: -", "value out of range"), ("fnv1a64:", "sha256:", "bad hash"),
        ("id: \"grid\"", "id: \"Grid\"", "bad environment id"),
        ("id: \"maze\"", "id: \"grid\"", "duplicate environment"),
        ("kind: \"boolean\"", "kind: \"bool\"", "unknown value"), ("default: 8", "default: 800", "bad default"),
        ("default: 8", "default: many", "bad default"), ("minimum: 2", "minimum: 21", "value out of range"),
        ("argus.text/1", "argus.test/1", "unknown value"), ("sees_state: true", "sees_state: yes", "wrong type"),
        ("version: \"1.0\"", "version: 1.0", "wrong type"),
        ("name: \"seed\"", "name: \"size\"", "duplicate parameter"),
    ])
    func mistakesAreRefused(old: String, new: String, what: String) throws {
        let text = try manifest(library("libgrid.so"), ["grid", "maze"]).yaml()
        #expect(text.contains(old))
        let changed = text.replacingOccurrences(of: old, with: new)
        let error = failure { _ = try PluginManifest.read(text: changed, file: "m.yaml") }
        #expect(error?.what == what)
        #expect(error?.code == .plugin)
        #expect(error?.place.hasPrefix("m.yaml:") == true)
    }

    // MARK: Search path

    @Test func candidatesAreTakenInOrderAndOnce() throws {
        let first = try library("b/libone.so")
        try library("b/other.so")
        let own = try library("own/libgrid.so")
        try library("own/plain.so")
        try folder.write("\u{7F}ELF argus_plugin_entry_v and no more", to: "own/libunrelated.so")
        let sub = try library("own/plugins/libsub.so")
        try FileManager.default.createSymbolicLink(
            atPath: folder.path + "/own/liblink.so", withDestinationPath: first)
        let path = PluginSearchPath(
            named: [folder.path + "/b", first], ownFolders: [folder.path + "/own", folder.path + "/own/plugins"])
        #expect(try path.candidates().map(\.library) == [first, folder.path + "/b/other.so", own, sub])
        try folder.write("x", to: "own/libunrelated.plugin.yaml")
        #expect(try path.candidates().count == 5)
    }

    @Test func missingFolderInTheVariableIsNamed() throws {
        let path = PluginSearchPath(environment: ["ARGUS_PLUGIN_PATH": "\(folder.path)/none"], executableFolder: nil)
        let error = failure { _ = try path.candidates() }
        #expect(error?.place == "ARGUS_PLUGIN_PATH")
        #expect(error?.found == "'\(folder.path)/none': no such file")
    }

    // MARK: Catalogue

    @Test func currentManifestIsTakenWithoutOpeningTheLibrary() throws {
        let library = try library("p/libgrid.so")
        try writeManifest(library, ["grid"])
        let catalog = catalog(own: [folder.path + "/p"])
        #expect(try catalog.library(for: "grid").path == library)
        #expect(try catalog.environments().map(\.manifest) == [environment("grid")])
        let unknown = failure { _ = try catalog.library(for: "gird") }
        #expect(unknown?.what == "unknown environment")
        #expect(unknown?.remedy == "'grid'")
    }

    @Test func staleManifestIsReplacedByAScanAndTheScanIsKept() throws {
        let library = try library("p/libgrid.so")
        let manifest = try writeManifest(library, ["old"])
        // Newer than the manifest, same size, other content.
        try self.library("p/libgrid.so", "Code")
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: manifest)
        let description = try folder.write(self.manifest(library, ["new"]).yaml(), to: "description.yaml")
        let runner = try folder.writeProgram("echo run >> '\(folder.path)/runs'; cat '\(description)'", to: "runner")
        for _ in 0..<2 {
            let catalog = catalog(own: [folder.path + "/p"], runner: runner)
            #expect(try catalog.library(for: "new").path == library)
            #expect(failure { _ = try catalog.library(for: "old") }?.what == "unknown environment")
        }
        #expect(try String(contentsOfFile: folder.path + "/runs", encoding: .utf8) == "run\n")
    }

    @Test func touchedLibraryWithEqualContentKeepsItsManifest() throws {
        let library = try library("p/libgrid.so")
        let manifest = try writeManifest(library, ["grid"])
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSince1970: 1_000_000)], ofItemAtPath: manifest)
        #expect(try catalog(own: [folder.path + "/p"]).library(for: "grid").path == library)
    }

    @Test(arguments: [
        (
            "echo 'error: not a plugin (x): found no entry, expected one.' >&2; exit 1",
            "not a plugin (x): found no entry, expected one"
        ),
        ("echo loading >&2; kill -SEGV $$", "a crash (SIGSEGV): loading"),
        ("sleep 60", "no answer within 0.5 s"),
        ("exit 3", "exit status 3"),
        (
            "while :; do echo yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy; done",
            "more than 1000000 bytes of output"
        ),
    ])
    func failedScanNamesLibraryAndReason(program: String, found: String) throws {
        let library = try library("p/libgrid.so")
        let runner = try folder.writeProgram(program, to: "runner")
        let limit = program.hasPrefix("sleep") ? 0.5 : 20
        let error = failure {
            _ = try catalog(own: [folder.path + "/p"], runner: runner, limit: limit).library(for: "grid")
        }
        #expect(error?.code == .plugin)
        #expect(error?.place == library)
        #expect(error?.found == found)
    }

    @Test func theRunnersOwnErrorIsNotWrappedInAnother() throws {
        let library = try library("p/libgrid.so")
        let program = "echo \"error: not a plugin ($2): found no entry (yet), expected one. Try another.\" >&2; exit 1"
        let runner = try folder.writeProgram(program, to: "runner")
        let error = failure {
            _ = try catalog(own: [folder.path + "/p"], runner: runner, limit: 20).library(for: "grid")
        }
        let expected = ArgusError(
            .plugin, "not a plugin", at: library, found: "no entry (yet)", expected: "one", remedy: "another")
        #expect(error == expected)
    }

    @Test func nonsenseFromTheScanIsAnError() throws {
        try library("p/libgrid.so")
        let runner = try folder.writeProgram("echo 'hello: world'", to: "runner")
        let error = failure { _ = try catalog(own: [folder.path + "/p"], runner: runner).environments() }
        #expect(error?.what == "unknown key")
        let none = failure { _ = try catalog(own: [folder.path + "/p"]).environments() }
        #expect(none?.expected == "the program argus-env-runner")
    }

    @Test func brokenManifestIsAnErrorOnlyWhenItMatters() throws {
        let good = try library("p/liba.so")
        try writeManifest(good, ["grid"])
        try library("p/libb.so")
        let bad = try folder.write("abi_major: 1\nfoo: 2\n", to: "p/libb.plugin.yaml")
        let catalog = catalog(own: [folder.path + "/p"])
        #expect(try catalog.library(for: "grid").path == good)
        #expect(failure { _ = try catalog.library(for: "maze") }?.place == "\(bad):2, key 'foo'")
        #expect(failure { _ = try catalog.environments() }?.place == "\(bad):2, key 'foo'")
        #expect(try catalog.plugins().problems.count == 1)
        #expect(try catalog.plugins().plugins.count == 1)
    }

    @Test func firstOnThePathWinsButOneFolderMustNotOfferAnIdTwice() throws {
        let first = try library("a/libgrid.so", "first")
        let second = try library("b/libgrid.so", "second")
        try writeManifest(first, ["grid"])
        try writeManifest(second, ["grid", "maze"])
        let both = catalog(named: [folder.path + "/a", folder.path + "/b"])
        #expect(try both.library(for: "grid").path == first)
        #expect(try both.library(for: "maze").path == second)
        #expect(try both.environments().map(\.library) == [first, second])

        let twin = try library("b/libtwin.so", "twin")
        try writeManifest(twin, ["grid"])
        let error = failure { _ = try catalog(named: [folder.path + "/b"]).library(for: "grid") }
        #expect(error?.what == "environment in two plugins")
        #expect(error?.found == "\(second) and \(twin)")
        #expect(try catalog(named: [folder.path + "/a", folder.path + "/b"]).library(for: "grid").path == first)
    }

    @Test func otherMajorVersionIsRefused() throws {
        let library = try library("p/libgrid.so")
        var manifest = try manifest(library, ["grid"])
        manifest.abiMajor = 2
        try folder.write(manifest.yaml(), to: "p/libgrid.plugin.yaml")
        let error = failure { _ = try catalog(own: [folder.path + "/p"]).library(for: "grid") }
        #expect(error?.what == "plugin of another major version")
    }
}
