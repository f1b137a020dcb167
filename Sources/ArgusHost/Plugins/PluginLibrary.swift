public import ArgusEnvAPI
public import CArgusEnv
import Glibc

/// A loaded plugin library. Loading is for the life of the process: Swift libraries cannot be unloaded safely.
public struct PluginLibrary: EnvironmentSource {
    public let path: String
    public let name: String
    public let version: String
    public let license: String
    public let abiMinor: Int
    /// What each environment says of itself, in the plugin's order.
    public let descriptors: [EnvironmentDescriptor]
    private let address: UInt
    public let health: PluginHealth

    public var place: String { path }

    var plugin: UnsafePointer<argus_plugin>? { UnsafePointer(bitPattern: address) }

    /// Loads the library at `path` and reads its descriptors.
    ///
    /// - Throws: ``ArgusError`` (plugin) for a file that is not a loadable library, has another major version, lacks the
    ///   entry, or breaks the contract.
    public init(path: String) throws(ArgusError) {
        try LibraryFormat.check(path)
        // A name without a folder would be looked for in the system's folders.
        let file = path.contains("/") ? path : "./\(path)"
        // RTLD_LOCAL: each plugin carries its own copy of the SDK. RTLD_NODELETE: never unloaded.
        guard let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE) else {
            let reason = dlerror().map { String(cString: $0) } ?? "no reason given"
            throw ArgusError(
                .plugin, "cannot load plugin", at: path, found: reason,
                expected: "a shared library whose needs are met",
                remedy: "'ldd \(path)'")
        }
        let symbol = "argus_plugin_entry_v\(ARGUS_ABI_MAJOR)"
        guard let entry = dlsym(handle, symbol) else {
            let other = (1...9).first { dlsym(handle, "argus_plugin_entry_v\($0)") != nil }
            throw ArgusError(
                .plugin, other == nil ? "not a plugin" : "plugin of another major version", at: path,
                found: other.map { "the entry argus_plugin_entry_v\($0)" } ?? "no entry function",
                expected: "the exported function \(symbol)", remedy: "building it against this host's argus_env.h")
        }
        let function = unsafeBitCast(entry, to: (@convention(c) (UInt32) -> UnsafePointer<argus_plugin>?).self)
        guard let plugin = function(ARGUS_ABI_MINOR) else {
            throw ArgusError(
                .plugin, "plugin refused this host", at: path, found: "no plugin from \(symbol)",
                expected: "one that works with minor version \(ARGUS_ABI_MINOR)",
                remedy: "building it against this host's argus_env.h")
        }
        try self.init(linked: plugin, name: path)
    }

    /// A plugin that is linked into this program, such as one that a benchmark compares with its library.
    ///
    /// - Parameters: `plugin`: what its entry returned; `name`: stands for the path in messages.
    public init(linked plugin: UnsafePointer<argus_plugin>, name path: String) throws(ArgusError) {
        let memory = PluginMemory(place: path)
        let content = try memory.value(
            plugin, "argus_plugin",
            pointers: [
                ("name", \.name), ("version", \.version), ("license", \.license), ("descriptor", \.descriptor),
                ("create", \.create),
            ])
        self.path = path
        name = String(cString: content.name)
        version = String(cString: content.version)
        license = String(cString: content.license)
        abiMinor = Int(content.abi_minor)
        address = UInt(bitPattern: plugin)
        health = PluginHealth.of(address)
        guard content.environment_count > 0 else { throw memory.refused("no environments", "at least one") }
        var descriptors: [EnvironmentDescriptor] = []
        for index in 0..<content.environment_count {
            guard let descriptor = content.descriptor(index) else {
                throw memory.refused(
                    "no descriptor of environment \(index)", "\(content.environment_count) descriptors")
            }
            let read = try DescriptorReader.read(descriptor, path)
            guard !descriptors.contains(where: { $0.id == read.id }) else {
                throw memory.refused("two environments named '\(read.id)'", "each id once")
            }
            descriptors.append(read)
        }
        self.descriptors = descriptors
    }

    public func fingerprint() throws(ArgusError) -> String { try Fingerprint.file(path) }

    public func create(
        environment: String, parameters: String, copies: Int, worker: Int, host: UnsafePointer<argus_host>,
        instance: inout UnsafeMutablePointer<argus_instance>?
    ) -> argus_status {
        guard let plugin else { return ARGUS_FATAL }
        return plugin.pointee.create(environment, parameters, UInt32(copies), host, &instance)
    }
}
