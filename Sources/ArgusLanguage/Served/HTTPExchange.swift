import Foundation

/// One request over HTTP and what came of it.
enum HTTPExchange: Sendable {
    case response(status: Int, retryAfter: String?, body: Data)
    /// No whole response within the time.
    case timeout
    /// The connection could not be made, or broke.
    case connection(String)
}
