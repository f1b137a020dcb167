import Glibc

/// A whole file as read-only memory: pages are read when they are looked at, and shared between processes.
///
/// The file must not be cut short while it is mapped; as with every mapping, reading what is gone ends the process.
public final class MappedFile: Sendable {
    public let path: String
    // Written by nobody between the initialiser and `deinit`.
    private nonisolated(unsafe) let memory: UnsafeMutableRawBufferPointer

    public init(_ path: String) throws(TensorError) {
        func failure(_ action: String) -> TensorError {
            TensorError(code: .fileAccess, message: "\(path): cannot \(action): \(String(cString: strerror(errno)))")
        }
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw failure("open") }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0 else { throw failure("examine") }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw TensorError(code: .fileAccess, message: "\(path): found something else, expected a regular file")
        }
        self.path = path
        let size = Int(status.st_size)
        guard size > 0 else {  // an empty mapping is refused by the system
            memory = UnsafeMutableRawBufferPointer(start: nil, count: 0)
            return
        }
        guard let start = mmap(nil, size, PROT_READ, MAP_PRIVATE, file, 0), start != MAP_FAILED else {
            throw failure("map")
        }
        memory = UnsafeMutableRawBufferPointer(start: start, count: size)
    }

    deinit {
        if let start = memory.baseAddress { munmap(start, memory.count) }
    }

    public var count: Int { memory.count }

    /// Lends the file's bytes, which stay where they are as long as this object lives.
    public func withBytes<Result, Failure: Error>(
        _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let result = try body(UnsafeRawBufferPointer(memory))
        withExtendedLifetime(self) {}
        return result
    }

    /// A tensor over a part of the file, without copying: it and its views must not outlive this object, nor be
    /// written to. Throws unless the part lies in the file, aligned to the element size.
    public func tensor(at offset: Int, shape: [Int], type: ScalarType) throws(TensorError) -> Tensor {
        let bytes = shape.reduce(type.size) { total, size in
            let (product, overflow) = total.multipliedReportingOverflow(by: size)
            return overflow || size < 0 ? Int.max : product
        }
        guard let start = memory.baseAddress, offset >= 0, offset <= count, bytes <= count - offset,
            offset % type.size == 0
        else {
            throw TensorError(
                code: .fileFormat,
                message: "\(path): found an array of \(bytes) bytes at \(offset), expected it aligned and within the "
                    + "file's \(count) bytes")
        }
        return try Tensor.borrowing(start + offset, shape: shape, type: type)
    }
}
