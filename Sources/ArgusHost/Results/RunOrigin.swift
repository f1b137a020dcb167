/// What steps of a run come from, besides what was asked for: where it changes, the same numbers are not certain.
public struct RunOrigin: Codable, Sendable, Hashable {
    /// The environment step at which something else went on with the run.
    public var until: Int
    public var pluginHash: String
    public var codeRevision: String
    public var versions: [String: String]
    public var machine: [String: String]

    enum CodingKeys: String, CodingKey {
        case until, versions, machine
        case pluginHash = "plugin_hash"
        case codeRevision = "code_revision"
    }

    /// The processor in words, and the instructions that libtorch uses of it.
    public var processor: String {
        let words = ["processor", "processor_model", "libtorch_capability"].compactMap { machine[$0] }
        return words.isEmpty ? "unknown" : words.joined(separator: ", ")
    }

    /// What differs in the other one, as a reader is told it; empty where nothing does.
    public func changes(to other: RunOrigin) -> [String] {
        var pairs = [("plugin", pluginHash, other.pluginHash), ("code", codeRevision, other.codeRevision)]
        for name in Set(versions.keys).union(other.versions.keys).sorted() {
            pairs.append((name, versions[name] ?? "none", other.versions[name] ?? "none"))
        }
        // More cores or memory change no number; and what an earlier version of this program did not note is not known.
        let names = Set(machine.keys).union(other.machine.keys).subtracting(["cores", "memory_gib"])
        for name in names.sorted() where name != "processor_model" || machine[name] != nil {
            pairs.append((name, machine[name] ?? "none", other.machine[name] ?? "none"))
        }
        return pairs.filter { $0.1 != $0.2 }.map { "\($0.0) \($0.1), now \($0.2)" }
    }
}

extension RunManifest {
    /// What runs it now, as the origin of what it makes until a step.
    private func origin(until step: Int) -> RunOrigin {
        RunOrigin(
            until: step, pluginHash: pluginHash, codeRevision: codeRevision, versions: versions, machine: machine)
    }

    /// What had the run, one after the other; the last one is what runs it now, and has it to its end.
    public var origins: [RunOrigin] { (before ?? []) + [origin(until: steps)] }

    /// Notes what had the run before.
    ///
    /// - Parameters:
    ///   - earlier: the folder's manifest.
    ///   - step: environment steps that the checkpoint has.
    /// - Returns: what is not as it was.
    public mutating func goOn(with earlier: RunManifest, at step: Int) -> [String] {
        before = earlier.before
        let last = earlier.origin(until: step)
        let changes = last.changes(to: origin(until: step))
        // Who was killed before it saved anything has made nothing.
        if !changes.isEmpty, step > before?.last?.until ?? 0 { before = (before ?? []) + [last] }
        return changes
    }
}
