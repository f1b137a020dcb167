import Glibc
import Synchronization

/// Ctrl-C (SIGINT) and SIGTERM as a request to stop at the next safe place. A second Ctrl-C ends the process at once.
public enum Interruption {
    private static let requests = Atomic<Int>(0)

    /// From now on signals are requests.
    public static func listen() {
        let handler: @convention(c) (Int32) -> Void = { _ in
            if Interruption.requests.add(1, ordering: .relaxed).oldValue > 0 { _exit(130) }
        }
        signal(SIGINT, handler)
        signal(SIGTERM, handler)
        // A reader of the progress that went away must not kill the run before it has saved.
        signal(SIGPIPE, SIG_IGN)
    }

    /// A request from within, such as a parent that went away.
    public static func request() { requests.add(1, ordering: .relaxed) }

    public static var isRequested: Bool { requests.load(ordering: .relaxed) > 0 }
}
