import ArgusHost

/// What language models cost, below a command's results.
enum ModelUsageTable {
    static func print(_ models: [ModelUsage]) {
        for usage in models {
            var rows = [
                ["decisions", "\(usage.decisions)"],
                ["calls", "\(usage.calls)" + (usage.reused > 0 ? ", \(usage.reused) replies used again" : "")],
                [
                    "tokens",
                    "\(usage.tokens): prompt \(usage.promptTokens) (\(usage.cachedTokens) cached), completion "
                        + "\(usage.completionTokens)",
                ],
                ["replies read", outcomes(usage)],
            ]
            if let median = usage.latencyMedian, let high = usage.latencyHigh {
                rows.append(["latency p50, p95", "\(NumberFormat.fixed(median)) s, \(NumberFormat.fixed(high)) s"])
            }
            if usage.retries > 0 { rows.append(["retries", "\(usage.retries)"]) }
            if usage.reasks > 0 { rows.append(["asked twice", "\(usage.reasks)"]) }
            if usage.fallbacks > 0 { rows.append(["fallbacks", "\(usage.fallbacks)"]) }
            if usage.messages > 0 { rows.append(["messages", "\(usage.messages)"]) }
            if let cost = usage.cost { rows.append(["cost", NumberFormat.short(cost)]) }
            if usage.cutShort > 0 {
                rows.append(["episodes cut short", "\(usage.cutShort): \(usage.reasons.joined(separator: "; "))"])
            }
            Swift.print("")
            StandardOutput.print(TextTable(columns: [.name(usage.model), .words("value")], rows: rows))
        }
    }

    /// `ok 118, malformed 2`.
    private static func outcomes(_ usage: ModelUsage) -> String {
        let pairs = usage.outcomes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
        return pairs.isEmpty ? "none" : pairs.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
