import ArgusEnvAPI
import CArgusEnv

let plugin = Plugin(name: "__id__", version: "0.1.0", environments: [.environment(__Type__.self)])

/// The one symbol that the host looks up.
@c(argus_plugin_entry_v1)
public func entry(_ hostMinor: UInt32) -> UnsafePointer<argus_plugin>? { plugin.entry }
