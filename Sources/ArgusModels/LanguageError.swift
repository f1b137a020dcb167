public import ArgusTensor

/// Why a language model, its files or a computation with it were refused or failed.
public struct LanguageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of failure it was.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        private enum Value: String {
            case invalidArgument = "invalid argument"
            case unsupported = "not supported"
            case fileFormat = "file format"
            case fileAccess = "file access"
            case unavailable = "not available"
            case computation = "computation"
        }

        private let value: Value

        /// An argument that is never valid: an empty prompt, a token outside the vocabulary.
        public static let invalidArgument = Code(value: .invalidArgument)
        /// A file asks for something real that is not implemented here; the message names it.
        public static let unsupported = Code(value: .unsupported)
        /// A file's content is not what its format prescribes, or contradicts itself.
        public static let fileFormat = Code(value: .fileFormat)
        /// The operating system refused to open, read or write a file.
        public static let fileAccess = Code(value: .fileAccess)
        /// Something that has to be fetched is not here and cannot be fetched now.
        public static let unavailable = Code(value: .unavailable)
        /// A tensor operation failed.
        public static let computation = Code(value: .computation)

        public var description: String { value.rawValue }
    }

    public var code: Code
    /// `WHAT (WHERE): found X, expected Y. Try Z.`
    public var message: String

    public init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// A failure of the tensor library, seen from here.
    public init(_ error: TensorError) {
        switch error.code {
        case .fileAccess: self.init(.fileAccess, error.message)
        case .fileFormat: self.init(.fileFormat, error.message)
        default: self.init(.computation, error.description)
        }
    }

    public var description: String { "\(message) [\(code)]" }
}

/// Runs tensor operations and reports their failures as this module's.
func computing<Result>(_ body: () throws(TensorError) -> Result) throws(LanguageError) -> Result {
    do throws(TensorError) {
        return try body()
    } catch {
        throw LanguageError(error)
    }
}
