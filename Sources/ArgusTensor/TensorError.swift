import CTorch

/// Why a tensor operation, or the reading or writing of a tensor file, failed.
public struct TensorError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it was.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case invalidArgument = "invalid argument"
            case refused = "refused by libtorch"
            case outOfMemory = "out of memory"
            case fileAccess = "file access"
            case fileFormat = "file format"
            case internalError = "internal error"
            case notLoaded = "not loaded"
        }

        private let value: Value

        /// An argument that is never valid: a count that does not match a shape, a missing name.
        public static let invalidArgument = Code(value: .invalidArgument)
        /// libtorch refused: shapes that do not broadcast, wrong element types, a device that is not there, autograd.
        public static let refused = Code(value: .refused)
        /// Memory ran out, in this process or on the device.
        public static let outOfMemory = Code(value: .outOfMemory)
        /// The operating system refused to open, read or write a file.
        public static let fileAccess = Code(value: .fileAccess)
        /// A file's content is not what its format prescribes.
        public static let fileFormat = Code(value: .fileFormat)
        /// A failure that none of the others describes.
        public static let internalError = Code(value: .internalError)
        /// libtorch is not where it was when this was built.
        public static let notLoaded = Code(value: .notLoaded)

        public var description: String { value.rawValue }
    }

    public var code: Code
    /// What was found, what was expected, and where.
    public var message: String

    public init(code: Code, message: String) {
        self.code = code
        self.message = message
    }

    public var description: String { "\(message) [\(code)]" }
}

extension TensorError {
    /// The failure that the shim has just reported on this thread.
    static func latest(status: Int32) -> TensorError {
        let code: Code
        switch Int(status) {
        case CTORCH_INVALID_ARGUMENT: code = .invalidArgument
        case CTORCH_TORCH_ERROR: code = .refused
        case CTORCH_OUT_OF_MEMORY: code = .outOfMemory
        case CTORCH_NOT_LOADED: code = .notLoaded
        default: code = .internalError
        }
        return TensorError(code: code, message: ctorch_last_error().map { String(cString: $0) } ?? "")
    }

    /// Throws if `status` is not success.
    static func check(_ status: Int32) throws(TensorError) {
        if status != 0 { throw latest(status: status) }
    }
}
