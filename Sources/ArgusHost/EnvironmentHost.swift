public import ArgusEnvAPI
import Foundation

/// Finds plugins and scenarios, and makes vector environments of them.
public final class EnvironmentHost {
    public let plugins: PluginCatalog
    public let scenarios: ScenarioCatalog
    /// Where all environments that are made from now on say why episodes failed; nil: nowhere.
    public var failureNotes: FailureNotes? = FailureNotes()
    private var sources: [SourceKey: any EnvironmentSource] = [:]

    public init() throws(ArgusError) {
        plugins = PluginCatalog()
        scenarios = try ScenarioCatalog.find()
    }

    /// Many copies of a scenario.
    ///
    /// - Parameters: `scenario`: an id or a file's path; `copies`: episodes side by side; `threads`: at most this many
    ///   step them.
    public func makeVectorEnvironment(
        _ scenario: String, copies: Int, threads: Int = 1
    ) throws(ArgusError) -> VectorEnvironment {
        try makeVectorEnvironment(try scenarios.scenario(named: scenario), copies: copies, threads: threads)
    }

    public func makeVectorEnvironment(
        _ scenario: Scenario, copies: Int, threads: Int = 1
    ) throws(ArgusError) -> VectorEnvironment {
        try makeVectorEnvironment(scenario, source: try source(for: scenario), copies: copies, threads: threads)
    }

    /// The same with a source that has been opened already.
    public func makeVectorEnvironment(
        _ scenario: Scenario, source: any EnvironmentSource, copies: Int, threads: Int = 1
    ) throws(ArgusError) -> VectorEnvironment {
        let descriptor = try source.descriptor(for: scenario)
        let environment = try VectorEnvironment(
            source, scenario: scenario, parameters: try scenario.completeParameters(for: descriptor), copies: copies,
            threads: threads)
        environment.failureNotes = failureNotes
        return environment
    }

    /// What has the scenario's environment: a loaded library, or running peers. Opened once and kept.
    public func source(for scenario: Scenario) throws(ArgusError) -> any EnvironmentSource {
        let key = SourceKey(scenario)
        if let source = sources[key] { return source }
        let source = try open(scenario)
        sources[key] = source
        return source
    }

    /// What the scenario's environment says of itself; loads no library.
    public func descriptor(for scenario: Scenario) throws(ArgusError) -> EnvironmentDescriptor {
        if scenario.peer != nil { return try source(for: scenario).descriptor(for: scenario) }
        return try plugins.environment(scenario.environment).descriptor
    }

    private func open(_ scenario: Scenario) throws(ArgusError) -> any EnvironmentSource {
        if let peer = scenario.peer { return try PeerSource(peer, timeouts: scenario.timeouts) }
        let (path, manifest) = try plugins.library(for: scenario.environment)
        let isOurs = EnvironmentHost.isOfThisBuild(path)
        if scenario.placement ?? (isOurs ? .process : .isolated) == .isolated {
            let runner = try PeerSource(isolating: path, timeouts: scenario.timeouts)
            try runner.requireAgreement(with: manifest)
            return runner
        }
        let library = try PluginLibrary(path: path)
        try library.requireAgreement(with: manifest)
        return library
    }

    /// True for a library beside this program or in the build of the repository that it belongs to.
    private static func isOfThisBuild(_ library: String) -> Bool {
        let folder = { (path: String) in
            URL(fileURLWithPath: path).resolvingSymlinksInPath().standardizedFileURL.path
        }
        let own = [
            ExecutableFolder.path, ProcessInfo.processInfo.environment["ARGUS_HOME"].map { "\($0)/.build/release" },
        ]
        let place = folder((library as NSString).deletingLastPathComponent)
        return own.contains { $0.map(folder) == place }
    }

    /// What decides which source serves a scenario.
    private struct SourceKey: Hashable {
        var environment: String
        var peer: ScenarioPeer?
        var placement: Scenario.Placement?
        var timeouts: ScenarioPeer.Timeouts

        init(_ scenario: Scenario) {
            environment = scenario.environment
            peer = scenario.peer
            placement = scenario.placement
            timeouts = scenario.timeouts
        }
    }
}
