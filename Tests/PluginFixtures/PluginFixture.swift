public import ArgusEnvAPI
public import ArgusHost
import Foundation

/// Plugins in C that tests build when they run, into a folder that goes away with the process.
public enum PluginFixture {
    /// `Tests/BrokenPlugins/probe.c`: right, or wrong as its parameter `fault` says.
    public static func probe() throws -> PluginLibrary { try PluginLibrary(path: try library("probe")) }

    /// A scenario of the probe.
    ///
    /// - Parameters: `fault`: what is wrong; `groups`: teams; `scope`: whose reward, `agent` or `group`; `length`: steps
    ///   until the end by rule, 0 for none.
    public static func probeScenario(
        fault: String = "none", groups: Int = 1, scope: String = "agent", length: Int = 0, horizon: Int = 20,
        reward: Scenario.Reward = .team, state: Scenario.State = .native, masks: Scenario.Masks = .exact
    ) -> Scenario {
        Scenario(
            id: "test/probe-\(fault)", environment: "probe",
            parameters: [
                "fault": .string(fault), "groups": .integer(groups), "scope": .string(scope),
                "length": .integer(length),
            ], horizon: horizon, reward: reward, state: state, masks: masks)
    }

    /// The example in C, as `ARGUS_EXAMPLES` has it or built here.
    public static func gridWorld() throws -> PluginLibrary {
        if let folder = ProcessInfo.processInfo.environment["ARGUS_EXAMPLES"] {
            let path = "\(folder)/libgridworld-c.so"
            if FileManager.default.fileExists(atPath: path) { return try PluginLibrary(path: path) }
        }
        return try PluginLibrary(path: try library("gridworld-c", source: "Examples/gridworld-c/gridworld.c"))
    }

    /// The gridworld with its defaults or other parameters.
    public static func gridWorldScenario(
        parameters: [String: ParameterValue] = [:], horizon: Int = 50, masks: Scenario.Masks = .exact
    ) -> Scenario {
        Scenario(
            id: "test/gridworld", environment: "gridworld-c", parameters: parameters, horizon: horizon, state: .native,
            masks: masks)
    }

    /// Builds a shared library from a file of this repository, once for each name, and gives back its path.
    ///
    /// - Parameters: `source`: from the repository's root; `arguments`: for the compiler, such as `-DENTRY=name`.
    public static func library(
        _ name: String, source: String = "Tests/BrokenPlugins/probe.c", arguments: [String] = []
    ) throws -> String {
        try build("lib\(name).so", ["-shared", "-fPIC", "\(root)/\(source)"] + arguments + ["-lm"])
    }

    /// Runs the C compiler, once for each name, and gives back the path of what it made.
    public static func build(_ name: String, _ arguments: [String]) throws -> String {
        try lock.withLock {
            if let path = built[name] { return path }
            let path = "\(try folder.get())/\(name)"
            let compiler = Process()
            compiler.executableURL = URL(fileURLWithPath: "/bin/sh")
            // $CC, or what there is: cc, or the clang that comes with Swift.
            let script = "c=${CC:-cc}; command -v \"$c\" >/dev/null || c=clang; exec \"$c\" \"$@\""
            compiler.arguments =
                ["-c", script, "sh", "-std=c11", "-O1", "-I", "\(root)/Sources/CArgusEnv/include", "-o", path]
                + arguments
            try compiler.run()
            compiler.waitUntilExit()
            guard compiler.terminationStatus == 0 else {
                throw FixtureError(description: "the C compiler cannot build \(name)")
            }
            built[name] = path
            return path
        }
    }

    /// The repository's root.
    public static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().path

    // NSLock, since the thread sanitizer knows pthread's locks and not Synchronization's.
    private static let lock = NSLock()
    nonisolated(unsafe) private static var built: [String: String] = [:]

    private static let folder: Result<String, any Error> = Result {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("argus-fixtures-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        atexit { PluginFixture.removeFolder() }
        return url.path
    }

    private static func removeFolder() {
        if case .success(let path) = folder { try? FileManager.default.removeItem(atPath: path) }
    }
}

struct FixtureError: Error, CustomStringConvertible {
    let description: String
}
