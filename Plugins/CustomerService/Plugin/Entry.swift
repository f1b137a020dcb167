import ArgusEnvAPI
public import CArgusEnv
import CustomerServiceRules

let plugin = Plugin(
    name: "customer-service", version: "1.0.0", license: "Apache-2.0",
    environments: [.environment(CustomerServiceEnvironment.self)])

/// The one symbol that the host looks up.
@c(argus_plugin_entry_v1)
public func entry(_ hostMinor: UInt32) -> UnsafePointer<argus_plugin>? { plugin.entry }
