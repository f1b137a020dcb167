import ArgusHost
import Foundation
import FoundationNetworking
import Synchronization

/// One server: sends requests with its key, tries those again that are worth it, and stays within its concurrency.
final class ServerConnection: Sendable {
    /// What came of a request, with the time of the attempt that brought it.
    struct Outcome: Sendable {
        var result: Result<Data, BackendFailure>
        var latency = 0.0
        var retries = 0
    }

    let base: String
    private let key: String?
    private let client: HTTPClient
    private let rule: RetryRule
    private let breaker: CircuitBreaker
    private let concurrency: Int
    private let timeout: Double

    /// - Throws: ``ArgusError`` (policy) when the environment variable of the key is not set.
    init(_ base: String, options: LanguageOptions) throws(ArgusError) {
        self.base = base
        if let name = options.key {
            // As 'export KEY=$(cat FILE)' and the like may leave it.
            let value = ProcessInfo.processInfo.environment[name]?.trimmingCharacters(in: .whitespacesAndNewlines)
            guard let value, !value.isEmpty else {
                throw ArgusError(
                    .policy, "no key", at: "policy llm, option 'key'", found: "no environment variable \(name)",
                    expected: "one that holds the server's key", remedy: "'export \(name)=…'")
            }
            // A line's end in it would begin another field of the request.
            guard value.unicodeScalars.allSatisfy({ (0x21...0x7E).contains($0.value) }) else {
                throw ArgusError(
                    .policy, "bad key", at: "policy llm, option 'key'",
                    found: "an environment variable \(name) with spaces, line ends or other than ASCII characters",
                    expected: "one that holds the server's key alone")
            }
            key = value
        } else {
            key = nil
        }
        concurrency = options.concurrency
        timeout = options.timeout
        client = HTTPClient(timeout: options.timeout, connections: options.concurrency)
        rule = RetryRule(retries: options.retries, patience: options.patience)
        breaker = CircuitBreaker(patience: options.patience)
    }

    /// Sends all bodies, so many at a time, and waits for the replies.
    ///
    /// - Throws: ``ArgusError`` (policy) when the server refuses the key, the address or the model: then all others would
    ///   be refused as well.
    func post(_ bodies: [Data], to path: String) throws(ArgusError) -> [Outcome] {
        let work = Work(bodies.count)
        let workers = min(concurrency, bodies.count)
        if workers == 1 {
            run(bodies, path, work)
        } else {
            let group = DispatchGroup()
            for _ in 0..<workers {
                group.enter()
                // Threads of their own: they wait, and a pool would not start more than there are cores.
                let thread = Thread { [self] in
                    run(bodies, path, work)
                    group.leave()
                }
                thread.stackSize = 1 << 20
                thread.start()
            }
            group.wait()
        }
        return try work.finish()
    }

    private func run(_ bodies: [Data], _ path: String, _ work: Work) {
        while let index = work.next() {
            do throws(ArgusError) {
                work.set(index, try post(bodies[index], to: path))
            } catch {
                work.stop(error)
            }
        }
    }

    // MARK: One request

    private func post(_ body: Data, to path: String) throws(ArgusError) -> Outcome {
        var request = try request(path)
        request.httpMethod = "POST"
        request.httpBody = body
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        let jitter = Jitter(body)
        let began = now
        var attempt = 0
        while true {
            switch breaker.admit(now: now) {
            case .go: break
            case .wait(let seconds):
                Thread.sleep(forTimeInterval: min(0.2, max(0.01, seconds)))
                continue
            case .refused(let reason):
                return Outcome(result: .failure(BackendFailure(.provider, reason)), retries: attempt)
            }
            let sent = now
            let trouble: Trouble
            switch exchange(request) {
            case .timeout:
                let reason = "no reply within \(timeout) s"
                breaker.failed(reason, now: now)
                return Outcome(
                    result: .failure(BackendFailure(.timeout, reason)), latency: now - sent, retries: attempt)
            case .connection(let words):
                breaker.failed(words, now: now)
                trouble = Trouble(reason: words, isAway: true)
            case .response(let status, _, let body) where (200...299).contains(status):
                breaker.succeeded()
                return Outcome(result: .success(body), latency: now - sent, retries: attempt)
            case .response(let status, let retryAfter, let body):
                let words = "status \(status): \(ServedError.words(body))"
                if status >= 500 { breaker.failed(words, now: now) } else { breaker.succeeded() }
                try requireUsable(status, words, path)
                guard RetryRule.isRetryable(status: status) else {
                    return Outcome(
                        result: .failure(BackendFailure(.provider, words)), latency: now - sent, retries: attempt)
                }
                trouble = Trouble(
                    reason: words, isAway: [502, 503, 504].contains(status),
                    asked: retryAfter.flatMap { RetryRule.seconds(ofRetryAfter: $0, now: Date()) })
            }
            guard let pause = pause(trouble, after: attempt, since: began, jitter) else {
                let words = attempt > 0 ? "\(trouble.reason), after \(attempt + 1) attempts" : trouble.reason
                return Outcome(
                    result: .failure(BackendFailure(.provider, words)), latency: now - sent, retries: attempt)
            }
            Thread.sleep(forTimeInterval: pause)
            attempt += 1
        }
    }

