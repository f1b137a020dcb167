public import ArgusEnvAPI
public import CArgusEnv

/// Where environments come from: a library in this process, or a peer in another.
///
/// Whatever it is, its instances are driven through `argus_env.h`, so that everything above (stepping, recording,
/// conformance checks) is the same for both.
public protocol EnvironmentSource: Sendable {
    /// A library's path or a peer's command, for messages.
    var place: String { get }
    var name: String { get }
    var version: String { get }
    /// What each environment says of itself, in the source's order.
    var descriptors: [EnvironmentDescriptor] { get }
    /// Whether anything may still be called.
    var health: PluginHealth { get }
    /// True: numbers that are not finite cost their episode alone, since whoever wrote them is in another process and has
    /// damaged nothing here. False: they are an error.
    var isolatesFaults: Bool { get }
    /// Fingerprint of what runs, as far as it can be known: results are told apart by it.
    func fingerprint() throws(ArgusError) -> String
    /// How many instances step a number of copies side by side, when this many threads were asked for.
    func workers(copies: Int, threads: Int) -> Int
    /// Makes so many workers ready at once, where that takes time; what goes wrong shows when instances are made.
    func prepare(workers: Int)
    /// `create` of `argus_env.h`.
    ///
    /// - Parameter worker: which of a vector environment's workers will use the instance, from 0; instances of different
    ///   workers are called side by side.
    func create(
        environment: String, parameters: String, copies: Int, worker: Int, host: UnsafePointer<argus_host>,
        instance: inout UnsafeMutablePointer<argus_instance>?
    ) -> argus_status
}

extension EnvironmentSource {
    /// More threads than a machine has cores are only for tests; each takes memory for its stack.
    public func workers(copies: Int, threads: Int) -> Int { max(1, min(threads, copies, 256)) }

    public var isolatesFaults: Bool { false }

    public func prepare(workers: Int) {}

    /// The last part of the place, for records.
    public var shortName: String { String(place.split(separator: "/").last ?? "") }

    /// The descriptor of the scenario's environment.
    ///
    /// - Throws: ``ArgusError`` (plugin) when the source does not have it, or has several and the scenario names none.
    public func descriptor(for scenario: Scenario) throws(ArgusError) -> EnvironmentDescriptor {
        guard scenario.environment.isEmpty else { return try descriptor(scenario.environment) }
        guard descriptors.count == 1 else {
            throw ArgusError(
                .configuration, "several environments", at: "\(scenario.file), key 'environment'",
                found: descriptors.map(\.id).joined(separator: ", "), expected: "the id of one of them",
                remedy: "'environment: {peer: …, id: \(descriptors.first?.id ?? "ID")}'")
        }
        return descriptors[0]
    }

    /// The descriptor of one environment.
    ///
    /// - Throws: ``ArgusError`` (plugin) when the source does not have it.
    public func descriptor(_ environment: String) throws(ArgusError) -> EnvironmentDescriptor {
        guard let descriptor = descriptors.first(where: { $0.id == environment }) else {
            throw ArgusError(
                .plugin, "unknown environment", at: place, found: "'\(environment)'",
                expected: "one of \(descriptors.map(\.id).joined(separator: ", "))",
                remedy: nearestName(to: environment, in: descriptors.map(\.id)).map { "'\($0)'" })
        }
        return descriptor
    }
}
