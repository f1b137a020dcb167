import ArgusEnvAPI
import ArgusHost
import CArgusEnv

/// An instance that is driven through the header alone, with buffers of the check's own.
final class BoundaryInstance {
    let specification: EnvironmentSpecification
    let copies: Int
    let pointer: UnsafeMutablePointer<argus_instance>
    private let creation: Creation
    /// Indexed by role; nil for a tensor that is absent or unwanted.
    private var tensors: [BoundaryTensor?] = Array(repeating: nil, count: Int(ARGUS_ROLE_COUNT))

    /// - Parameter gap: elements between rows and between copies that the plugin must not touch.
    init(
        _ source: any EnvironmentSource, environment: String, parameters: String,
        specification: EnvironmentSpecification, copies: Int, unwanted: Set<TensorRole>, gap: Int
    ) throws {
        creation = Creation(source, environment: environment, parameters: parameters, copies: copies)
        guard creation.status == ARGUS_OK, let pointer = creation.instance else {
            throw ConformanceFailure(
                "create: status \(creation.status), \(creation.reports.last?.words ?? "no reason")")
        }
        self.pointer = pointer
        self.specification = specification
        self.copies = copies
        for role in TensorRole.allCases where !unwanted.contains(role) {
            guard let shape = role.shape(specification) else { continue }
            tensors[role.rawValue] = BoundaryTensor(
                copies: copies, rows: shape.rows, width: shape.width, elementSize: role.elementSize, gap: gap)
        }
        try bind()
    }

    /// Tells the plugin where the buffers are.
    func bind() throws {
        var buffers = argus_buffers()
        buffers.struct_size = UInt32(MemoryLayout<argus_buffers>.size)
        withUnsafeMutableBytes(of: &buffers.tensor) { bytes in
            let list = bytes.bindMemory(to: argus_buffer.self)
            for (role, tensor) in tensors.enumerated() {
                if let tensor { list[role] = tensor.buffer }
            }
        }
        CallTrace.shared.note(.bind)
        try succeed("bind", pointer.pointee.bind(pointer, &buffers))
    }

    /// - Parameter mask: nil: all copies.
    func reset(_ seeds: [UInt64], mask: [UInt8]? = nil) throws {
        // The header wants a pointer also where there are no copies.
        let seeds = seeds.isEmpty ? [0] : seeds
        CallTrace.shared.note(.reset)
        try succeed("reset", pointer.pointee.reset(pointer, mask.map { $0.isEmpty ? [0] : $0 }, seeds))
    }

    func step(mask: [UInt8]? = nil) throws {
        CallTrace.shared.note(.step)
        try succeed("step", pointer.pointee.step(pointer, mask.map { $0.isEmpty ? [0] : $0 }))
    }

    /// Turns a status into a failure.
    func succeed(_ call: String, _ status: argus_status) throws {
        guard status != ARGUS_OK else { return }
        let words =
            switch status {
            case ARGUS_DISCARD: "an episode failed"
            case ARGUS_ERROR: "the instance failed"
            case ARGUS_FATAL: "the whole plugin failed"
            default: "an unknown status"
            }
        throw ConformanceFailure(
            "\(call): status \(status) (\(words)), \(creation.reports.last?.words ?? "no reason given")")
    }

    var reports: [String] { creation.reports.map(\.words) }

    /// The copy that the last report is about; nil if it is about none.
    var reportedCopy: Int? { creation.reports.last.flatMap { $0.copy >= 0 && $0.copy < copies ? $0.copy : nil } }

    /// Nil for a tensor that the environment lacks or that is unwanted.
    func tensor(_ role: TensorRole) -> BoundaryTensor? { tensors[role.rawValue] }

    /// The values of one row of f32.
    func floats(_ role: TensorRole, _ copy: Int, _ row: Int = 0) -> UnsafeBufferPointer<Float> {
        guard let tensor = tensor(role) else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(tensor.row(copy, row).bindMemory(to: Float.self))
    }

    /// The values of one row of u8.
    func bytes(_ role: TensorRole, _ copy: Int, _ row: Int = 0) -> UnsafeBufferPointer<UInt8> {
        guard let tensor = tensor(role) else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(tensor.row(copy, row).bindMemory(to: UInt8.self))
    }

    /// Fills every row that the plugin writes, and the gaps, with one byte.
    func poison(_ byte: UInt8) {
        for role in TensorRole.written { tensor(role)?.fill(byte) }
    }

    /// All bytes of all buffers, gaps included.
    func allBytes() -> [[UInt8]] { tensors.map { $0.map { Array($0.memory) } ?? [] } }
}

/// The buffer of one tensor: rows with gaps between them.
final class BoundaryTensor {
    let buffer: argus_buffer
    let memory: UnsafeMutableRawBufferPointer
    let rows: Int
    private let rowBytes: Int

    init(copies: Int, rows: Int, width: Int, elementSize: Int, gap: Int) {
        self.rows = rows
        rowBytes = width * elementSize
        let rowStride = rowBytes + gap * elementSize
        let copyStride = rows * rowStride + gap * elementSize
        memory = .allocate(byteCount: max(64, copies * copyStride), alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0)
        buffer = argus_buffer(
            base: memory.baseAddress, copy_stride: UInt64(copyStride), row_stride: UInt64(rowStride))
    }

    deinit { memory.deallocate() }

    func row(_ copy: Int, _ row: Int) -> UnsafeMutableRawBufferPointer {
        let start = copy * Int(buffer.copy_stride) + row * Int(buffer.row_stride)
        return UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + rowBytes])
    }

    func fill(_ byte: UInt8) { memory.initializeMemory(as: UInt8.self, repeating: byte) }
}
