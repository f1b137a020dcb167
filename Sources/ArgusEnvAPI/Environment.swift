/// What an author writes: the rules of one environment, as a value type that holds one copy's state.
///
/// A conforming struct is one episode in progress. The host asks for many copies at a time; each is a value of its
/// own, so copies cannot influence each other, and a snapshot is nothing but the struct's state.
///
/// Results must depend on the parameters, the seed and the actions alone: draw every random number from a generator
/// that `reset(seed:)` seeds (``SplitMix64`` or ``NumpyGenerator``), never from the process.
///
/// Rows: `frame.observations[agent][component]`, `frame.rewards[agent]`, … are memory of the host; write what is
/// stated at each function. Before `step` and `reset` the rewards, `terminated` and `ended` are 0 and `acting` is 1, so
/// an environment without deaths writes only rewards and, at the end, `frame.end()`.
public protocol Environment: SendableMetatype {
    /// `Int32` for discrete actions (the default), `Float` for continuous ones.
    associatedtype Action: ActionElement = Int32

    /// Name, rules and parameters: what can be known without making a copy.
    static var descriptor: EnvironmentDescriptor { get }

    /// Agents, sizes and bounds for these parameters.
    static func specification(_ parameters: ParameterValues) throws -> EnvironmentSpecification

    /// A copy that has not been reset. Parameters are complete and within their declared ranges.
    init(parameters: ParameterValues) throws

    /// Begins an episode that is fixed by `seed`.
    mutating func reset(seed: UInt64) throws(EpisodeFailure)

    /// Makes one step. `actions[agent][head]` is within range, not necessarily legal.
    /// - Throws: ``EpisodeFailure`` when this episode cannot go on; it is then dropped, not counted as a result.
    mutating func step(_ actions: Rows<Action>, _ frame: Frame) throws(EpisodeFailure)

    /// Writes every observation row, the legal rows where `frame.legal` is not nil, the acting rows if they vary, and
    /// the state row where `frame.state` is not nil. Called after each `reset` and `step`.
    func observe(_ frame: Frame)

    // MARK: Text (capability `.text`)

    /// How far the text rounds each observation component. Empty: not at all.
    func textQuanta() -> [Float]
    /// Role and rules for one agent: must depend on the parameters and the agent only.
    func textRules(agent: Int) -> String
    /// The situation as this agent sees it: nothing that its observation row does not contain, and nothing less.
    func textSituation(agent: Int) -> String
    /// A choice in words; `choice` counts through all heads in the order of the legal row.
    func textAction(agent: Int, choice: Int) -> String

    // MARK: Snapshot (capability `.snapshot`)

    /// The whole dynamic state of this copy. `Codable` environments get this for nothing.
    func snapshot() throws -> [UInt8]
    /// Continues from a snapshot; must throw, and leave `self` as it was, for bytes that are not one.
    mutating func restore(_ bytes: [UInt8]) throws
    /// Whether a decoded state belongs to the same parameters as `self` and is one that the rules can reach; asked by the
    /// `Codable` restore, so that a foreign or made-up state is refused instead of trapping later.
    func accepts(_ restored: Self) -> Bool
    /// Draws the future's chance from `seed` instead of the running stream.
    mutating func reseedChance(_ seed: UInt64)

    // MARK: Baselines (capability `.baseline`)

    /// Scripted policies of this environment, the default first.
    static var baselines: [BaselineDescriptor] { get }
    /// A baseline that sees the state: writes the rows of the agents for which `agents` is true. Mutating so that it
    /// may remember plans; must not change what `step` does.
    mutating func actJointly(baseline: Int, agents: Row<UInt8>, actions: Rows<Action>)
    /// A baseline that sees its own observation only.
    func actLocally(
        baseline: Int, agent: Int, observation: UnsafeBufferPointer<Float>, legal: UnsafeBufferPointer<UInt8>?,
        memory: UnsafeMutableRawBufferPointer, action: Row<Action>)

    // MARK: Render (capability `.render`)

    /// A picture for people, as lines of text. `color`: ANSI colour sequences may be used.
    func renderText(color: Bool) -> String

    // MARK: Metrics (capability `.metrics`)

    static var metrics: [MetricDescriptor] { get }
    /// Writes one number a metric for the episode up to now; NaN means undefined.
    func writeMetrics(_ values: UnsafeMutableBufferPointer<Double>)
}

/// Thrown by `reset` or `step` when an episode is invalid and must not count.
public struct EpisodeFailure: Error, Sendable, CustomStringConvertible {
    public var description: String
    public init(_ description: String) { self.description = description }
}

/// Why rules refuse parameters or a state: thrown by `init`, `specification` and `restore`.
public struct RulesError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What kind of input was refused.
    public enum Code: Hashable, Sendable {
        /// A parameter, or a combination of parameters, that cannot be played.
        case configuration
        /// Bytes that are not the state of an episode with these parameters.
        case snapshot
    }

    public let code: Code
    /// What was found and what was expected.
    public let description: String

    public init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}

/// The element type of an action row: `Int32` (discrete) or `Float` (continuous).
public protocol ActionElement: BitwiseCopyable, Sendable {}
extension Int32: ActionElement {}
extension Float: ActionElement {}

extension Environment {
    public func textQuanta() -> [Float] { [] }
    public func textRules(agent: Int) -> String { "" }
    public func textSituation(agent: Int) -> String { "" }
    public func textAction(agent: Int, choice: Int) -> String { "" }

    public func snapshot() throws -> [UInt8] { throw RulesError(.snapshot, "this environment has no snapshots") }
    public mutating func restore(_ bytes: [UInt8]) throws {
        throw RulesError(.snapshot, "this environment has no snapshots")
    }
    public func accepts(_ restored: Self) -> Bool { true }
    public mutating func reseedChance(_ seed: UInt64) {}

    public static var baselines: [BaselineDescriptor] { [] }
    public mutating func actJointly(baseline: Int, agents: Row<UInt8>, actions: Rows<Action>) {}
    public func actLocally(
        baseline: Int, agent: Int, observation: UnsafeBufferPointer<Float>, legal: UnsafeBufferPointer<UInt8>?,
        memory: UnsafeMutableRawBufferPointer, action: Row<Action>
    ) {}

    public func renderText(color: Bool) -> String { "" }

    public static var metrics: [MetricDescriptor] { [] }
    public func writeMetrics(_ values: UnsafeMutableBufferPointer<Double>) {}
}
