import ArgusEnvAPI

/// Sizes, bounds and names for the specification.
extension ResearchLayout {
    /// The largest row's size.
    var size: Int { (0..<configuration.agents).map(size).max() ?? 0 }

    /// Components that can hold a mean of readings have its bounds, all others 0 to 1.
    var bounds: Bounds {
        var bounds = Bounds(0...1, count: size)
        for agent in 0..<configuration.agents {
            for source in configuration.catalogue.indices where isMeasured(source) {
                if let place = record(source, agent: agent) { widen(&bounds, at: place + 1) }
            }
        }
        return bounds
    }

    var segments: [Segment] {
        [
            Segment("rounds", offset: 0, count: 1, "rounds left, as a fraction"),
            Segment(
                "role", offset: 1, count: size - 1,
                "the lead: questions left, the question's subject, whom it asked about what, what it cited, what it "
                    + "was told; a specialist: papers, readings and messages left, what it was asked about, what its sources "
                    + "say, which of them it told, what others told; at last what follows from that"),
        ]
    }

    var stateBounds: Bounds {
        var bounds = Bounds(0...1, count: stateSize)
        for series in 0..<2 * configuration.measured * configuration.candidates {
            widen(&bounds, at: stateSeries + 2 * series + 1)
        }
        return bounds
    }

    var stateSegments: [Segment] {
        let parts: [(name: String, end: Int, what: String)] = [
            ("rounds", stateSpending, "rounds left, as a fraction"),
            ("spending", stateStart, "papers, readings and messages of each agent, as fractions of its budgets"),
            ("start", stateLinks, "the subject that the question begins with"),
            ("links", statePapers, "where each link leads"),
            ("papers", stateStatuses, "kind (sound, weak, off the topic) and object of each source"),
            ("statuses", stateSeries, "whether each source was looked at, told, cited"),
            ("series", stateAsked, "readings and their mean, then as told, of each measured subject"),
            ("asked", stateSize, "whether the lead has asked about each subject"),
        ]
        var segments: [Segment] = []
        var start = 0
        for part in parts {
            if part.end > start {
                segments.append(Segment(part.name, offset: start, count: part.end - start, part.what))
            }
            start = part.end
        }
        return segments
    }

    private func isMeasured(_ source: Int) -> Bool {
        configuration.isMeasured(hop: configuration.catalogue[source].hop)
    }

    private func widen(_ bounds: inout Bounds, at place: Int) {
        let error = configuration.largestError
        bounds.low[place] = min(bounds.low[place], Float(10 - error) / meanScale)
        bounds.high[place] = max(bounds.high[place], Float(10 * configuration.candidates + error) / meanScale)
    }
}
