import Foundation

/// What a result was made on and with.
public enum Machine {
    /// Cores that this process may use: fewer than there are where `taskset` or a container says so.
    public static var cores: Int {
        let all = ProcessInfo.processInfo.activeProcessorCount
        // A mask in hexadecimal digits, in groups with commas between them (proc(5)); where nothing is forbidden it may
        // have bits of cores that are not there.
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("Cpus_allowed:") })
        else { return all }
        let allowed = line.dropFirst("Cpus_allowed:".count).compactMap(\.hexDigitValue)
            .reduce(0) { $0 + $1.nonzeroBitCount }
        return max(1, min(all, allowed))
    }

    /// Processor, cores, memory and system.
    public static var description: [String: String] {
        let process = ProcessInfo.processInfo
        var result = [
            "cores": "\(cores)", "memory_gib": "\(process.physicalMemory >> 30)",
            "system": process.operatingSystemVersionString,
        ]
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        result["processor"] = field("model name", in: text)
        // Many a virtual machine's name is the maker's alone.
        if let family = field("cpu family", in: text), let model = field("model", in: text) {
            result["processor_model"] = "family \(family), model \(model)"
        }
        return result
    }

    /// The first processor's value of a line of /proc/cpuinfo; nil where there is none.
    private static func field(_ name: String, in text: String) -> String? {
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces) == name else { continue }
            return parts[1].trimmingCharacters(in: .whitespaces)
        }
        return nil
    }

    public static var versions: [String: String] {
        #if swift(>=6.3)
        let swift = "6.3"
        #else
        let swift = "6.2"
        #endif
        return ["swift": swift]
    }

    /// The commit that the program was built from: from the launcher, else from the repository around it.
    public static var codeRevision: String {
        let environment = ProcessInfo.processInfo.environment
        if let revision = environment["ARGUS_REVISION"], !revision.isEmpty { return revision }
        guard let home = environment["ARGUS_HOME"],
            let head = try? String(contentsOfFile: home + "/.git/HEAD", encoding: .utf8)
        else { return "unknown" }
        let text = head.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.hasPrefix("ref: ") else { return text }
        let reference = try? String(contentsOfFile: home + "/.git/" + text.dropFirst(5), encoding: .utf8)
        return reference?.trimmingCharacters(in: .whitespacesAndNewlines) ?? "unknown"
    }
}
