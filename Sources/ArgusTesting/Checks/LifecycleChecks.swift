import ArgusEnvAPI
import CArgusEnv

/// Making and ending instances, and what is refused.
let lifecycleChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "unknown-environment", proves: "An unknown environment id is an error in words, without an instance.",
        remedy: "Compare the whole id; call host->report, set *instance to NULL and return ARGUS_ERROR."
    ) { subject in
        for id in ["", "no-such-environment", subject.descriptor.id + " ", String(subject.descriptor.id.dropLast())] {
            try requireRefusal(subject, id, "{}", "the environment id '\(id)'")
        }
        return .passed
    },
    ConformanceCheck(
        "bad-parameters", proves: "Parameters that are unknown, of a wrong type or out of range are errors in words.",
        remedy: "Check every key and value against the descriptor; call host->report with what was found and expected."
    ) { subject in
        var texts = ["", "[]", "null", "{", "}", "{,}", "{} x", "2.5", "{\"no_such_parameter\": 1}", "nonsense"]
        for parameter in subject.descriptor.parameters {
            let values: [String] =
                switch parameter.kind {
                case .integer(let range):
                    ["\"text\"", "1.5", "true"]
                        + (range.lowerBound > -1 << 50 ? ["\(range.lowerBound - 1)"] : [])
                        + (range.upperBound < 1 << 50 ? ["\(range.upperBound + 1)"] : [])
                case .number(let range):
                    ["\"text\"", "true"]
                        + (range.upperBound < 1e300 ? ["\(range.upperBound + max(1, abs(range.upperBound)))"] : [])
                case .boolean: ["1", "\"true\""]
                case .string: ["1", "true"]
                case .choice: ["1", "\"no such choice\""]
                }
            texts += values.map { "{\"\(parameter.name)\": \($0)}" }
        }
        for text in texts { try requireRefusal(subject, subject.descriptor.id, text, "the parameters '\(text)'") }
        return .passed
    },
    ConformanceCheck(
        "reset-anytime", proves: "An episode may be given up in the middle, and buffers may change between two steps.",
        remedy: "Expect reset() and bind() after any step; take addresses from the last bind()."
    ) { subject in
        let seeds = ConformanceSubject.seeds(3, 22)
        var player = try subject.makePlayer(seeds: seeds)
        for round in 0..<8 {
            for _ in 0..<round { try player.step() }
            // At once again, all and some.
            try player.begin(seeds)
            try player.begin(seeds)
            try player.instance.bind()
            try player.instance.reset(seeds, mask: [1, 0, 1])
        }
        try player.begin(seeds)
        var fresh = try subject.makePlayer(seeds: seeds)
        try requireEqual(try fresh.record(5), try player.record(5), "in a new instance and after many resets")
        return .passed
    },
    ConformanceCheck(
        "step-before-reset", proves: "A step before the first reset does no harm.",
        remedy: "Begin with a state that step() can bear, or return ARGUS_ERROR with a reason.", toleratesCrash: true
    ) { subject in
        let instance = try subject.makeInstance(copies: 2)
        do { try instance.step() } catch { return .passed("refused in words") }
        return .passed
    },
    ConformanceCheck(
        "zero-copies", proves: "An instance without copies can do all that needs no copy.",
        remedy: "Loop over the copies; take nothing from copy 0 that depends on the parameters alone."
    ) { subject in
        let instance = try subject.makeInstance(copies: 0)
        try instance.reset([])
        try instance.step()
        try instance.reset([], mask: [])
        try instance.step(mask: [])
        try instance.bind()
        if let text = instance.text { _ = try instance.rules(text, agent: 0) }
        return .passed
    },
    ConformanceCheck(
        "extensions-as-declared",
        proves: "The descriptor's capabilities are what instances offer; other ids give NULL.",
        remedy: "Compare the whole id in get_extension, and keep the descriptor's capabilities up to date."
    ) { subject in
        let instance = try subject.makeInstance(copies: 1)
        for capability in Capability.allCases {
            let isOffered = instance.pointer.pointee.get_extension(instance.pointer, capability.rawValue) != nil
            let isDeclared = subject.descriptor.capabilities.contains(capability)
            try require(
                isOffered == isDeclared,
                "\(capability.rawValue) \(isDeclared ? "declared but not offered" : "offered but not declared")")
            for id in [capability.rawValue + " ", String(capability.rawValue.dropLast()), capability.rawValue + "0"] {
                try require(
                    instance.pointer.pointee.get_extension(instance.pointer, id) == nil, "something for the id '\(id)'")
            }
        }
        for id in ["", "argus.", "argus.no-such-extension/1"] {
            try require(
                instance.pointer.pointee.get_extension(instance.pointer, id) == nil, "something for the id '\(id)'")
        }
        return .passed
    },
]

private func requireRefusal(_ subject: ConformanceSubject, _ id: String, _ parameters: String, _ what: String) throws {
    let creation = Creation(subject.source, environment: id, parameters: parameters, copies: 1)
    try require(creation.status == ARGUS_ERROR, "status \(creation.status) for \(what), expected ARGUS_ERROR")
    try require(creation.instance == nil, "an instance in spite of \(what)")
    try require(creation.reports.contains { !$0.words.isEmpty }, "no report about \(what)")
}
