public import CArgusEnv

/// Turns environments into a plugin. A plugin's whole entry is
///
/// ```swift
/// import ArgusEnvAPI
/// public import CArgusEnv
///
/// let plugin = Plugin(name: "gridworld", version: "1.0.0", environments: [.environment(GridWorld.self)])
///
/// @c(argus_plugin_entry_v1)
/// public func entry(_ hostMinor: UInt32) -> UnsafePointer<argus_plugin>? { plugin.entry }
/// ```
///
/// A library is one plugin: make one of these, as a global constant.
public struct Plugin: Sendable {
    private let address: UInt

    /// What `argus_plugin_entry_v1` returns; immutable and immortal.
    public var entry: UnsafePointer<argus_plugin>? { UnsafePointer(bitPattern: address) }

    /// - Parameters: `version`: of this library; `license`: an SPDX identifier.
    public init(name: String, version: String, license: String = "", environments: [EnvironmentExport]) {
        // Kept by the registry for the life of the process: libraries are never unloaded.
        let memory = CMemory()
        let descriptors = memory.nonEmptyArray(environments.map { CDescriptor.make($0.descriptor, memory) })
        PluginRegistry.set(environments, descriptors, memory)
        let plugin = memory.value(
            argus_plugin(
                struct_size: UInt32(MemoryLayout<argus_plugin>.size), abi_minor: ARGUS_ABI_MINOR,
                name: memory.string(name), version: memory.string(version), license: memory.string(license),
                environment_count: UInt32(environments.count), reserved: 0,
                descriptor: { index in PluginRegistry.descriptor(Int(index)) },
                create: { id, parameters, copies, host, result in
                    result.pointee = nil
                    do {
                        result.pointee = try PluginRegistry.create(
                            String(cString: id), String(cString: parameters), Int(copies), host)
                        return ARGUS_OK
                    } catch {
                        report(host, "\(error)")
                        return ARGUS_ERROR
                    }
                }))
        address = UInt(bitPattern: plugin)
    }
}

/// One environment type of a plugin, with its batch loop compiled for that very type.
public struct EnvironmentExport: Sendable {
    let descriptor: EnvironmentDescriptor
    let makeBatch: @Sendable (ParameterValues, Int) throws -> any EnvironmentBatch

    @usableFromInline
    init(
        descriptor: EnvironmentDescriptor,
        makeBatch: @escaping @Sendable (ParameterValues, Int) throws -> any EnvironmentBatch
    ) {
        self.descriptor = descriptor
        self.makeBatch = makeBatch
    }

    /// Inlined into the plugin so that the step loop is specialised for `E`.
    @inlinable
    public static func environment<E: Environment>(_ type: E.Type) -> EnvironmentExport {
        EnvironmentExport(descriptor: E.descriptor) { parameters, copies in
            try BatchOf<E>(
                parameters: parameters, copies: copies, reset: { $0.resetLoop($1, $2, $3) },
                step: { $0.stepLoop($1, $2) })
        }
    }
}

/// The environments of this library: set once by ``Plugin``, then only read.
private enum PluginRegistry {
    // Written once before the entry returns, under the lock of the global `let plugin` that owns it.
    nonisolated(unsafe) private static var environments: [EnvironmentExport] = []
    nonisolated(unsafe) private static var descriptors: UnsafePointer<argus_descriptor>?
    /// Owns what the host is shown. A second plugin in one library would be a mistake, but must not free the first's.
    nonisolated(unsafe) private static var memories: [CMemory] = []

    static func set(_ exports: [EnvironmentExport], _ pointers: UnsafePointer<argus_descriptor>, _ memory: CMemory) {
        environments = exports
        descriptors = pointers
        memories.append(memory)
    }

    static func descriptor(_ index: Int) -> UnsafePointer<argus_descriptor>? {
        index < environments.count ? descriptors.map { $0 + index } : nil
    }

    static func create(
        _ id: String, _ json: String, _ copies: Int, _ host: UnsafePointer<argus_host>
    ) throws -> UnsafeMutablePointer<argus_instance> {
        guard let export = environments.first(where: { $0.descriptor.id == id }) else {
            throw ParameterError(
                parameter: "environment", found: "'\(id)'",
                expected: "one of \(environments.map(\.descriptor.id).joined(separator: ", "))", remedy: nil)
        }
        let parameters = try ParameterValues(try ParameterJSON.decode(json), for: export.descriptor.parameters)
        return InstanceBox.create(try export.makeBatch(parameters, copies), export.descriptor, host)
    }
}

/// Tells the host in words.
func report(_ host: UnsafePointer<argus_host>, _ message: String, copy: Int = -1) {
    message.withCString { host.pointee.report(host, ARGUS_FAILURE, Int64(copy), $0) }
}
