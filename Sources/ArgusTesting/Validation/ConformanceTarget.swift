public import ArgusHost
import Foundation

/// A plugin or peer that is to be checked.
public enum ConformanceTarget: Sendable, CustomStringConvertible {
    case library(String)
    case peer(ScenarioPeer)

    public var kind: ConformanceCheck.Kind {
        switch self {
        case .library: .library
        case .peer: .peer
        }
    }

    /// The library's path, or the peer's command or address.
    public var description: String {
        switch self {
        case .library(let path): path
        case .peer(let peer):
            peer.addresses.map { if case .connect(let endpoint) = $0 { endpoint } else { $0.description } }
                .joined(separator: ", ")
        }
    }

    /// Whether every check may have a peer of its own.
    public var isShared: Bool {
        guard case .peer(let peer) = self else { return false }
        return !peer.addresses.allSatisfy { if case .command = $0 { true } else { false } }
    }

    /// Loads the library, or starts or finds the peer.
    ///
    /// - Parameter timeLimit: seconds that a check may take; a peer is given less, so that it is this process that tells
    ///   what went wrong.
    public func open(timeLimit: Double) throws(ArgusError) -> any EnvironmentSource {
        CallTrace.shared.note(.start)
        switch self {
        case .library(let path): return try PluginLibrary(path: path)
        case .peer(let peer):
            var timeouts = ScenarioPeer.Timeouts()
            timeouts.start = max(1, timeLimit - 2)
            timeouts.step = min(30, max(1, timeLimit / 3))
            return try PeerSource(peer, timeouts: timeouts)
        }
    }
}

/// Everything that a process which runs one check is told.
public struct CheckTask: Sendable {
    public var target: ConformanceTarget
    /// A name of ``ConformanceCheck/all``.
    public var check: String
    /// An environment's id; nil: the first.
    public var environment: String?
    /// The parameters that are not the defaults, as text.
    public var parameters: [String: String]
    public var effort: Int
    /// Seconds.
    public var timeLimit: Double

    public init(
        target: ConformanceTarget, check: String, environment: String? = nil, parameters: [String: String] = [:],
        effort: Int, timeLimit: Double
    ) {
        self.target = target
        self.check = check
        self.environment = environment
        self.parameters = parameters
        self.effort = effort
        self.timeLimit = timeLimit
    }
}

/// What such a process found.
public struct CheckOutcome: Sendable, Codable {
    public var result: ConformanceResult
    /// Ids, told by the check `starts`.
    public var environments: [String]
    /// What is wrong with the parameters that were given, told by the check `starts`.
    public var misuse: String?

    init(result: ConformanceResult, environments: [String], misuse: String? = nil) {
        self.result = result
        self.environments = environments
        self.misuse = misuse
    }
}
