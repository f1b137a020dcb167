import ArgusEnvAPI

/// The global state row: everything that is drawn and everything that was done, all but the errors of future readings.
///
/// Rounds left; for each agent papers, readings and messages spent (fractions of the budgets); the subject of layer 0; for
/// each link where it leads; for each paper its kind and object; then for each source whether it was looked at, told and
/// cited; for each series its readings and mean, and those told; for each subject of layers 0 to `hops` - 1 whether it was
/// asked about.
extension ResearchLayout {
    var stateSpending: Int { 1 }
    var stateStart: Int { stateSpending + 3 * configuration.agents }
    var stateLinks: Int { stateStart + configuration.candidates }
    var statePapers: Int { stateLinks + configuration.hops * configuration.candidates * configuration.candidates }
    /// Kind and object of a source.
    var statePaperWidth: Int { 3 + configuration.candidates }
    var stateStatuses: Int { statePapers + configuration.catalogue.count * statePaperWidth }
    var stateSeries: Int { stateStatuses + 3 * configuration.catalogue.count }
    var stateAsked: Int { stateSeries + 4 * configuration.measured * configuration.candidates }
    var stateSize: Int { stateAsked + configuration.hops * configuration.candidates }
}

extension ResearchGame {
    func writeState(_ layout: ResearchLayout, into row: Row<Float>) {
        row.fill(0)
        let candidates = configuration.candidates
        row[0] = Float(configuration.rounds - round) / Float(configuration.rounds)
        for agent in 0..<configuration.agents {
            let place = layout.stateSpending + 3 * agent
            let messageBudget = agent == 0 ? configuration.questionBudget : configuration.messageBudget
            row[place] = Float(papersRead[agent]) / Float(configuration.readingBudget)
            row[place + 1] = Float(readingsTaken[agent]) / Float(max(1, configuration.measuringBudget))
            row[place + 2] = Float(messagesSent[agent]) / Float(max(1, messageBudget))
        }
        row[layout.stateStart + Int(problem.start)] = 1
        for hop in 0..<configuration.hops {
            for subject in 0..<candidates {
                let link = hop * candidates + subject
                row[layout.stateLinks + link * candidates + problem.link(hop: hop, subject: subject)] = 1
                if asked.contains(hop: hop, subject: subject) { row[layout.stateAsked + link] = 1 }
            }
        }
        for source in 0..<configuration.catalogue.count {
            let place = layout.statePapers + source * layout.statePaperWidth
            row[place + Int(problem.kinds[source])] = 1
            row[place + 3 + Int(problem.objects[source])] = 1
            let status = statuses[source]
            let flags = layout.stateStatuses + 3 * source
            if status.contains(.looked) { row[flags] = 1 }
            if status.contains(.told) { row[flags + 1] = 1 }
            if status.contains(.cited) { row[flags + 2] = 1 }
        }
        for hop in configuration.hops - configuration.measured..<configuration.hops {
            for subject in 0..<candidates {
                let index = hop * ResearchConfiguration.mostCandidates + subject
                let measured = (hop - configuration.hops + configuration.measured) * candidates + subject
                writeSeries(series[index], layout, row, layout.stateSeries + 4 * measured)
                writeSeries(toldSeries[index], layout, row, layout.stateSeries + 4 * measured + 2)
            }
        }
    }

    private func writeSeries(_ series: ReadingSeries, _ layout: ResearchLayout, _ row: Row<Float>, _ place: Int) {
        guard series.count > 0 else { return }
        row[place] = Float(series.count) / Float(configuration.measuringBudget)
        row[place + 1] = Float(series.sum) / Float(series.count) / layout.meanScale
    }
}
