/// One thing that the environment contract demands, as a check of any environment that the host can drive.
///
/// Used by this project's tests for every scenario and by `argus validate`: a check says what it found and how to mend
/// it. An environment is called through `argus_env.h` directly, so that what a check finds is the environment's doing;
/// checks whose name begins with `host-` go through the host, those that begin with `wire-` through a socket.
public struct ConformanceCheck: Sendable, CustomStringConvertible {
    /// What can be checked.
    public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// A plugin in this process.
        case library
        /// An environment in another process, over ZeroMQ.
        case peer
    }

    /// What a check is about.
    public enum Scope: String, Sendable, Hashable {
        /// The plugin or peer as a whole, whatever environments it has: checked once.
        case whole
        /// Each of its environments.
        case environment
    }

    /// Stable, such as `snapshot-continues`.
    public let name: String
    /// What a pass proves, in one sentence.
    public let proves: String
    /// How to mend what it finds.
    public let remedy: String
    public let scope: Scope
    public let kinds: Set<Kind>
    /// A crash is only worth a warning: the contract does not demand that the environment survives.
    public let toleratesCrash: Bool
    /// It measures the process as a whole, and says nothing where others work in the same one.
    public let needsOwnProcess: Bool
    private let body: @Sendable (ConformanceSubject) throws -> ConformanceResult

    init(
        _ name: String, proves: String, remedy: String, scope: Scope = .environment,
        kinds: Set<Kind> = Set(Kind.allCases),
        toleratesCrash: Bool = false, needsOwnProcess: Bool = false,
        _ body: @escaping @Sendable (ConformanceSubject) throws -> ConformanceResult
    ) {
        self.name = name
        self.proves = proves
        self.remedy = remedy
        self.scope = scope
        self.kinds = kinds
        self.toleratesCrash = toleratesCrash
        self.needsOwnProcess = needsOwnProcess
        self.body = body
    }

    /// Runs the check. Whatever it throws is a failure with that reason.
    public func run(_ subject: ConformanceSubject) -> ConformanceResult {
        guard kinds.contains(subject.kind) else {
            return .skipped(subject.kind == .library ? "only for peers" : "only for libraries")
        }
        do {
            return try body(subject.begun())
        } catch let failure as ConformanceFailure {
            return ConformanceResult(.fail, failure.description, seed: failure.seed, step: failure.step)
        } catch {
            return .failed("\(error)")
        }
    }

    public var description: String { name }

    /// Every check, the simplest first.
    public static let all: [ConformanceCheck] =
        wholeChecks + wireChecks + specificationChecks + lifecycleChecks + rowChecks + flagChecks + determinismChecks
        + seedChecks + hostChecks + actionChecks + snapshotChecks + textChecks + reportChecks + memoryChecks
        + speedChecks

    /// Checks without which no other makes sense: the plugin or peer starts (`whole`), the environment can be made and
    /// played (`environment`). ``all`` has them too.
    public static let first = ["starts", "specification", "plays"]
}
