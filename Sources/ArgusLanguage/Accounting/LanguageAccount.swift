public import ArgusHost

/// What the decisions of one model have cost: over the run, and in each episode.
public final class LanguageAccount: PolicyCosts {
    public private(set) var total: ModelUsage
    private let price: PriceTable.Price?
    private let currency: String
    private var latencies: [Double] = []
    private var episodes: [UInt64: [String: Double]] = [:]
    private var cutEpisodes: Set<UInt64> = []

    /// - Parameter prices: Without an entry for the model its cost is unknown.
    public init(model: String, priced name: String, prices: PriceTable) {
        total = ModelUsage(model: model)
        price = prices.models[name]
        currency = prices.currency
    }

    public var usage: ModelUsage {
        var usage = total
        let sorted = latencies.sorted()
        usage.latencyMedian = LanguageAccount.quantile(sorted, 0.5)
        usage.latencyHigh = LanguageAccount.quantile(sorted, 0.95)
        usage.cost = cost
        return usage
    }

    public func costs(ofEpisode seed: UInt64) -> [String: Double] { episodes[seed] ?? [:] }

    /// Nil without a price.
    private var cost: Double? {
        price.map {
            $0.cost(
                TokenUsage(prompt: total.promptTokens, cached: total.cachedTokens, completion: total.completionTokens))
        }
    }

    /// Why a run within `budget` may not make another call after `planned` more; nil: it may.
    func exhausted(_ budget: LanguageOptions.Budget, planned: Int) -> String? {
        if let calls = budget.calls, total.calls + planned >= calls { return "the budget of \(calls) calls is used up" }
        if let tokens = budget.tokens, total.tokens >= tokens { return "the budget of \(tokens) tokens is used up" }
        if let limit = budget.cost, let cost, cost >= limit {
            return "the budget of \(limit) \(currency) is used up"
        }
        return nil
    }

    /// Notes a call for a decision.
    func count(
        _ usage: TokenUsage, _ latency: Double, _ retries: Int, _ decision: DecisionRequest, isCached: Bool
    ) {
        total.calls += 1
        if isCached { total.cached += 1 }
        total.retries += retries
        total.promptTokens += usage.prompt
        total.cachedTokens += usage.cached
        total.completionTokens += usage.completion
        latencies.append(latency)
        add(decision.episode, "calls", 1)
        add(decision.episode, "retries", Double(retries))
        add(decision.episode, "prompt_tokens", Double(usage.prompt))
        add(decision.episode, "cached_tokens", Double(usage.cached))
        add(decision.episode, "completion_tokens", Double(usage.completion))
        add(decision.episode, "latency_seconds", latency)
        if let price { add(decision.episode, "cost", price.cost(usage)) }
    }

    /// Notes a decision, made or not.
    func note(_ decision: LanguageDecision, _ request: DecisionRequest) {
        if let outcome = decision.outcome {
            total.decisions += 1
            total.outcomes[outcome.rawValue, default: 0] += 1
            add(request.episode, "decisions", 1)
            add(request.episode, "parse_\(outcome.rawValue)", 1)
            if decision.isReused { total.reused += 1 }
        }
        if decision.isReasked {
            total.reasks += 1
            add(request.episode, "reasks", 1)
        }
        if decision.fallback != nil {
            total.fallbacks += 1
            add(request.episode, "fallbacks", 1)
        }
        if decision.message != nil {
            total.messages += 1
            add(request.episode, "messages", 1)
        }
        guard decision.action == nil, let reason = decision.problem else { return }
        if cutEpisodes.insert(request.episode).inserted { total.cutShort += 1 }
        if !total.reasons.contains(reason), total.reasons.count < 20 { total.reasons.append(reason) }
    }

    private func add(_ episode: UInt64, _ name: String, _ value: Double) {
        episodes[episode, default: [:]][name, default: 0] += value
    }

    /// With linear interpolation between order statistics; nil of nothing.
    private static func quantile(_ sorted: [Double], _ share: Double) -> Double? {
        guard let last = sorted.last else { return nil }
        let place = share * Double(sorted.count - 1)
        let index = Int(place)
        guard index + 1 < sorted.count else { return last }
        return sorted[index] + (sorted[index + 1] - sorted[index]) * (place - Double(index))
    }
}
