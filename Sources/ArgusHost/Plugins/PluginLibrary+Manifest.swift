import ArgusEnvAPI
import CArgusEnv

extension PluginLibrary {
    /// What the library says of itself, as its manifest has it: descriptors, and baselines and metrics as an instance
    /// with default parameters and no copies tells them.
    ///
    /// - Throws: ``ArgusError`` (plugin) when an environment cannot be made with its own defaults.
    public func manifest() throws(ArgusError) -> PluginManifest {
        var environments: [EnvironmentManifest] = []
        for descriptor in descriptors {
            let defaults: ParameterValues
            do {
                defaults = try ParameterValues([:], for: descriptor.parameters)
            } catch {
                throw ArgusError(
                    .plugin, "bad default", at: "\(path), environment '\(descriptor.id)'", found: error.found,
                    expected: error.expected)
            }
            let instance = try EnvironmentInstance(
                self, environment: descriptor.id, parameters: defaults, copies: 0)
            environments.append(
                EnvironmentManifest(
                    descriptor: descriptor, baselines: instance.baselines, metrics: instance.metrics,
                    suggestedHorizon: instance.specification.suggestedHorizon,
                    agentCount: instance.specification.agents.count,
                    observationSize: instance.specification.observationSize))
        }
        return try PluginManifest(
            describing: path, abiMajor: Int(ARGUS_ABI_MAJOR), abiMinor: abiMinor, name: name, version: version,
            license: license, environments: environments)
    }
}
