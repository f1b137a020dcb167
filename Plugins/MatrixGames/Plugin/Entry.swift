import ArgusEnvAPI
public import CArgusEnv
import MatrixGamesRules

let plugin = Plugin(
    name: "matrix-games", version: "1.0.0", license: "Apache-2.0", environments: [.environment(MatrixGame.self)])

/// The one symbol that the host looks up.
@c(argus_plugin_entry_v1)
public func entry(_ hostMinor: UInt32) -> UnsafePointer<argus_plugin>? { plugin.entry }
