import ArgusEnvAPI
import ArgusHost
import Foundation

extension CheckTask {
    /// Runs the check in this process.
    public func run() -> CheckOutcome {
        let kind = target.kind
        let source: any EnvironmentSource
        let start = ContinuousClock.now
        do throws(ArgusError) {
            source = try target.open(timeLimit: timeLimit)
        } catch {
            return CheckOutcome(result: .failed("\(error)"), environments: [])
        }
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        let ids = source.descriptors.map(\.id)
        guard check != ConformanceCheck.first[0] else {
            return CheckOutcome(
                result: ConformanceStart.judge(seconds, kind: kind, environments: ids.count), environments: ids,
                misuse: misuse(source.descriptors))
        }
        guard let check = ConformanceCheck.all.first(where: { $0.name == check }) else {
            return CheckOutcome(result: .failed("no check is named '\(check)'"), environments: ids)
        }
        do throws(ArgusError) {
            var peer: ScenarioPeer?
            if case .peer(let address) = target { peer = address }
            let descriptor = try source.descriptor(environment ?? ids.first ?? "")
            let subject = try ConformanceSubject(
                source, scenario: try scenario(descriptor), peer: peer, effort: effort, patience: timeLimit * 0.5)
            if check.name.hasPrefix("host-") { CallTrace.shared.note(.host) }
            var result = check.run(subject)
            // A library's crash ends this very process; a peer's is told by its source.
            if result.verdict == .fail, (source as? PeerSource)?.hasLostProcess == true {
                result.verdict = check.toleratesCrash ? .warn : .crashed
            }
            return CheckOutcome(result: result, environments: ids)
        } catch {
            return CheckOutcome(result: .failed("\(error)"), environments: ids)
        }
    }

    /// What is wrong with the parameters for the environments that will be checked; nil: nothing is.
    private func misuse(_ descriptors: [EnvironmentDescriptor]) -> String? {
        guard !parameters.isEmpty else { return nil }
        for descriptor in descriptors where environment == nil || environment == descriptor.id {
            do throws(ArgusError) {
                _ = try scenario(descriptor).completeParameters(for: descriptor)
            } catch {
                return "\(error)"
            }
        }
        return nil
    }

    /// The scenario that is checked: the environment with its own state, as long as it likes.
    private func scenario(_ descriptor: EnvironmentDescriptor) throws(ArgusError) -> Scenario {
        var values: [String: ParameterValue] = [:]
        for (name, text) in parameters {
            guard let parameter = descriptor.parameters.first(where: { $0.name == name }) else {
                throw ArgusError(
                    .configuration, "unknown parameter", at: "--set \(name)", found: "'\(name)'",
                    expected: descriptor.parameters.isEmpty
                        ? "none: '\(descriptor.id)' has no parameters"
                        : "one of \(descriptor.parameters.map(\.name).joined(separator: ", "))",
                    remedy: nearestName(to: name, in: descriptor.parameters.map(\.name)).map { "'\($0)'" })
            }
            values[name] = CheckTask.value(text, parameter.kind)
        }
        // What the values may be is checked with the defaults.
        return Scenario(id: descriptor.id, environment: descriptor.id, parameters: values, horizon: 500)
    }

    private static func value(_ text: String, _ kind: ParameterKind) -> ParameterValue {
        switch kind {
        case .integer: Int(text).map(ParameterValue.integer) ?? .string(text)
        case .number: Double(text).map(ParameterValue.number) ?? .string(text)
        case .boolean: Bool(text).map(ParameterValue.boolean) ?? .string(text)
        case .string, .choice: .string(text)
        }
    }
}
