/// One thing that the environment contract demands, as a check of any environment that the host can load.
///
/// Used by this project's tests for every scenario, and meant for plugin authors: a check says what it found and how to
/// mend it. The plugin is called through `argus_env.h` directly, so that what a check finds is the plugin's doing;
/// checks whose name begins with `host-` go through the host.
public struct ConformanceCheck: Sendable, CustomStringConvertible {
    /// Stable, such as `snapshot-continues`.
    public let name: String
    /// What a pass proves, in one sentence.
    public let proves: String
    /// How to mend what it finds.
    public let remedy: String
    private let body: @Sendable (ConformanceSubject) throws -> ConformanceVerdict

    init(
        _ name: String, proves: String, remedy: String,
        _ body: @escaping @Sendable (ConformanceSubject) throws -> ConformanceVerdict
    ) {
        self.name = name
        self.proves = proves
        self.remedy = remedy
        self.body = body
    }

    /// Runs the check. Whatever it throws is a failure with that reason.
    public func run(_ subject: ConformanceSubject) -> ConformanceVerdict {
        do {
            return try body(subject)
        } catch {
            return .failed("\(error)")
        }
    }

    public var description: String { name }

    /// Every check, the simplest first.
    public static let all: [ConformanceCheck] =
        lifecycleChecks + rowChecks + determinismChecks + hostChecks + actionChecks + snapshotChecks + textChecks
        + reportChecks
}

/// What a check found.
public enum ConformanceVerdict: Sendable, Hashable, CustomStringConvertible {
    case passed
    /// Legal, but probably not meant.
    case warning(String)
    case failed(String)
    /// The environment does not have what would be checked.
    case skipped(String)

    public var description: String {
        switch self {
        case .passed: "pass"
        case .warning(let reason): "warn: \(reason)"
        case .failed(let reason): "fail: \(reason)"
        case .skipped(let reason): "skip: \(reason)"
        }
    }
}

/// Why a check fails: what was found, and where.
struct ConformanceFailure: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}

/// Fails unless `condition` holds.
func require(_ condition: Bool, _ found: @autoclosure () -> String) throws {
    if !condition { throw ConformanceFailure(found()) }
}
