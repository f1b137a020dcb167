import Glibc
import Synchronization

/// Counts SIGINT and SIGTERM, so that a loop can stop in order.
///
/// Installed even where a shell has started us with interrupts ignored: whoever sends one means it.
struct Interruption: ~Copyable {
    private static let count = Atomic<Int>(0)
    private static let last = Atomic<Int32>(0)
    private let oldInterrupt: sigaction
    private let oldTermination: sigaction

    init() {
        // Also initialises the counters, which the handler may not.
        Interruption.count.store(0, ordering: .sequentiallyConsistent)
        Interruption.last.store(0, ordering: .sequentiallyConsistent)
        var action = sigaction()
        action.__sigaction_handler.sa_handler = { signal in
            Interruption.last.store(signal, ordering: .sequentiallyConsistent)
            Interruption.count.add(1, ordering: .sequentiallyConsistent)
        }
        var old = sigaction()
        sigaction(SIGINT, &action, &old)
        oldInterrupt = old
        sigaction(SIGTERM, &action, &old)
        oldTermination = old
    }

    deinit {
        var old = oldInterrupt
        sigaction(SIGINT, &old, nil)
        old = oldTermination
        sigaction(SIGTERM, &old, nil)
    }

    /// How often the process was asked to stop.
    var requests: Int { Interruption.count.load(ordering: .sequentiallyConsistent) }

    /// 130 after an interrupt, 143 after a termination.
    var exitStatus: Int32 { 128 + Interruption.last.load(ordering: .sequentiallyConsistent) }
}
