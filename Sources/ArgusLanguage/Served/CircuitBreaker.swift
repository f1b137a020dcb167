import Foundation
import Synchronization

/// Stops asking a server that fails again and again, and tries it now and then until it is back.
///
/// After ``threshold`` failures in a row nothing is sent for a while; then one attempt may go, and its success lets all
/// others go. While a server has been away for less than the patience, requests wait; after that they fail at once.
final class CircuitBreaker: Sendable {
    /// What an attempt may do.
    enum Admission: Equatable {
        case go
        /// Seconds until it may ask again.
        case wait(Double)
        /// The server has been away for too long.
        case refused(String)
    }

    private struct State {
        var failures = 0
        var lastReason = ""
        /// Seconds of the monotonic clock.
        var failingSince = 0.0
        var nextTrial = 0.0
    }

    static let threshold = 5
    private static let pause = 1.0

    private let patience: Double
    private let state = Mutex(State())

    /// - Parameter patience: seconds.
    init(patience: Double) { self.patience = patience }

    func admit(now: Double) -> Admission {
        state.withLock { state in
            guard state.failures >= CircuitBreaker.threshold else { return .go }
            if now >= state.nextTrial {
                state.nextTrial = now + CircuitBreaker.pause
                return .go
            }
            if now - state.failingSince > patience {
                return .refused(
                    "the server has not answered for \(Int(now - state.failingSince)) s (\(state.lastReason))")
            }
            return .wait(state.nextTrial - now)
        }
    }

    func succeeded() { state.withLock { $0 = State() } }

    func failed(_ reason: String, now: Double) {
        state.withLock { state in
            if state.failures == 0 { state.failingSince = now }
            state.failures += 1
            state.lastReason = reason
            state.nextTrial = now + CircuitBreaker.pause
        }
    }
}
