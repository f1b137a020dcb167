import Foundation
import FoundationNetworking
import Synchronization

/// Sends requests and waits for them; may be used by several threads.
///
/// Plain HTTP goes over ``PlainConnection``; https over URLSession, with a session of its own for each request in flight,
/// which loses the fewest.
final class HTTPClient: Sendable {
    /// Sessions that are not in use.
    private let sessions: Mutex<[URLSession]>
    /// Seconds for a whole response.
    private let timeout: Double

    /// A reply is text of some thousand tokens; a body beyond this is none.
    static let largestBody = 64 << 20

    /// - Parameter connections: requests at the same time.
    init(timeout: Double, connections: Int) {
        self.timeout = timeout
        sessions = Mutex((0..<connections).map { _ in HTTPClient.makeSession(timeout) })
    }

    deinit {
        for session in sessions.withLock({ $0 }) { session.invalidateAndCancel() }
    }

    private static func makeSession(_ timeout: Double) -> URLSession {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = timeout
        configuration.timeoutIntervalForResource = timeout
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        return URLSession(configuration: configuration)
    }

    func exchange(_ request: URLRequest) -> HTTPExchange {
        if request.url?.scheme == "http" { return PlainConnection.exchange(request, timeout: timeout) }
        var request = request
        // A kept connection that the server closes without a reply leaves URLSession on Linux waiting until the time is
        // up: libcurl would send the body again, which cannot be rewound. A new connection costs little beside a reply.
        request.setValue("close", forHTTPHeaderField: "Connection")
        let session = sessions.withLock { $0.popLast() ?? HTTPClient.makeSession(timeout) }
        let box = Box()
        let done = DispatchSemaphore(value: 0)
        let task = session.dataTask(with: request) { data, response, error in
            box.set(HTTPClient.outcome(data, response, error))
            done.signal()
        }
        task.resume()
        // The session's own limits are for silence; this is one for all of it.
        guard done.wait(timeout: .now() + timeout) == .success else {
            // What is left of the request goes with its session.
            session.invalidateAndCancel()
            sessions.withLock { $0.append(HTTPClient.makeSession(timeout)) }
            return .timeout
        }
        sessions.withLock { $0.append(session) }
        return box.value ?? .timeout
    }

    private static func outcome(_ data: Data?, _ response: URLResponse?, _ error: (any Error)?) -> HTTPExchange {
        if let error {
            if let error = error as? URLError, error.code == .timedOut { return .timeout }
            return .connection((error as? URLError).map(HTTPClient.words) ?? "\(error)")
        }
        guard let response = response as? HTTPURLResponse, let data else { return .connection("no response") }
        guard data.count <= largestBody else { return .connection("a response of \(data.count) bytes") }
        return .response(
            status: response.statusCode, retryAfter: response.value(forHTTPHeaderField: "Retry-After"), body: data)
    }

    private static func words(_ error: URLError) -> String {
        switch error.code {
        case .cannotConnectToHost: "no connection"
        case .cannotFindHost, .dnsLookupFailed: "no such host"
        case .networkConnectionLost: "the connection broke"
        case .badServerResponse, .cannotParseResponse: "no HTTP response"
        default: error.localizedDescription
        }
    }

    private final class Box: Sendable {
        private let content = Mutex<HTTPExchange?>(nil)
        func set(_ value: HTTPExchange) { content.withLock { $0 = value } }
        var value: HTTPExchange? { content.withLock { $0 } }
    }
}
