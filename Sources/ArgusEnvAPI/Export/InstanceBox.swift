import CArgusEnv

/// What an `argus_instance` stands for: the batch, and the C structs that the host reads.
///
/// C function pointers cannot capture a generic type, so the functions below are the same for all environments and
/// reach the batch through `data`.
final class InstanceBox {
    let batch: any EnvironmentBatch
    let host: UnsafePointer<argus_host>
    let specification: CSpecification
    let memory = CMemory()
    let extensions: [(id: String, pointer: UnsafeRawPointer)]
    let instance: UnsafeMutablePointer<argus_instance>

    private init(
        _ batch: any EnvironmentBatch, _ descriptor: EnvironmentDescriptor, _ host: UnsafePointer<argus_host>
    ) {
        self.batch = batch
        self.host = host
        specification = CSpecification(batch.specification)
        extensions = InstanceExtensions.make(batch, descriptor.capabilities, memory)
        instance = .allocate(capacity: 1)
    }

    deinit { instance.deallocate() }

    /// The instance that stands for `batch` until its `destroy` is called.
    static func create(
        _ batch: any EnvironmentBatch, _ descriptor: EnvironmentDescriptor, _ host: UnsafePointer<argus_host>
    ) -> UnsafeMutablePointer<argus_instance> {
        let box = InstanceBox(batch, descriptor, host)
        box.instance.initialize(
            to: argus_instance(
                struct_size: UInt32(MemoryLayout<argus_instance>.size), reserved: 0,
                data: Unmanaged.passRetained(box).toOpaque(),
                specification: { instance in InstanceBox.of(instance).specification.pointer },
                bind: { instance, buffers in
                    InstanceBox.of(instance).batch.bind(buffers.pointee)
                    return ARGUS_OK
                },
                reset: { instance, mask, seeds in
                    let box = InstanceBox.of(instance)
                    return box.batch.reset(mask, seeds) { report(box.host, $1, copy: $0) }
                },
                step: { instance, mask in
                    let box = InstanceBox.of(instance)
                    return box.batch.step(mask) { report(box.host, $1, copy: $0) }
                },
                destroy: { instance in
                    if let data = instance.pointee.data { Unmanaged<InstanceBox>.fromOpaque(data).release() }
                },
                get_extension: { instance, id in
                    let wanted = String(cString: id)
                    return InstanceBox.of(instance).extensions.first { $0.id == wanted }?.pointer
                }))
        return box.instance
    }

    /// The box behind an instance that `create` made.
    static func of(_ instance: UnsafeMutablePointer<argus_instance>) -> InstanceBox {
        // `data` is set by create and never changed before destroy, after which the host may not call.
        let data = instance.pointee.data.unsafelyUnwrapped
        return Unmanaged<InstanceBox>.fromOpaque(data)._withUnsafeGuaranteedRef { $0 }
    }

    /// Runs `body`; an error becomes a report and `status`.
    func guarded(copy: Int, status: argus_status, _ body: () throws -> Void) -> argus_status {
        do {
            try body()
            return ARGUS_OK
        } catch {
            report(host, "\(error)", copy: copy)
            return status
        }
    }
}
