import ArgusHost

/// What a critic learns of the agents' returns: an agent's own or, of one value for all, the mean over those that act or,
/// where none does, that wait.
enum ValueTargets {
    /// - Parameters: `returns`, `valid` and `valued`: [place, agent], of ``AdvantageEstimation`` or ``NStepReturns``;
    ///   `targets` and `weights`: [place, value row], written; a row that is not learnt from is 0 in both.
    static func fill(
        _ targets: AlignedBuffer<Float>, _ weights: AlignedBuffer<Float>, from returns: AlignedBuffer<Float>,
        valid: AlignedBuffer<Float>, valued: AlignedBuffer<Float>, agents: Int, valueRows: Int
    ) {
        let shares = agents / valueRows
        for index in 0..<targets.count {
            let rows = index * shares..<(index + 1) * shares
            let counts = rows.contains { valid.pointer[$0] != 0 } ? valid.pointer : valued.pointer
            var (sum, weight): (Float, Float) = (0, 0)
            for row in rows where counts[row] != 0 {
                sum += returns.pointer[row]
                weight += 1
            }
            targets.pointer[index] = weight > 0 ? sum / weight : 0
            weights.pointer[index] = weight > 0 ? 1 : 0
        }
    }
}
