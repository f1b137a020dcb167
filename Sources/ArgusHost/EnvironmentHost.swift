import ArgusEnvAPI

/// Finds plugins and scenarios, and makes vector environments of them.
public final class EnvironmentHost {
    public let plugins: PluginCatalog
    public let scenarios: ScenarioCatalog

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
        try makeVectorEnvironment(scenario, library: try library(for: scenario), copies: copies, threads: threads)
    }

    /// The same with a library that has been loaded already.
    public func makeVectorEnvironment(
        _ scenario: Scenario, library: PluginLibrary, copies: Int, threads: Int = 1
    ) throws(ArgusError) -> VectorEnvironment {
        let descriptor = try library.descriptor(scenario.environment)
        return try VectorEnvironment(
            library, scenario: scenario, parameters: try scenario.completeParameters(for: descriptor), copies: copies,
            threads: threads)
    }

    /// The loaded library that has the scenario's environment.
    public func library(for scenario: Scenario) throws(ArgusError) -> PluginLibrary {
        let (path, manifest) = try plugins.library(for: scenario.environment)
        let library = try PluginLibrary(path: path)
        try library.requireAgreement(with: manifest)
        return library
    }
}
