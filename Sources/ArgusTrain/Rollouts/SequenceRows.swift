import ArgusHost
import ArgusTensor

/// Whole rollouts of some copies, the rows after the last step included: [steps + 1, copy of these, agent, …].
struct SequenceRows {
    /// Which copies, in this order.
    let copies: [Int64]
    /// [row · agent, choice], uint8; nil when every choice is legal.
    let legal: Tensor?
    /// [row · agent, 1], uint8: 1 where the agent acts.
    let acting: Tensor
    /// [row, agent]: 1 where the agent acts or waits, 0 where it is out.
    let present: Tensor
    /// Of the steps only: [row · agent, head], int64; who waits has choice 0.
    let choices: Tensor

    private let player: RolloutPlayer
    private let indices: Tensor
    private let presence: [Float]

    init(_ player: RolloutPlayer, copies: [Int64]) throws {
        self.player = player
        self.copies = copies
        indices = try Tensor(copies)
        let storage = player.storage
        let transitions = storage.transitions
        let (agents, steps, heads) = (player.agents, player.steps, player.actor.rule.heads.count)
        let rows = (steps + 1) * copies.count
        var presence = [Float](repeating: 0, count: rows * agents)
        var choices = [Int64](repeating: 0, count: steps * copies.count * agents * heads)
        for step in 0...steps {
            for (index, copy) in copies.enumerated() {
                for agent in 0..<agents {
                    let row = (step * copies.count + index) * agents + agent
                    presence[row] = transitions.isOut(step: step, copy: Int(copy), agent: agent) ? 0 : 1
                    let stored = (step * player.copies + Int(copy)) * agents + agent
                    guard step < steps, storage.acting.pointer[stored] != 0 else { continue }
                    for head in 0..<heads {
                        choices[row * heads + head] = storage.choices.pointer[stored * heads + head]
                    }
                }
            }
        }
        self.presence = presence
        present = try Tensor(presence, shape: [rows, agents])
        self.choices = try Tensor(choices, shape: [steps * copies.count * agents, heads])
        acting = try Tensor.borrowing(
            storage.acting.pointer, shape: [steps + 1, player.copies, agents], type: .uint8
        ).gatheredRows(indices, axis: 1).reshaped(to: [rows * agents, 1])
        legal =
            player.usesMasks
            ? try Tensor.borrowing(
                storage.legal.pointer, shape: [steps + 1, player.copies, agents * storage.legalSize], type: .uint8
            ).gatheredRows(indices, axis: 1).reshaped(to: [rows * agents, storage.legalSize]) : nil
    }

    /// The network's outputs of every row, on the gradient tape: [row · agent, outputs]; and the memory after each.
    func values(of network: TeamNetwork) throws -> (outputs: Tensor, memories: Tensor) {
        let storage = player.storage
        let (steps, agents, size) = (player.steps + 1, player.agents, player.encoding.inputSize)
        let inputs = try Tensor.borrowing(
            storage.inputs.pointer, shape: [steps, player.copies, agents * size], type: .float32
        ).gatheredRows(indices, axis: 1).reshaped(to: [steps, copies.count * agents, size])
        let starts = try Tensor.borrowing(storage.starts.pointer, shape: [steps, player.copies, 1], type: .float32)
            .gatheredRows(indices, axis: 1).expanded(to: [steps, copies.count, agents])
            .reshaped(to: [steps, copies.count * agents, 1])
        let width = player.firstHidden.shape[1]
        let hidden = try player.firstHidden.reshaped(to: [player.copies, agents, width]).gatheredRows(indices)
            .reshaped(to: [copies.count * agents, width])
        return try network.sequence(inputs, hidden: hidden, starts: starts)
    }

    /// The row of (step, copy), if the copy is among these.
    func row(of place: Int) -> Int? {
        let (step, copy) = place.quotientAndRemainder(dividingBy: player.copies)
        return copies.firstIndex(of: Int64(copy)).map { step * copies.count + $0 }
    }

    func anyoneActs(_ step: Int, _ copy: Int) -> Bool {
        let first = (step * player.copies + copy) * player.agents
        for row in first..<first + player.agents where player.storage.acting.pointer[row] != 0 { return true }
        return false
    }

    func anyoneIsPresent(_ row: Int) -> Bool {
        presence[row * player.agents..<(row + 1) * player.agents].contains(1)
    }
}
