package import ArgusTensor

/// The loss of IQL, VDN and QMIX (Watkins 1989 and Mnih et al. 2015; Sunehag et al. 2018, section 3; Rashid et al. 2018,
/// eq. 6), with double Q-learning (van Hasselt et al. 2016) and λ-returns.
///
///     L(θ) = Σ m·(Q_tot(s, u; θ) − y)² / Σ m
///     y(t) = r(t) + γ^Δt · [(1−λ)·Q̄_tot(s′, u′; θ⁻) + λ·y(t+1)],  u′ᵢ = argmax over legal choices of Qᵢ(oᵢ′, ·; θ)
///
/// Q_tot mixes the agents' values: IQL not at all (every agent has a Q and a y of its own), VDN by their sum, QMIX
/// monotonically. An agent's value is the sum over its action heads, so that the best choice of each head is the best
/// action. Who waits has the value of waiting, choice 0. Agents that are out have no value, but where each has a y of its
/// own and goes on sharing its team's rewards: then it is valued as one that waits. Where nobody decides at s′ there is
/// nothing to bootstrap from, and the return runs on (λ = 1).
package struct QLearningLoss {
    /// Padded sizes of the action heads.
    let heads: [Int]
    let mixing: Mixing

    /// How agents' values make the team's.
    package enum Mixing {
        case none
        case sum
        case monotonic(MonotonicMixer)

        /// Values [rows, agents] to [rows, columns]: one column a team, or one an agent.
        package func callAsFunction(_ values: Tensor, states: Tensor) throws -> Tensor {
            switch self {
            case .none: values
            case .sum: try values.sum(axes: [1], keep: true)
            case .monotonic(let mixer): try mixer(values, states: states).unsqueezed(1)
            }
        }
    }

    package init(heads: [Int], mixing: Mixing) {
        self.heads = heads
        self.mixing = mixing
    }

    /// Q_tot of the choices made, on the gradient tape.
    ///
    /// - Parameters: `values`: Qᵢ of every choice, [rows · agents, choices]; `choices`: [rows · agents, heads], int64;
    ///   `present`: [rows, agents], 0 where an agent has no value; `states`: [rows, state].
    /// - Returns: [rows, columns]
    package func joint(_ values: Tensor, choices: Tensor, present: Tensor, states: Tensor) throws -> Tensor {
        var chosen: Tensor?
        var offset = 0
        for (head, size) in heads.enumerated() {
            let ofHead = try values.narrowed(axis: 1, from: offset, count: size)
                .gathered(axis: 1, indices: choices.narrowed(axis: 1, from: head, count: 1))
            chosen = try chosen.map { try $0 + ofHead } ?? ofHead
            offset += size
        }
        guard let chosen else {
            throw TensorError(code: .invalidArgument, message: "Q-learning: found no action heads, expected one")
        }
        return try mixing(chosen.reshaped(to: present.shape) * present, states: states)
    }

    /// The best legal choice of each head: [rows · agents, heads], int64. Padding without a legal choice gives any.
    ///
    /// - Parameter acting: [rows · agents, 1], uint8; 0 where an agent waits or is out: it has choice 0.
    package func bestChoices(_ values: Tensor, legal: Tensor?, acting: Tensor) throws -> Tensor {
        var best: [Tensor] = []
        var offset = 0
        for size in heads {
            var ofHead = try values.narrowed(axis: 1, from: offset, count: size)
            if let legal {
                ofHead = try ofHead.filled(
                    where: legal.narrowed(axis: 1, from: offset, count: size).equal(to: 0), with: -1e10)
            }
            best.append(try ofHead.argmax(axis: 1, keep: true))
            offset += size
        }
        let choices = try best.count == 1 ? best[0] : Tensor.concatenate(best, axis: 1)
        return try choices.filled(where: acting.equal(to: 0), with: 0)
    }

    /// L(θ): `joint` and `targets` [rows, columns], `weights` m alike.
    package func callAsFunction(joint: Tensor, targets: Tensor, weights: Tensor) throws -> Tensor {
        try joint.squaredError(to: targets).mean(weights: weights)
    }
}