    private struct Trouble {
        var reason: String
        /// Nobody is there, rather than somebody who says no.
        var isAway: Bool
        /// Seconds that the server asks for.
        var asked: Double?
    }

    /// A server that is away is waited for as long as the patience says; another trouble is tried so many times.
    private func pause(_ trouble: Trouble, after attempt: Int, since began: Double, _ random: Jitter)
        -> Double?
    {
        let jitter = random.value(attempt)
        if let pause = rule.pause(after: attempt, asked: trouble.asked, jitter: jitter) { return pause }
        guard trouble.isAway, trouble.asked == nil, now - began < rule.patience else { return nil }
        return RetryRule.firstPause * (1 + jitter)
    }

    /// What no other request would change.
    private func requireUsable(_ status: Int, _ words: String, _ path: String) throws(ArgusError) {
        guard [401, 403, 404].contains(status) else { return }
        throw ArgusError(
            .policy, "the server refuses", at: "policy llm, \(base)\(path)", found: words,
            expected: status == 404 ? "an address and a model that it serves" : "a key that it takes",
            remedy: status == 404 ? nil : "'key=NAME' with the environment variable that holds it")
    }

    /// `GET PATH`; nil where the server has no such thing. A server that still loads is waited for.
    func get(_ path: String) throws(ArgusError) -> Data? {
        let request = try request(path)
        let began = now
        while true {
            let failure: String
            let patience: Double
            switch exchange(request) {
            case .response(200, _, let body): return body
            case .response(let status, _, let body):
                let words = "status \(status): \(ServedError.words(body))"
                if [401, 403].contains(status) { try requireUsable(status, words, path) }
                guard status == 503 || status == 429 else { return nil }
                (failure, patience) = (words, rule.patience)
            // A wrong address should be told soon.
            case .connection(let words): (failure, patience) = (words, min(3, rule.patience))
            case .timeout: (failure, patience) = ("no reply within \(timeout) s", 0)
            }
            guard now - began < patience else {
                throw ArgusError(
                    .policy, "the server does not answer", at: "policy llm, \(base)\(path)", found: failure,
                    expected: "an OpenAI-compatible server",
                    // URLSession on Linux asks the system's store alone, whatever environment variables say.
                    remedy: failure.contains("self-signed") || failure.contains("issuer")
                        ? "adding the certificate's issuer to the system's store (update-ca-certificates)" : nil)
            }
            Thread.sleep(forTimeInterval: 0.5)
        }
    }

    private func request(_ path: String) throws(ArgusError) -> URLRequest {
        guard let url = URL(string: base + path) else {
            throw ArgusError(
                .policy, "bad address", at: "policy llm", found: "'\(base)'", expected: "http://HOST:PORT/v1")
        }
        var request = URLRequest(url: url)
        request.setValue("application/json", forHTTPHeaderField: "Accept")
        if let key { request.setValue("Bearer \(key)", forHTTPHeaderField: "Authorization") }
        return request
    }

    /// A server may say the key back: then it is hidden, before anything is read from the response or cut from it.
    private func exchange(_ request: URLRequest) -> HTTPExchange {
        let exchange = client.exchange(request)
        guard let key, case .response(let status, let retryAfter, let body) = exchange else { return exchange }
        let hidden = body.replacing(Array(key.utf8), with: Array("***".utf8))
        return .response(status: status, retryAfter: retryAfter, body: hidden)
    }

    private var now: Double { Double(DispatchTime.now().uptimeNanoseconds) / 1e9 }

    /// Requests that several workers take from.
    private final class Work: Sendable {
        private struct State {
            var next = 0
            var outcomes: [Outcome?]
            var error: ArgusError?
        }

        private let count: Int
        private let state: Mutex<State>

        init(_ count: Int) {
            self.count = count
            state = Mutex(State(outcomes: Array(repeating: nil, count: count)))
        }

        func next() -> Int? {
            state.withLock { state in
                guard state.error == nil, state.next < count else { return nil }
                defer { state.next += 1 }
                return state.next
            }
        }

        func set(_ index: Int, _ outcome: Outcome) { state.withLock { $0.outcomes[index] = outcome } }

        func stop(_ error: ArgusError) { state.withLock { $0.error = $0.error ?? error } }

        func finish() throws(ArgusError) -> [Outcome] {
            let (outcomes, error) = state.withLock { ($0.outcomes, $0.error) }
            if let error { throw error }
            return outcomes.map { $0 ?? Outcome(result: .failure(BackendFailure(.provider, "not asked"))) }
        }
    }
}

/// Fractions for pauses, from the request itself, so that nothing is drawn from a process-wide source.
private struct Jitter {
    private let hash: UInt64

    init(_ body: Data) { hash = Fingerprint.fnv1a64(body) }

    func value(_ attempt: Int) -> Double {
        Double(Fingerprint.fnv1a64([UInt8(truncatingIfNeeded: attempt)], continuing: hash) >> 11) * 0x1p-53
    }
}
