import ArgusEnvAPI
import ArgusHost

extension AlignedBuffer<Int64> {
    /// A new order of 0..<count, fixed by run, update and epoch (Fisher & Yates).
    func shuffle(run: UInt64, update: Int, epoch: Int) {
        let random = CounterRandom(run: run, purpose: .minibatchOrder).keyed(UInt64(update)).keyed(UInt64(epoch))
        for index in 0..<count { pointer[index] = Int64(index) }
        for index in stride(from: count - 1, to: 0, by: -1) {
            let other = Int(random.bits(UInt64(index)).multipliedFullWidth(by: UInt64(index + 1)).high)
            (pointer[index], pointer[other]) = (pointer[other], pointer[index])
        }
    }
}
