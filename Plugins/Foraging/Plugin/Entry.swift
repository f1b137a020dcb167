import ArgusEnvAPI
public import CArgusEnv
import ForagingRules

let plugin = Plugin(
    name: "foraging", version: "1.0.0", license: "Apache-2.0", environments: [.environment(ForagingEnvironment.self)])

/// The one symbol that the host looks up.
@c(argus_plugin_entry_v1)
public func entry(_ hostMinor: UInt32) -> UnsafePointer<argus_plugin>? { plugin.entry }
