import ArgusTensor
import Dispatch
import Synchronization

/// Lets passes over consecutive pieces of one sequence run side by side: each waits in every layer for the keys and
/// values of the piece before it.
struct LayerPace {
    let following: LayerSignal?
    let own: LayerSignal
}

/// Tells one other thread how many layers' keys and values are there.
final class LayerSignal: Sendable {
    private let semaphore = DispatchSemaphore(value: 0)
    private let layers = Atomic(0)

    /// The next layer's keys and values are there.
    func advance() {
        layers.add(1, ordering: .releasing)
        semaphore.signal()
    }

    /// Nothing more will come: who waits for more fails instead of waiting for ever.
    func end() { semaphore.signal() }

    /// Waits for a layer; to be called for every layer in turn.
    func wait(layer: Int) throws(TensorError) {
        semaphore.wait()
        guard layers.load(ordering: .acquiring) > layer else {
            throw TensorError(code: .internalError, message: "the piece of the prompt before this one failed")
        }
    }
}
