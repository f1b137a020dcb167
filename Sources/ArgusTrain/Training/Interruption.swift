import Glibc
import Synchronization

/// Ctrl-C (SIGINT) and SIGTERM as a request to stop at the next safe place. A second Ctrl-C ends the process at once.
public enum Interruption {
    private static let signals = Atomic<Int>(0)
    private static let isAskedFor = Atomic<Bool>(false)

    /// From now on signals are requests.
    public static func listen() {
        // Also initialises the counter, which the handler may not.
        signals.store(0, ordering: .relaxed)
        let handler: @convention(c) (Int32) -> Void = { _ in
            if Interruption.signals.add(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
        }
        signal(SIGINT, handler)
        signal(SIGTERM, handler)
        // A reader of the progress that went away must not kill the run before it has saved.
        signal(SIGPIPE, SIG_IGN)
    }

    /// A request from within, such as a parent that went away. A first Ctrl-C after it still lets the run save.
    public static func request() { isAskedFor.store(true, ordering: .relaxed) }

    public static var isRequested: Bool {
        signals.load(ordering: .relaxed) > 0 || isAskedFor.load(ordering: .relaxed)
    }
}
