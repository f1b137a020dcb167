import ArgusHost
import CArgusEnv
import Glibc

/// A loaded plugin, called through the header alone.
struct BoundaryPlugin: Sendable {
    private let address: UInt
    private let entryAddress: UInt

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
}

/// What `create` gave, with the host struct that it was given. Destroys the instance in the end.
final class Creation {
    private(set) var status = ARGUS_FATAL
    private(set) var instance: UnsafeMutablePointer<argus_instance>?
    private let host: UnsafeMutablePointer<argus_host>
    /// What was reported, in order. Checks are single-threaded, and so are the calls they make.
    private(set) var reports: [(copy: Int, words: String)] = []
    /// Keeps a peer's session.
    private let source: any EnvironmentSource

    /// Calls `create`.
    init(_ source: any EnvironmentSource, environment: String, parameters: String, copies: Int) {
        self.source = source
        host = .allocate(capacity: 1)
        host.initialize(
            to: argus_host(
                struct_size: UInt32(MemoryLayout<argus_host>.size), abi_minor: ARGUS_ABI_MINOR, data: nil,
                report: { host, severity, copy, message in
                    guard severity >= ARGUS_WARNING, let data = host.pointee.data else { return }
                    Unmanaged<Creation>.fromOpaque(data).takeUnretainedValue().reports
                        .append((Int(copy), String(cString: message)))
                }, get_extension: { _, _ in nil }))
        host.pointee.data = Unmanaged.passUnretained(self).toOpaque()
        CallTrace.shared.note(.create)
        status = source.create(
            environment: environment, parameters: parameters, copies: copies, worker: 0, host: host,
            instance: &instance)
    }

    deinit {
        if let instance {
            CallTrace.shared.note(.destroy)
            instance.pointee.destroy(instance)
        }
        host.deallocate()
    }
}
