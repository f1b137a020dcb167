public import ArgusEnvAPI
import ArgusWire
public import CArgusEnv
import Foundation
import Glibc

/// Environments in other processes: commands that the host starts, peers that it finds, or a library of its own in a
/// runner.
public final class PeerSource: EnvironmentSource {
    public let place: String
    public let name: String
    public let version: String
    public let descriptors: [EnvironmentDescriptor]
    public let health = PluginHealth()
    private let connections: [PeerConnection]
    private let identity: String
    /// Parallel workers, however many threads are asked for; nil: as many as there are threads.
    private let fixedWorkers: Int?

    /// The peers of a scenario.
    ///
    /// - Throws: ``ArgusError`` (peer) when the first does not start or does not describe itself.
    public convenience init(_ peer: ScenarioPeer, timeouts: ScenarioPeer.Timeouts) throws(ArgusError) {
        let settings = (0..<peer.connections).map { PeerSettings(peer, worker: $0, timeouts: timeouts) }
        try self.init(
            settings, place: "peer '\(peer.description)'", identity: PeerSource.fingerprint(of: peer),
            fixedWorkers: settings.count)
    }

    /// A plugin's library in a process of its own: a crash there does not end this process.
    ///
    /// - Parameter threads: at most this many runners are used side by side.
    public convenience init(
        isolating library: String, timeouts: ScenarioPeer.Timeouts = ScenarioPeer.Timeouts(), threads: Int = 64
    ) throws(ArgusError) {
        let runner = "\(ExecutableFolder.path ?? ".")/argus-env-runner"
        let settings = PeerSettings(
            way: .start([runner, "--serve", library]), name: library, timeouts: timeouts)
        try self.init(
            Array(repeating: settings, count: threads), place: library, identity: try Fingerprint.file(library),
            fixedWorkers: nil)
    }

    init(
        _ settings: [PeerSettings], place: String, identity: String, fixedWorkers: Int?
    ) throws(ArgusError) {
        self.place = place
        self.fixedWorkers = fixedWorkers
        connections = settings.map { PeerConnection($0, role: .environment) }
        do {
            let connection = connections[0]
            try connection.revive()
            let reply = try connection.exchange(
                PeerRequest(message: .describe), generation: connection.generation,
                seconds: settings[0].timeouts.start
            ) { _, _, _ in nil }
            descriptors = try PeerSource.descriptors(reply)
            self.identity = identity + Fingerprint.of(String(decoding: reply.meta, as: UTF8.self))
            name = connection.identity?.name ?? ""
            version = connection.identity?.version ?? ""
        } catch {
            throw ArgusError(
                .peer, "cannot use peer", at: place, found: (error as? PeerFault)?.reason ?? "\(error)",
                expected: "an environment peer that says hello and describes itself")
        }
    }

    public var isolatesFaults: Bool { true }

    /// True once a peer's process has ended by itself or by a signal, and no other fault came after.
    package var hasLostProcess: Bool { connections.contains(where: \.hasLostProcess) }

    deinit { for connection in connections { connection.close() } }

    public func fingerprint() throws(ArgusError) -> String { Fingerprint.of(identity) }

    public func workers(copies: Int, threads: Int) -> Int {
        max(1, min(copies, fixedWorkers ?? min(threads, connections.count)))
    }

    /// Starts peers side by side: a Python process takes a while to import what it needs.
    public func prepare(workers: Int) {
        let connections = connections.prefix(workers)
        guard connections.count > 1 else { return }
        DispatchQueue.concurrentPerform(iterations: connections.count) { try? connections[$0].revive() }
    }

    public func create(
        environment: String, parameters: String, copies: Int, worker: Int, host: UnsafePointer<argus_host>,
        instance: inout UnsafeMutablePointer<argus_instance>?
    ) -> argus_status {
        do {
            let made = try PeerInstance(
                connections[worker % connections.count], environment: environment,
                parameters: try ParameterJSON.decode(parameters), copies: copies,
                capabilities: descriptors.first { $0.id == environment }?.capabilities ?? [], host: host)
            instance = made.retained()
            return ARGUS_OK
        } catch {
            "\(error)".withCString { host.pointee.report(host, ARGUS_FAILURE, -1, $0) }
            return ARGUS_ERROR
        }
    }

    private static func descriptors(_ reply: PeerReply) throws(WireError) -> [EnvironmentDescriptor] {
        guard reply.header.status == .done else {
            let report = try ErrorReports(bytes: reply.meta).errors[0]
            throw WireError(report.code, "the peer says: \(report.message)")
        }
        return try DescribeReply(bytes: reply.meta).environments.map(\.environment)
    }

    /// Fingerprint of the command and of the files that it names, as far as there are any.
    private static func fingerprint(of peer: ScenarioPeer) -> String {
        var text = peer.description
        for case .command(let command) in peer.addresses {
            for word in command.split(separator: " ") {
                let path = word.hasPrefix("/") ? String(word) : "\(peer.folder)/\(word)"
                guard let status = FileStatus(path), status.size < 1 << 24, let hash = try? Fingerprint.file(path)
                else {
                    continue
                }
                text += " \(hash)"
            }
        }
        return Fingerprint.of(text)
    }
}
