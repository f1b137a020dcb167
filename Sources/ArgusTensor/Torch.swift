import CTorch

/// The libtorch that is used.
public enum TorchInfo {
    /// Loads it now; otherwise the first tensor does.
    /// - Throws: ``TensorError`` (not loaded) when it is not where it was when this was built.
    public static func load() throws(TensorError) { try TensorError.check(ctorch_load()) }

    /// For example `2.13.0`.
    public static var version: String { ctorch_version().map { String(cString: $0) } ?? "" }

    /// The instruction set that kernels were chosen for: `AVX512`, `AVX2` or `DEFAULT`. Results may differ between
    /// them in the last bits, so a run's record should name it.
    public static var cpuCapability: String { ctorch_cpu_capability().map { String(cString: $0) } ?? "" }

    /// Bytes of the C heap in use, tensors included (Linux, `mallinfo2`). Meant for leak tests.
    public static var heapBytes: Int { Int(ctorch_heap_bytes()) }
}

/// How tensors get their memory.
public enum TorchMemory {
    /// Keeps what tensors leave, for a process whose every update needs as much again: giving it back to the system and
    /// having it cleared anew costs some 6 % of a training's time (VDN on skirmish/2s3z). The most in use at once stays
    /// as it is.
    public static func keepFreed() { ctorch_keep_freed_memory() }
}

/// How many threads one tensor operation may use.
public enum TorchThreads {
    /// Operations run one after another here, so the pool that would run several at once gets a single thread.
    /// It can be sized only once in a process; a second attempt is refused, which does no harm.
    private static let interopIsSingle: Bool = ctorch_set_interop_threads(1) == 0

    /// Sets the number of threads of one operation, at least 1. One thread repeats results bit for bit; another
    /// number may change the last bits.
    public static func set(_ count: Int) throws(TensorError) {
        _ = interopIsSingle
        try TensorError.check(ctorch_set_threads(Int32(clamping: count)))
    }

    public static var count: Int { Int(ctorch_threads()) }
}
