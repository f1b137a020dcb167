import Glibc

/// What a new thread runs. Unchecked: it is handed over once, before the thread starts.
private final class ThreadBody: @unchecked Sendable {
    let run: () -> Void

    init(_ run: @escaping () -> Void) { self.run = run }
}

/// Starts a thread that nobody waits for and that receives no signals.
///
/// - Returns: false when the system gives no more threads.
@discardableResult
func startDetachedThread(_ run: sending @escaping () -> Void) -> Bool {
    let body = Unmanaged.passRetained(ThreadBody(run))
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let status = pthread_create(
        &thread, &attributes,
        { argument in
            guard let argument else { return nil }
            // Signals are for the program's own threads.
            var signals = sigset_t()
            sigfillset(&signals)
            pthread_sigmask(SIG_BLOCK, &signals, nil)
            let body = Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
            body.run()
            return nil
        }, body.toOpaque())
    if status != 0 { body.release() }
    return status == 0
}
