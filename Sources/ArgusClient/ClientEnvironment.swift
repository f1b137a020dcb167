import ArgusEnvAPI
import ArgusHost
internal import CArgusClient
import Glibc
import Synchronization

/// A vector environment as the C interface offers it.
///
/// Unchecked: everything but `busy` is touched only between ``begin()`` and ``end()``, by one thread at a time.
final class ClientEnvironment: @unchecked Sendable {
    let environment: VectorEnvironment
    /// Kept for what it has opened, such as running peers.
    private let host: EnvironmentHost
    let scenario: String
    let threads: Int
    /// [copy]: 1 where the last step ended the episode in this way.
    let terminated: AlignedBuffer<UInt8>
    let truncated: AlignedBuffer<UInt8>
    let failed: AlignedBuffer<UInt8>
    /// [copy, agent]: 0 or 1, whatever the plugin writes for true: readers take them for booleans.
    let acting: AlignedBuffer<UInt8>
    let agentTerminated: AlignedBuffer<UInt8>
    let finalActing: AlignedBuffer<UInt8>
    private let busy = Atomic<Bool>(false)
    private let process = getpid()
    /// True from a reset on, until a step fails.
    private var isRunning = false
    private var team: (key: TeamKey, team: Team)?

    private struct TeamKey: Equatable {
        var specification: String
        var seed: UInt64
    }

    init(_ scenario: String, copies: Int, threads: Int) throws(ArgusError) {
        host = try EnvironmentHost()
        environment = try host.makeVectorEnvironment(scenario, copies: copies, threads: threads)
        self.scenario = environment.scenario.id
        self.threads = threads
        let rows = copies * environment.specification.agents.count
        terminated = AlignedBuffer(count: copies, zero: 0)
        truncated = AlignedBuffer(count: copies, zero: 0)
        failed = AlignedBuffer(count: copies, zero: 0)
        acting = AlignedBuffer(count: rows, zero: 0)
        agentTerminated = AlignedBuffer(count: rows, zero: 0)
        finalActing = AlignedBuffer(count: rows, zero: 0)
    }

    // MARK: One call at a time

    /// False when another call is under way.
    @inline(__always)
    func begin() -> Bool { busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged }

    @inline(__always)
    func end() { busy.store(false, ordering: .releasing) }

    /// Worker threads do not survive a fork: waiting for them would never end.
    @inline(__always)
    func requireOwnProcess() throws(ClientFailure) {
        if threads > 1, getpid() != process {
            throw ClientFailure(
                ARGUS_CLIENT_ERROR,
                "environment of another process (\(scenario)): found a forked process without the environment's "
                    + "threads, expected the one that made it. Try making it after the fork, or threads = 1.")
        }
    }

    /// Called once, when no handle names it any more.
    func release() {
        // In a forked process it is left as it is: its threads cannot be ended.
        if threads > 1, getpid() != process { _ = Unmanaged.passRetained(self) }
    }

    // MARK: Reset and step

    func reset(_ episodes: EpisodeSeeds) throws(ClientFailure) {
        isRunning = false
        do throws(ArgusError) { try environment.reset(episodes) } catch { throw ClientFailure(error) }
        isRunning = true
        for buffer in [terminated, truncated, failed, agentTerminated] {
            buffer.elements.update(repeating: 0)
        }
        environment.outcome.rewards.elements.update(repeating: 0)
        copyActing()
    }

    /// - Returns: how many copies ended their episode.
    func step() throws(ClientFailure) -> Int {
        try requireRunning("step")
        do throws(ArgusError) {
            try environment.step()
        } catch {
            isRunning = false
            throw ClientFailure(error)
        }
        copyActing()
        let outcome = environment.outcome
        let rows = acting.count
        ClientEnvironment.copyFlags(outcome.terminated.pointer, agentTerminated.pointer, rows)
        let ended = copyEnds(outcome.ended.pointer)
        if ended > 0 { ClientEnvironment.copyFlags(outcome.finalActing.pointer, finalActing.pointer, rows) }
        return ended
    }

    /// The same with actions from elsewhere.
    func step(_ actions: UnsafePointer<Int64>, count: Int) throws(ClientFailure) -> Int {
        let own = environment.actions.allDiscrete
        guard count == own.count, count > 0 else {
            throw .argument(
                "wrong number of actions", at: "\(scenario), step", found: "\(count)",
                expected: own.isEmpty ? "none: the actions are continuous" : "\(own.count)")
        }
        guard let target = own.baseAddress else { return 0 }
        for index in 0..<count { target[index] = Int32(clamping: actions[index]) }
        return try step()
    }

    func requireRunning(_ call: String) throws(ClientFailure) {
        guard isRunning else {
            throw .argument(
                "environment is not running", at: "\(scenario), \(call)", found: "no reset since it was made or failed",
                expected: "a reset before")
        }
    }

    private func copyActing() {
        guard let source = environment.local.acting.baseAddress else { return }
        ClientEnvironment.copyFlags(source, acting.pointer, acting.count)
    }

    @inline(__always)
    private static func copyFlags(_ source: UnsafePointer<UInt8>, _ target: UnsafeMutablePointer<UInt8>, _ count: Int) {
        for index in 0..<count { target[index] = source[index] != 0 ? 1 : 0 }
    }

    private func copyEnds(_ ended: UnsafePointer<UInt8>) -> Int {
        let (terminated, truncated, failed) = (terminated.pointer, truncated.pointer, failed.pointer)
        var count = 0
        for copy in 0..<environment.copies {
            let end = ended[copy]
            terminated[copy] = end == EpisodeEnd.terminated.rawValue ? 1 : 0
            truncated[copy] = end == EpisodeEnd.truncated.rawValue ? 1 : 0
            failed[copy] = end == EpisodeEnd.failed.rawValue ? 1 : 0
            count += end != EpisodeEnd.running.rawValue ? 1 : 0
        }
        return count
    }

    // MARK: Snapshots and policies

    func restore(copy: Int, from bytes: [UInt8], chanceSeed: UInt64?) throws(ClientFailure) {
        try requireRunning("restore")
        do throws(ArgusError) {
            try environment.restore(copy: copy, from: bytes, chanceSeed: chanceSeed)
        } catch { throw ClientFailure(error) }
        copyActing()
    }

    /// Writes the actions of a team of built-in policies.
    func act(_ specification: String, seed: UInt64) throws(ClientFailure) {
        try requireRunning("act")
        let key = TeamKey(specification: specification, seed: seed)
        do throws(ArgusError) {
            if let team, team.key == key { return try team.team.act(on: environment) }
            let made = try Team(
                try TeamSpecification([specification]), environment: environment,
                providers: [RandomPolicyProvider(), ScriptedPolicyProvider()], settings: PolicySettings(seed: seed))
            team = (key, made)
            try made.act(on: environment)
        } catch { throw ClientFailure(error) }
    }
}
