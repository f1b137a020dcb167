internal import CArgusClient
import Synchronization

/// The environments that handles name. Numbers are given once, so that a stale handle is an error and never a crash.
enum HandleRegistry {
    private struct Content {
        var environments: [argus_client_handle: ClientEnvironment] = [:]
        var last: argus_client_handle = 0
    }

    private static let content = Mutex(Content())

    static func add(_ environment: ClientEnvironment) -> argus_client_handle {
        content.withLock { content in
            content.last += 1
            content.environments[content.last] = environment
            return content.last
        }
    }

    /// Calls `body` with the environment of a handle while no other call uses it.
    ///
    /// - Throws: ``ClientFailure`` (closed) for a handle that names none, (busy) when another call is under way.
    @inline(__always)
    static func use<Result>(
        _ handle: argus_client_handle, _ body: (ClientEnvironment) throws(ClientFailure) -> Result
    ) throws(ClientFailure) -> Result {
        guard let environment = content.withLock({ $0.environments[handle] }) else { throw closed(handle) }
        guard environment.begin() else { throw busy(environment) }
        defer { environment.end() }
        try environment.requireOwnProcess()
        return try body(environment)
    }

    /// Takes the environment out, which frees it.
    static func remove(_ handle: argus_client_handle) throws(ClientFailure) {
        // Taken out under the lock, but freed outside it: ending its threads takes a while.
        let removed: ClientEnvironment? = try content.withLock { content throws(ClientFailure) in
            guard let environment = content.environments[handle] else { throw closed(handle) }
            // Never ended: a call that looked the environment up before gets busy.
            guard environment.begin() else { throw busy(environment) }
            return content.environments.removeValue(forKey: handle)
        }
        removed?.release()
    }

    private static func closed(_ handle: argus_client_handle) -> ClientFailure {
        ClientFailure(
            ARGUS_CLIENT_CLOSED,
            "environment is closed (handle \(handle)): found no such environment, expected one that is open. Try making "
                + "it anew.")
    }

    private static func busy(_ environment: ClientEnvironment) -> ClientFailure {
        ClientFailure(
            ARGUS_CLIENT_BUSY,
            "environment is busy (\(environment.scenario)): found a call of another thread under way, expected one call "
                + "at a time. Try an environment of its own for each thread.")
    }
}
