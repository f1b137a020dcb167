import ArgusHost

/// How a network's outputs become an agent's action.
package enum ActionRule: Sendable, Hashable, Codable {
    /// Logits of a categorical distribution for each head.
    case categorical(heads: [Int])
    /// Values of each head's choices: the best is taken or, with probability `exploration` in sampled mode, any legal one.
    case values(heads: [Int], exploration: Float)
    /// Means of a Gaussian for each component, see ``GaussianSampler``.
    case gaussian(GaussianSampler)

    /// Components of a network's output.
    var outputs: Int {
        switch self {
        case .categorical(let heads), .values(let heads, _): heads.reduce(0, +)
        case .gaussian(let sampler): sampler.size
        }
    }

    /// Padded sizes of the discrete heads; none for continuous actions.
    var heads: [Int] {
        switch self {
        case .categorical(let heads), .values(let heads, _): heads
        case .gaussian: []
        }
    }

    /// How it acts where nothing says so: values greedily, distributions sampled.
    var standardMode: PolicySettings.Mode {
        if case .values = self { .greedy } else { .sampled }
    }

    /// True unless it was read from a damaged file.
    var isConsistent: Bool {
        switch self {
        case .categorical(let heads): Self.areConsistent(heads)
        case .values(let heads, let exploration): Self.areConsistent(heads) && (0...1).contains(exploration)
        case .gaussian(let sampler): sampler.isConsistent
        }
    }

    // Sizes first, so that no sum of them is too large.
    private static func areConsistent(_ heads: [Int]) -> Bool {
        !heads.isEmpty && heads.count <= 1 << 16 && heads.allSatisfy { (1...1 << 26).contains($0) }
    }

    /// Whether it is for actions of this environment.
    func fits(_ environment: VectorEnvironment) -> Bool {
        switch (self, environment.specification.actions) {
        case (.categorical(let mine), .discrete(let theirs)), (.values(let mine, _), .discrete(let theirs)):
            mine == theirs
        case (.gaussian(let sampler), .continuous(_, let bounds)): sampler == GaussianSampler(bounds: bounds)
        default: false
        }
    }
}
