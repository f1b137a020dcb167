import ArgusEnvAPI
public import ArgusHost

/// A training algorithm that can be named on the command line.
///
/// To add one, write it and add it to ``all``.
public struct Algorithm: Sendable {
    /// As `--algorithm` has it.
    public let name: String
    public let summary: String
    /// Paper or reference implementation.
    public let source: String
    /// The critic's view in training: what makes it central or not.
    let critic: CriticView
    /// The mode in which its evaluations make the headline.
    public let headlineMode: PolicySettings.Mode

    /// Every algorithm, in the order in which lists show them.
    public static let all: [Algorithm] = [.ippo, .mappo]

    public static func named(_ name: String) throws(ArgusError) -> Algorithm {
        if let algorithm = all.first(where: { $0.name == name.lowercased() }) { return algorithm }
        let names = all.map(\.name)
        throw ArgusError(
            .configuration, "unknown algorithm", at: "--algorithm", found: "'\(name)'",
            expected: "one of \(names.joined(separator: ", "))",
            remedy: nearestName(to: name, in: names).map { "'--algorithm \($0)'" })
    }
}
