import ArgusTensor

/// The optimisers of an actor and a critic, which follow one loss, each with a clipped gradient of its own.
struct ActorCriticOptimizers {
    private let actor: Adam
    private let critic: Adam
    private let maximumNorm: Double

    init(
        actor: [(name: String, tensor: Tensor)], critic: [(name: String, tensor: Tensor)], _ options: Adam.Options,
        maximumNorm: Double
    ) throws {
        self.actor = try Adam(actor, options: options)
        self.critic = try Adam(critic, options: options)
        self.maximumNorm = maximumNorm
    }

    func setLearningRate(_ rate: Double) {
        actor.options.learningRate = rate
        critic.options.learningRate = rate
    }

    /// One gradient step of both down a loss; the norms of the gradients before clipping.
    ///
    /// - Throws: ``ArgusError`` (training) when a norm is not finite; nothing has moved then.
    func step(_ loss: Tensor, _ schedule: Schedule) throws -> (actorNorm: Double, criticNorm: Double) {
        try actor.clearGradients()
        try critic.clearGradients()
        try loss.backward()
        let norms = (
            actorNorm: try actor.finiteClippedNorm(maximumNorm, "actor", schedule),
            criticNorm: try critic.finiteClippedNorm(maximumNorm, "critic", schedule)
        )
        try actor.step()
        try critic.step()
        return norms
    }

    /// Their memory under names of a checkpoint.
    var savedState: [(name: String, tensor: Tensor)] { actor.savedState + critic.savedState }
}
