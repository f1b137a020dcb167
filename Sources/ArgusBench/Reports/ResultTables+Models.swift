import ArgusHost

extension ResultTables {
    /// A row for each language model of each entry and pair; nil where there is none.
    static func models(_ result: ScenarioResult) -> Table? {
        let rows = result.all.flatMap { entry in
            entry.models.map { usage in
                let latency = [usage.latencyMedian, usage.latencyHigh].map { $0.map { NumberText.fixed($0, 2) } ?? "-" }
                return [
                    entry.entry, usage.model, NumberText.grouped(usage.decisions), NumberText.grouped(usage.calls),
                    NumberText.grouped(usage.tokens), NumberText.grouped(usage.promptTokens),
                    NumberText.grouped(usage.completionTokens), latency.joined(separator: ", "),
                    "\(usage.retries)", usage.cost.map { NumberText.short($0) } ?? "-", outcomes(usage),
                    "\(usage.fallbacks)", "\(usage.messages)",
                ]
            }
        }
        guard !rows.isEmpty else { return nil }
        return Table(
            columns: [
                Table.Column(title: "entry", isNumber: false), Table.Column(title: "model", isNumber: false),
                Table.Column(title: "decisions"), Table.Column(title: "calls"), Table.Column(title: "tokens"),
                Table.Column(title: "prompt"), Table.Column(title: "completion"),
                Table.Column(title: "seconds a call, p50, p95"), Table.Column(title: "retries"),
                Table.Column(title: "cost"), Table.Column(title: "replies read", isNumber: false),
                Table.Column(title: "fallbacks"), Table.Column(title: "messages"),
            ], rows: rows)
    }

    /// `ok 96.0 %, malformed 4.0 %`.
    private static func outcomes(_ usage: ModelUsage) -> String {
        let all = Double(max(1, usage.decisions))
        return usage.outcomes.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { "\($0.key) \(NumberText.fixed(Double($0.value) / all * 100, 1)) %" }.joined(separator: ", ")
    }

    /// Episodes that no result is of, and why.
    static func cutShort(_ result: ScenarioResult) -> [String] {
        result.all.flatMap { entry in
            entry.models.filter { $0.cutShort > 0 }.map { usage in
                "CUT SHORT: \(entry.entry): \(usage.cutShort) episodes, not counted "
                    + "(\(usage.reasons.joined(separator: "; ")))"
            }
        }
    }
}

extension EntryResult {
    /// Each language model's use over all finished runs; latencies are means over the runs.
    var models: [ModelUsage] {
        let all = results.flatMap { $0.models ?? [] }
        var names: [String] = []
        for usage in all where !names.contains(usage.model) { names.append(usage.model) }
        return names.map { name in
            let own = all.filter { $0.model == name }
            func sum(_ count: KeyPath<ModelUsage, Int>) -> Int { own.reduce(0) { $0 + $1[keyPath: count] } }
            func mean(_ value: KeyPath<ModelUsage, Double?>) -> Double? {
                let known = own.compactMap { $0[keyPath: value] }
                return known.isEmpty ? nil : known.reduce(0, +) / Double(known.count)
            }
            var usage = ModelUsage(model: name)
            usage.decisions = sum(\.decisions)
            usage.calls = sum(\.calls)
            usage.reused = sum(\.reused)
            usage.cached = sum(\.cached)
            usage.retries = sum(\.retries)
            usage.reasks = sum(\.reasks)
            usage.fallbacks = sum(\.fallbacks)
            usage.promptTokens = sum(\.promptTokens)
            usage.cachedTokens = sum(\.cachedTokens)
            usage.completionTokens = sum(\.completionTokens)
            usage.messages = sum(\.messages)
            usage.cutShort = sum(\.cutShort)
            usage.latencyMedian = mean(\.latencyMedian)
            usage.latencyHigh = mean(\.latencyHigh)
            let costs = own.compactMap(\.cost)
            usage.cost = costs.count == own.count ? costs.reduce(0, +) : nil
            for run in own { usage.outcomes.merge(run.outcomes, uniquingKeysWith: +) }
            for reason in own.flatMap(\.reasons) where !usage.reasons.contains(reason) { usage.reasons.append(reason) }
            return usage
        }
    }

    /// Of all language models; nil without any.
    var calls: Int? { models.calls }
    var tokens: Int? { models.tokens }
}
