public import ArgusEnvAPI

extension ResearchEnvironment {
    public static let metrics = [
        MetricDescriptor(name: "success", kind: .fraction, description: "the submitted answer is right"),
        MetricDescriptor(
            name: "evidence_precision", kind: .fraction,
            description: "citations that are evidence, of all citations; undefined if there are none"),
        MetricDescriptor(
            name: "evidence_recall", kind: .fraction, description: "links of the chain whose evidence is cited"),
        MetricDescriptor(
            name: "hops", kind: .count,
            description: "links of the chain, from its beginning, whose evidence was told: how far the lead can follow"),
        MetricDescriptor(name: "messages", kind: .count, description: "facts told and questions asked"),
        MetricDescriptor(name: "looked", kind: .count, description: "papers read and readings taken"),
        MetricDescriptor(
            name: "redundancy", kind: .fraction,
            description: "papers read and readings taken that are not of the evidence; undefined if there are none"),
        MetricDescriptor(name: "cost", kind: .number, description: "what the team's work has cost it"),
    ]

    public func writeMetrics(_ values: UnsafeMutableBufferPointer<Double>) {
        let tally = game.tally
        values[0] = game.answer == game.problem.subject(after: configuration.hops) ? 1 : 0
        let right = Double(game.rightCitations)
        values[1] = game.citations == 0 ? .nan : right / Double(game.citations)
        values[2] = right / Double(configuration.hops)
        values[3] = Double(game.hopsTold)
        values[4] = Double(tally.messages)
        let looked = tally.papers + tally.readings
        values[5] = Double(looked)
        values[6] = looked == 0 ? .nan : 1 - Double(game.evidenceLooks) / Double(looked)
        values[7] = game.cost
    }
}

extension ResearchGame {
    /// Links of the chain, from its beginning, whose evidence was told.
    var hopsTold: Int {
        var hops = 0
        while hops < configuration.hops, statuses[problem.evidence(hop: hops, configuration)].contains(.told) {
            hops += 1
        }
        return hops
    }

    /// Papers read and readings taken of the evidence.
    var evidenceLooks: Int {
        var looks = 0
        for hop in 0..<configuration.hops {
            let source = problem.evidence(hop: hop, configuration)
            if isSeries(source) {
                looks += Int(series[seriesIndex(source)].count)
            } else if statuses[source].contains(.looked) {
                looks += 1
            }
        }
        return looks
    }
}
