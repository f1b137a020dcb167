import Foundation
import FoundationNetworking
import Synchronization

/// Sends requests and waits for them; may be used by several threads.
final class HTTPClient: Sendable {
    private let session: URLSession
    /// Seconds for a whole response.
    private let timeout: Double

    /// A reply is text of some thousand tokens; a body beyond this is none.
    static let largestBody = 64 << 20

    init(timeout: Double, connections: Int) {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpMaximumConnectionsPerHost = connections
        configuration.timeoutIntervalForRequest = timeout
        configuration.timeoutIntervalForResource = timeout
        configuration.httpCookieStorage = nil
        configuration.urlCache = nil
        session = URLSession(configuration: configuration)
        self.timeout = timeout
    }

    deinit { session.invalidateAndCancel() }

    func exchange(_ request: URLRequest) -> HTTPExchange {
        let box = Box()
        let done = DispatchSemaphore(value: 0)
        let task = session.dataTask(with: request) { data, response, error in
            box.set(HTTPClient.outcome(data, response, error))
            done.signal()
        }
        task.resume()
        // The session's own limits are for silence; this is one for all of it.
        guard done.wait(timeout: .now() + timeout) == .success else {
            task.cancel()
            return .timeout
        }
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
