import ArgusEnvAPI
import ArgusHost

/// What an environment says of itself, and the simplest play.
let specificationChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "specification", proves: "The specification is legal and the same for every instance.",
        remedy: "Let it depend on the parameters alone, not on the number of copies, nor on instances before."
    ) { subject in
        var kept: [BoundaryInstance] = []
        for copies in [1, 3, 0, 1, 8] {
            let found = try VectorEnvironment(subject.source, scenario: subject.scenario, copies: max(1, copies))
                .specification
            if let difference = difference(subject.specification, found) {
                return .failed("\(difference) from instance to instance")
            }
            // Instances that live meanwhile must not change it either.
            kept.append(try subject.makeInstance(copies: copies))
        }
        return .passed(summary(subject.specification))
    },
    ConformanceCheck(
        "plays", proves: "Some episodes can be begun and played.",
        remedy: "Run it in a debugger: 'argus validate … --only plays --in-process'."
    ) { subject in
        var player = try subject.makePlayer(seeds: ConformanceSubject.seeds(2, 23))
        for _ in 0..<min(subject.horizon + 10, max(10, subject.effort / 8)) { try player.step() }
        return .passed
    },
]

/// The first thing that differs, in words.
private func difference(_ one: EnvironmentSpecification, _ other: EnvironmentSpecification) -> String? {
    if one == other { return nil }
    if one.agents.count != other.agents.count {
        return "\(one.agents.count) and \(other.agents.count) agents"
    }
    if one.observationSize != other.observationSize {
        return "observations of \(one.observationSize) and \(other.observationSize) numbers"
    }
    if one.actions != other.actions { return "other actions" }
    if one.state?.size != other.state?.size { return "a state of another size" }
    if one.observationBounds != other.observationBounds { return "other bounds of observations" }
    if one.agents != other.agents || one.groups != other.groups { return "other agents or groups" }
    return "another specification"
}

private func summary(_ specification: EnvironmentSpecification) -> String {
    let actions =
        switch specification.actions {
        case .discrete(let heads): "choices \(heads.map(String.init).joined(separator: "+"))"
        case .continuous(let size, _): "\(size) continuous actions"
        }
    return "\(specification.agents.count) agents, observation \(specification.observationSize), \(actions), "
        + (specification.state.map { "state \($0.size)" } ?? "no state")
}
