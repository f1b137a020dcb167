import Dispatch
import Foundation

/// Threads that each do one piece of a batch, with one hand-off a batch and thread. The caller does piece 0.
///
/// Own threads rather than Swift's pool: a step may take long, and the pool must not be blocked.
final class WorkerThreads {
    private let threads: [WorkerThread]
    private let work: UncheckedWork
    private var first: WorkerThread?

    /// - Parameter work: called with the piece's index, on that piece's thread; pieces must not share mutable state.
    init(count: Int, work: @escaping (Int) -> Void) {
        let work = UncheckedWork(body: work)
        self.work = work
        threads = (1..<max(1, count)).map { WorkerThread(index: $0, work: work) }
    }

    deinit {
        for thread in threads { thread.stop() }
        first?.stop()
    }

    /// Starts all pieces and returns at once; ``finishBatch()`` must follow before anything else.
    func beginBatch() {
        // The first piece, which otherwise runs on the caller's thread, needs one of its own now.
        let first = first ?? WorkerThread(index: 0, work: work)
        self.first = first
        for thread in threads + [first] { thread.start.signal() }
    }

    /// Waits until the pieces that ``beginBatch()`` started are done.
    func finishBatch() {
        for thread in threads { thread.done.wait() }
        first?.done.wait()
    }

    /// Runs all pieces and returns when all are done.
    func runBatch() {
        for thread in threads { thread.start.signal() }
        work.body(0)
        for thread in threads { thread.done.wait() }
    }
}

/// The batch's body. Unchecked: the owner promises that pieces touch disjoint state, and the semaphores order each
/// piece's accesses before and after the batch.
private struct UncheckedWork: @unchecked Sendable {
    let body: (Int) -> Void
}

/// Unchecked: `stopping` is written before `start` is signalled for the last time and read after.
private final class WorkerThread: @unchecked Sendable {
    let start = DispatchSemaphore(value: 0)
    let done = DispatchSemaphore(value: 0)
    private var stopping = false

    init(index: Int, work: UncheckedWork) {
        let thread = Thread { [start, done, unowned self] in
            while true {
                start.wait()
                if self.stopping {
                    done.signal()
                    return
                }
                work.body(index)
                done.signal()
            }
        }
        thread.stackSize = 8 << 20
        thread.name = "argus-worker-\(index)"
        thread.start()
    }

    func stop() {
        stopping = true
        start.signal()
        done.wait()
    }
}
