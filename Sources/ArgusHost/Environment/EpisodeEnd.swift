/// How an episode ended, if it did.
public enum EpisodeEnd: UInt8, Sendable, Hashable {
    /// It goes on.
    case running = 0
    /// By the environment's rule: no future to bootstrap from.
    case terminated = 1
    /// At the host's horizon: bootstrapped from the final observation and state.
    case truncated = 2
    /// Invalid: counted and reported, never bootstrapped, never in a return.
    case failed = 3
}
