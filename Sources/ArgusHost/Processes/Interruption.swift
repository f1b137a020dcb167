import Glibc
import Synchronization

/// Ctrl-C (SIGINT), SIGTERM and a terminal that went away (SIGHUP) as requests, so that a loop can stop in order at its
/// next safe place.
public enum Interruption {
    private static let count = Atomic<Int>(0)
    private static let last = Atomic<Int32>(0)
    private static let limit = Atomic<Int>(.max)
    private static let isAskedFor = Atomic<Bool>(false)
    private static let noticeAddress = Atomic<UInt>(0)
    private static let noticeSize = Atomic<Int>(0)

    /// What the signals did before.
    public struct Handlers {
        fileprivate var interrupt = sigaction()
        fileprivate var termination = sigaction()
        fileprivate var hangUp = sigaction()

        public func restore() {
            withUnsafePointer(to: interrupt) { _ = sigaction(SIGINT, $0, nil) }
            withUnsafePointer(to: termination) { _ = sigaction(SIGTERM, $0, nil) }
            withUnsafePointer(to: hangUp) { _ = sigaction(SIGHUP, $0, nil) }
        }
    }

    /// From now on signals are requests, even where a shell has started us with interrupts ignored: whoever sends one
    /// means it. But who is started by `nohup` is to go on without a terminal.
    ///
    /// - Parameters:
    ///   - limit: a signal after so many ends the process at once, with status 130.
    ///   - notice: what the first signal writes to standard error at once, so that who asked sees that it was heard.
    @discardableResult
    public static func listen(limit: Int = .max, notice: StaticString = "") -> Handlers {
        // Also initialises the counters, which the handler may not.
        count.store(0, ordering: .sequentiallyConsistent)
        last.store(0, ordering: .sequentiallyConsistent)
        self.limit.store(limit, ordering: .sequentiallyConsistent)
        noticeAddress.store(UInt(bitPattern: notice.utf8Start), ordering: .sequentiallyConsistent)
        noticeSize.store(notice.utf8CodeUnitCount, ordering: .sequentiallyConsistent)
        var action = sigaction()
        action.sa_flags = SA_RESTART
        action.__sigaction_handler.sa_handler = { signal in
            Interruption.last.store(signal, ordering: .sequentiallyConsistent)
            let before = Interruption.count.add(1, ordering: .sequentiallyConsistent).oldValue
            if before >= Interruption.limit.load(ordering: .sequentiallyConsistent) { _exit(130) }
            if before == 0 { Interruption.writeNotice() }
        }
        var old = Handlers()
        sigaction(SIGINT, &action, &old.interrupt)
        sigaction(SIGTERM, &action, &old.termination)
        sigaction(SIGHUP, nil, &old.hangUp)
        if !isIgnored(old.hangUp) { sigaction(SIGHUP, &action, nil) }
        return old
    }

    /// Called by the signal's handler, where little more than write(2) is allowed.
    private static func writeNotice() {
        let size = noticeSize.load(ordering: .sequentiallyConsistent)
        let address = UnsafeRawPointer(bitPattern: noticeAddress.load(ordering: .sequentiallyConsistent))
        guard size > 0, let address else { return }
        let error = errno
        _ = write(STDERR_FILENO, address, size)
        errno = error
    }

    private static func isIgnored(_ action: sigaction) -> Bool {
        unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
    }

    /// A request from within, such as a parent that went away. It does not count as a signal: a first Ctrl-C after it still
    /// lets the run save.
    public static func request() { isAskedFor.store(true, ordering: .relaxed) }

    /// Whether something has asked for a stop.
    public static var isRequested: Bool { signals > 0 || isAskedFor.load(ordering: .relaxed) }

    /// How many signals came.
    public static var signals: Int { count.load(ordering: .sequentiallyConsistent) }

    /// 130 after an interrupt, 143 after a termination, 129 after a terminal went away.
    public static var exitStatus: Int32 { 128 + last.load(ordering: .sequentiallyConsistent) }
}
