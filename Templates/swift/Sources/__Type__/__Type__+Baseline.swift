import ArgusEnvAPI

/// A scripted policy, which anybody can evaluate and put into a team beside a trained one.
extension __Type__ {
    public static let baselines = [
        BaselineDescriptor(
            name: "callers", description: "go to the button, call until both have called there, then press",
            seesState: false)
    ]

    /// From the worker's own observation row alone. A step in which both called at the button is the signal: both know
    /// of it, so both press in the next one.
    public func actLocally(
        baseline: Int, agent: Int, observation: UnsafeBufferPointer<Float>, legal: UnsafeBufferPointer<UInt8>?,
        memory: UnsafeMutableRawBufferPointer, action: Row<Int32>
    ) {
        let move: Move =
            if observation[1] != 0 {
                observation[1] < 0 ? .left : .right
            } else if observation[2] == 1, observation[3] == 1 {
                .press
            } else {
                .call
            }
        action[0] = move.rawValue
    }
}
