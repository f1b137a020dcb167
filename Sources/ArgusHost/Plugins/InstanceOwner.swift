import CArgusEnv
import Synchronization

/// Makes a plugin's instance and the host struct that it is given, and ends both.
final class InstanceOwner {
    let pointer: UnsafeMutablePointer<argus_instance>
    let reports: ReportLog
    private let host: UnsafeMutablePointer<argus_host>
    private let health: PluginHealth

    /// - Parameters: `parameters`: a JSON object; `place`: plugin and environment, for messages.
    init(
        _ source: any EnvironmentSource, _ environment: String, _ parameters: String, _ copies: Int, _ worker: Int,
        _ place: String
    ) throws(ArgusError) {
        func failed(_ found: String) -> ArgusError {
            ArgusError(.plugin, "cannot make environment", at: place, found: found, expected: "an instance")
        }
        guard !source.health.isDead else {
            throw failed("a plugin that has reported a fatal error")
        }
        let reports = ReportLog()
        let host = UnsafeMutablePointer<argus_host>.allocate(capacity: 1)
        host.initialize(
            to: argus_host(
                struct_size: UInt32(MemoryLayout<argus_host>.size), abi_minor: ARGUS_ABI_MINOR,
                data: Unmanaged.passUnretained(reports).toOpaque(),
                report: { host, severity, copy, message in
                    guard let data = host.pointee.data else { return }
                    let words = PluginMemory.isNull(message) ? "" : String(cString: message)
                    Unmanaged<ReportLog>.fromOpaque(data).takeUnretainedValue().add(severity, Int(copy), words)
                }, get_extension: { _, _ in nil }))
        var created: UnsafeMutablePointer<argus_instance>?
        let status = source.create(
            environment: environment, parameters: parameters, copies: copies, worker: worker, host: host,
            instance: &created)
        if status == ARGUS_FATAL { source.health.die() }
        guard status == ARGUS_OK, let pointer = created else {
            host.deallocate()
            let reason = status == ARGUS_OK ? "success without an instance" : "status \(status) without a reason"
            throw failed(reports.last ?? reason)
        }
        self.pointer = pointer
        self.reports = reports
        self.host = host
        health = source.health
    }

    deinit {
        // Nothing of a plugin that reported a fatal error is called; its instance, which may use the host, is left.
        guard !health.isDead else { return }
        if UnsafeRawPointer(pointer).load(fromByteOffset: InstanceOwner.destroyOffset, as: UInt.self) != 0 {
            pointer.pointee.destroy(pointer)
        }
        host.deallocate()
    }

    private static let destroyOffset = MemoryLayout<argus_instance>.offset(of: \.destroy) ?? 0
}

/// What one instance reported last. A plugin may report from a thread of its own, hence the lock; it is taken when there
/// is something to report, and never in a step that goes well.
final class ReportLog: Sendable {
    private let messages = Mutex<(last: String?, unread: [String])>((nil, []))
    private let total = Atomic<Int>(0)
    /// Of unread reports only the first are kept.
    private static let mostUnread = 100

    var last: String? { messages.withLock { $0.last } }

    /// What was reported since the last call.
    func takeUnread() -> [String] {
        messages.withLock { messages in
            defer { messages.unread = [] }
            return messages.unread
        }
    }

    /// Reports so far, to tell those of a call from earlier ones.
    var count: Int {
        @inline(__always) get { total.load(ordering: .relaxed) }
    }

    func add(_ severity: Int32, _ copy: Int, _ message: String) {
        guard severity >= ARGUS_WARNING else { return }
        messages.withLock { messages in
            let words = copy >= 0 ? "\(message) (copy \(copy))" : message
            messages.last = words
            if messages.unread.count < ReportLog.mostUnread { messages.unread.append(words) }
        }
        total.add(1, ordering: .relaxed)
    }
}
