public import ArgusEnvAPI

extension Scenario {
    /// The parameters with defaults filled in and checked against what the environment declares.
    ///
    /// - Throws: ``ArgusError`` (configuration) with file, line and key for a parameter that is unknown, of the wrong type
    ///   or out of range.
    public func completeParameters(for descriptor: EnvironmentDescriptor) throws(ArgusError) -> ParameterValues {
        do {
            return try ParameterValues(parameters, for: descriptor.parameters)
        } catch {
            let name = error.parameter
            let source = file.isEmpty ? "scenario '\(id)'" : file
            let line = parameterLines[name].map { ":\($0)" } ?? ""
            let isKnown = descriptor.parameters.contains { $0.name == name }
            throw ArgusError(
                .configuration, isKnown ? "bad parameter of '\(environment)'" : "unknown parameter of '\(environment)'",
                at: "\(source)\(line), key 'parameters.\(name)'", found: isKnown ? error.found : "'\(name)'",
                expected: error.expected, remedy: error.remedy)
        }
    }

    /// Everything in the scenario that an episode's course or a return depends on, one line each, in a fixed order.
    ///
    /// The description, references and score are left out (they change how results are read, not the results), and so
    /// are the placement (the same seed gives the same episode anywhere) and hyperparameters (each run has its own).
    /// With a descriptor the parameters are complete and the rules' version is there too, so a changed default shows.
    public func canonicalText(for descriptor: EnvironmentDescriptor) throws(ArgusError) -> String {
        canonicalText(try completeParameters(for: descriptor).values, rules: descriptor.version)
    }

    /// The fingerprint of ``canonicalText(for:)``: what `run.json` records.
    public func hash(for descriptor: EnvironmentDescriptor) throws(ArgusError) -> String {
        Fingerprint.of(try canonicalText(for: descriptor))
    }

    /// The fingerprint of what the file alone says: no defaults, no version of the rules.
    public var hash: String { Fingerprint.of(canonicalText(parameters, rules: nil)) }

    private func canonicalText(_ parameters: [String: ParameterValue], rules: String?) -> String {
        let source = peer.map { "peer \($0.description)" + (environment.isEmpty ? "" : ", \(environment)") }
        var lines = ["scenario: \(id)", "version: \(version)", "environment: \(source ?? environment)"]
        if let rules { lines.append("rules: \(rules)") }
        lines += [
            "parameters: \(ParameterJSON.encode(parameters))", "horizon: \(horizon)", "reward: \(reward.rawValue)",
            "state: \(state.rawValue)", "masks: \(masks.rawValue)",
            "communication: \(communication?.canonicalText ?? "none")",
        ]
        return lines.joined(separator: "\n") + "\n"
    }
}
