import ArgusEnvAPI
import CArgusEnv

/// Making and ending instances, and what is refused.
let lifecycleChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "entry-again", proves: "The entry may be called again and gives the same plugin with the same environments.",
        remedy: "Return the address of one constant struct."
    ) { subject in
        guard let plugin = subject.plugin.pointer else { return .failed("no plugin") }
        try require(subject.plugin.callEntryAgain() == plugin, "another plugin at the second call of the entry")
        let count = plugin.pointee.environment_count
        for index in 0..<count {
            try require(
                plugin.pointee.descriptor(index) == plugin.pointee.descriptor(index),
                "another descriptor of environment \(index) at the second call")
        }
        try require(plugin.pointee.descriptor(count) == nil, "a descriptor of environment \(count) of \(count)")
        return .passed
    },
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
        var texts = ["", "[]", "null", "{", "{\"no_such_parameter\": 1}", "nonsense"]
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
        for text in texts { try requireRefusal(subject, subject.descriptor.id, text, "the parameters \(text)") }
        return .passed
    },
    ConformanceCheck(
        "create-destroy", proves: "Instances can be made and ended a hundred times, used or not.",
        remedy: "Free in destroy() what create() allocated, and keep nothing in globals."
    ) { subject in
        for round in 0..<100 {
            let instance = try subject.makeInstance(copies: round % 4)
            if round % 3 == 0 { try instance.reset(ConformanceSubject.seeds(round % 4)) }
            if round % 6 == 0 { try instance.step() }
        }
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
    let creation = try subject.plugin.create(environment: id, parameters: parameters, copies: 1)
    try require(creation.status == ARGUS_ERROR, "status \(creation.status) for \(what), expected ARGUS_ERROR")
    try require(creation.instance == nil, "an instance in spite of \(what)")
    try require(creation.reports.contains { !$0.isEmpty }, "no report about \(what)")
}
