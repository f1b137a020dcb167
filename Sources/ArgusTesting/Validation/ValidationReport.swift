/// What the checks of a plugin or peer found.
public struct ValidationReport: Sendable, Encodable {
    public struct Entry: Sendable, Encodable {
        public var name: String
        public var result: ConformanceResult
        /// How to mend it; nil where there is nothing to mend.
        public var remedy: String?
        public var seconds: Double

        enum Key: String, CodingKey { case name, verdict, reason, seed, step, remedy, seconds }

        public func encode(to encoder: any Encoder) throws {
            var values = encoder.container(keyedBy: Key.self)
            try values.encode(name, forKey: .name)
            try values.encode(result.verdict, forKey: .verdict)
            try values.encode(result.reason, forKey: .reason)
            try values.encode(result.seed, forKey: .seed)
            try values.encode(result.step, forKey: .step)
            try values.encode(remedy, forKey: .remedy)
            try values.encode((seconds * 1000).rounded() / 1000, forKey: .seconds)
        }
    }

    public struct EnvironmentEntry: Sendable, Encodable {
        /// Its id; empty for the plugin or peer as a whole.
        public var environment: String
        public var checks: [Entry]
    }

    /// The library's path, or the peer's command or address.
    public var plugin: String
    public var environments: [EnvironmentEntry]

    private func count(_ verdict: ConformanceResult.Verdict) -> Int {
        environments.reduce(0) { $0 + $1.checks.count { $0.result.verdict == verdict } }
    }

    public var passed: Int { count(.pass) }
    public var warnings: Int { count(.warn) }
    public var failed: Int { count(.fail) }
    public var skipped: Int { count(.skip) }
    public var crashed: Int { count(.crashed) }
    /// Whether nothing failed or crashed.
    public var isGood: Bool { failed + crashed == 0 }

    enum Key: String, CodingKey { case plugin, environments, passed, warnings, failed, skipped, crashed }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(plugin, forKey: .plugin)
        try values.encode(environments, forKey: .environments)
        try values.encode(passed, forKey: .passed)
        try values.encode(warnings, forKey: .warnings)
        try values.encode(failed, forKey: .failed)
        try values.encode(skipped, forKey: .skipped)
        try values.encode(crashed, forKey: .crashed)
    }
}
