public import ArgusEnvAPI

extension CustomerServiceEnvironment {
    public static let metrics = [
        MetricDescriptor(
            name: "service_level", kind: .fraction,
            description: "answered within the target, of contacts answered or abandoned (which count as missed)"),
        MetricDescriptor(
            name: "average_speed_of_answer", kind: .number,
            description: "mean seconds until the first answer, of contacts that were answered"),
        MetricDescriptor(
            name: "average_wait", kind: .number,
            description: "mean seconds until the first answer or until they gave up, of all contacts that did either"),
        MetricDescriptor(
            name: "average_wait_urgent", kind: .number,
            description: "the same, of the queues with the most urgent priority"),
        MetricDescriptor(
            name: "average_wait_others", kind: .number, description: "the same, of the other queues"),
        MetricDescriptor(
            name: "delayed", kind: .fraction, description: "waited at all, of contacts answered or abandoned"),
        MetricDescriptor(
            name: "abandonment", kind: .fraction,
            description: "gave up before any answer, of contacts answered or abandoned"),
        MetricDescriptor(
            name: "blocked_share", kind: .fraction, description: "found all lines taken, of all arrivals"),
        MetricDescriptor(
            name: "first_contact_resolution", kind: .fraction,
            description: "resolved without a transfer, of contacts served"),
        MetricDescriptor(name: "resolution", kind: .fraction, description: "resolved, of contacts served"),
        MetricDescriptor(
            name: "handling_time", kind: .number, description: "mean seconds that served contacts spent with experts"),
        MetricDescriptor(
            name: "occupancy", kind: .fraction, description: "mean over experts of the share of time that each was busy"
        ),
        MetricDescriptor(
            name: "occupancy_fairness", kind: .number,
            description: "standard deviation of the experts' shares of busy time; 0 is perfectly fair"),
        MetricDescriptor(
            name: "satisfaction", kind: .fraction,
            description:
                "mean over contacts that left or were blocked: 0 if unresolved, abandoned or blocked; else (1 - "
                + "transfers / 5) / (1 + time units waited beyond the target / 3)"),
        MetricDescriptor(name: "transfers", kind: .count, description: "transfers"),
        MetricDescriptor(name: "consults", kind: .count, description: "consultations"),
        MetricDescriptor(name: "arrived", kind: .count, description: "contacts that arrived, blocked ones included"),
        MetricDescriptor(name: "blocked", kind: .count, description: "contacts that found all lines taken"),
        MetricDescriptor(name: "served", kind: .count, description: "contacts that left after an answer"),
        MetricDescriptor(name: "resolved", kind: .count, description: "contacts that left resolved"),
        MetricDescriptor(
            name: "abandoned", kind: .count, description: "contacts that gave up, also those after a transfer"),
        MetricDescriptor(
            name: "in_system", kind: .count, description: "contacts still there: arrived - blocked - served - abandoned"
        ),
        MetricDescriptor(
            name: "average_queue", kind: .number, description: "contacts waiting, mean over time"),
        MetricDescriptor(
            name: "average_in_system", kind: .number, description: "contacts waiting or with experts, mean over time"),
        MetricDescriptor(
            name: "all_busy", kind: .fraction, description: "share of time in which all experts were busy"),
        MetricDescriptor(
            name: "waiting_cost", kind: .number, description: "cost of waiting beyond the targets, per hour"),
    ]

    public func writeMetrics(_ values: UnsafeMutableBufferPointer<Double>) {
        let tally = centre.tally
        let time = max(0, centre.now - configuration.warmUp)
        let finished = Double(tally.answered + tally.abandonedUnanswered)
        let served = Double(tally.served)
        let (occupancy, deviation) = centre.occupancy()
        let left = tally.served + tally.abandoned
        let row = [
            Double(tally.answeredInTime) / finished,
            tally.answeredWait / Double(tally.answered),
            tally.firstWait / finished,
            tally.urgentWait / Double(tally.urgent),
            (tally.firstWait - tally.urgentWait) / (finished - Double(tally.urgent)),
            Double(tally.delayed) / finished,
            Double(tally.abandonedUnanswered) / finished,
            Double(tally.blocked) / Double(tally.arrived),
            Double(tally.resolvedAtFirstContact) / served,
            Double(tally.resolved) / served,
            tally.handled / served,
            occupancy,
            deviation,
            tally.satisfaction / Double(left + tally.blocked),
            Double(tally.transfers),
            Double(tally.consults),
            Double(tally.arrived),
            Double(tally.blocked),
            served,
            Double(tally.resolved),
            Double(tally.abandoned),
            Double(tally.arrived - tally.blocked - left),
            tally.waitingTime / time,
            tally.systemTime / time,
            time > 0 ? min(1, tally.allBusyTime / time) : .nan,
            tally.waitingCost / time * 3600,
        ]
        // 0 / 0: undefined.
        for (index, value) in row.enumerated() { values[index] = value.isFinite ? value : .nan }
    }
}

extension ContactCentre {
    /// Mean over the experts of the share of time after the warm-up in which each was busy, and the deviation between
    /// them; NaN before the warm-up is over.
    func occupancy() -> (mean: Double, deviation: Double) {
        let time = now - configuration.warmUp
        guard time > 0 else { return (.nan, .nan) }
        var (sum, squares) = (0.0, 0.0)
        for expert in experts {
            let spell =
                expert.activity == .free ? 0 : max(0, now - max(expert.busySince, configuration.warmUp))
            let share = min(1, (expert.busyTime + spell) / time)
            sum += share
            squares += share * share
        }
        let mean = sum / Double(experts.count)
        return (mean, max(0, squares / Double(experts.count) - mean * mean).squareRoot())
    }
}
