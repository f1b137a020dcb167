import ArgusEnvAPI
import ArgusHost
import ArgusTensor

/// Which rows of a rollout each gradient step of an epoch takes.
struct MinibatchOrder {
    private let indices: AlignedBuffer<Int64>
    private let minibatches: Int
    private let run: UInt64

    /// - Parameters: `count`: how many indices there are to distribute; `run`: the run's seed.
    init(count: Int, minibatches: Int, run: UInt64) {
        indices = AlignedBuffer(count: count, zero: 0)
        self.minibatches = minibatches
        self.run = run
    }

    /// A new order of all indices, fixed by run, update and epoch (Fisher & Yates).
    func shuffle(update: Int, epoch: Int) {
        let random = CounterRandom(run: run, purpose: .minibatchOrder).keyed(UInt64(update)).keyed(UInt64(epoch))
        for index in 0..<indices.count { indices[index] = Int64(index) }
        for index in stride(from: indices.count - 1, to: 0, by: -1) {
            let other = Int(random.bits(UInt64(index)).multipliedFullWidth(by: UInt64(index + 1)).high)
            (indices[index], indices[other]) = (indices[other], indices[index])
        }
    }

    /// The indices of one minibatch, until the next shuffle.
    subscript(minibatch: Int) -> UnsafeMutableBufferPointer<Int64> {
        let range = minibatch * indices.count / minibatches..<(minibatch + 1) * indices.count / minibatches
        return UnsafeMutableBufferPointer(rebasing: indices.elements[range])
    }
}
