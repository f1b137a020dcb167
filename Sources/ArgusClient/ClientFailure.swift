import ArgusHost
internal import CArgusClient
import Glibc

/// Why a call of the C interface failed.
struct ClientFailure: Error {
    let status: argus_client_status
    let text: String

    init(_ status: Int32, _ text: String) {
        self.status = status
        self.text = text
    }

    init(_ error: ArgusError) { self.init(ARGUS_CLIENT_ERROR, "\(error)") }

    /// A bad argument, in the shape that all errors have.
    static func argument(_ what: String, at place: String, found: String, expected: String) -> ClientFailure {
        ClientFailure(
            ARGUS_CLIENT_ARGUMENT,
            "\(ArgusError(.configuration, what, at: place, found: found, expected: expected))")
    }

    static func null(_ name: String) -> ClientFailure {
        argument("bad argument", at: name, found: "NULL", expected: "a pointer")
    }
}

/// The reason of the last failure on each thread: what `argus_client_error` returns.
enum LastError {
    private static let key: pthread_key_t? = {
        var key = pthread_key_t()
        return pthread_key_create(&key) { free($0) } == 0 ? key : nil
    }()

    static var text: UnsafePointer<CChar>? {
        guard let key, let text = pthread_getspecific(key) else { return nil }
        return UnsafePointer(text.assumingMemoryBound(to: CChar.self))
    }

    /// Keeps the reason and gives the status back.
    @inline(never)
    static func keep(_ failure: ClientFailure) -> argus_client_status {
        guard let key else { return failure.status }
        free(pthread_getspecific(key))
        pthread_setspecific(key, strdup(failure.text))
        return failure.status
    }
}
