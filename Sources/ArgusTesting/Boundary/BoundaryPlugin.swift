import ArgusHost
import CArgusEnv
import Glibc

/// A loaded plugin, called through the header alone.
struct BoundaryPlugin: Sendable {
    private let address: UInt

    /// - Parameter path: of a library that ``PluginLibrary`` has accepted.
    init(path: String) throws(ArgusError) {
        let file = path.contains("/") ? path : "./\(path)"
        guard let handle = dlopen(file, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE),
            let symbol = dlsym(handle, "argus_plugin_entry_v\(ARGUS_ABI_MAJOR)"),
            let plugin = BoundaryPlugin.entry(symbol)(ARGUS_ABI_MINOR)
        else {
            throw ArgusError(.plugin, "cannot load plugin", at: path, found: "no entry", expected: "a plugin")
        }
        address = UInt(bitPattern: plugin)
        entryAddress = UInt(bitPattern: symbol)
    }

    private let entryAddress: UInt

    var pointer: UnsafePointer<argus_plugin>? { UnsafePointer(bitPattern: address) }

    /// What the entry returns when it is called once more.
    func callEntryAgain() -> UnsafePointer<argus_plugin>? {
        UnsafeMutableRawPointer(bitPattern: entryAddress).flatMap { BoundaryPlugin.entry($0)(ARGUS_ABI_MINOR) }
    }

    private static func entry(
        _ symbol: UnsafeMutableRawPointer
    ) -> @convention(c) (UInt32) -> UnsafePointer<argus_plugin>? {
        unsafeBitCast(symbol, to: (@convention(c) (UInt32) -> UnsafePointer<argus_plugin>?).self)
    }

    /// Calls `create`. The host struct and the log in the result must outlive the instance.
    func create(environment: String, parameters: String, copies: Int) throws -> Creation {
        guard let plugin = pointer else { throw ConformanceFailure("the plugin is gone") }
        let creation = Creation()
        creation.status = plugin.pointee.create(
            environment, parameters, UInt32(copies), creation.host, &creation.instance)
        return creation
    }
}

/// What `create` gave, with the host struct that it was given. Destroys the instance in the end.
final class Creation {
    var status = ARGUS_FATAL
    var instance: UnsafeMutablePointer<argus_instance>?
    let host: UnsafeMutablePointer<argus_host>
    /// What was reported, in order. Checks are single-threaded, and so are the calls they make.
    private(set) var reports: [String] = []

    init() {
        host = .allocate(capacity: 1)
        host.initialize(
            to: argus_host(
                struct_size: UInt32(MemoryLayout<argus_host>.size), abi_minor: ARGUS_ABI_MINOR, data: nil,
                report: { host, severity, _, message in
                    guard severity >= ARGUS_WARNING, let data = host.pointee.data else { return }
                    Unmanaged<Creation>.fromOpaque(data).takeUnretainedValue().reports.append(String(cString: message))
                }, get_extension: { _, _ in nil }))
        host.pointee.data = Unmanaged.passUnretained(self).toOpaque()
    }

    deinit {
        if let instance { instance.pointee.destroy(instance) }
        host.deallocate()
    }
}
