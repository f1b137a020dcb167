import ArgusEnvAPI

extension ResearchGame {
    /// Writes what an agent sees, as ``ResearchLayout`` says; zeros beyond its own size.
    func observe(_ agent: Int, _ layout: ResearchLayout, into row: Row<Float>) {
        row.fill(0)
        row[layout.rounds] = fraction(configuration.rounds - round, of: configuration.rounds)
        if agent == 0 { observeAsLead(layout, row) } else { observeAsSpecialist(agent, layout, row) }
    }

    private func observeAsLead(_ layout: ResearchLayout, _ row: Row<Float>) {
        let questions = configuration.questionBudget
        row[layout.questions] = fraction(questions - Int(messagesSent[0]), of: questions)
        row[layout.start + Int(problem.start)] = 1
        for hop in 0..<configuration.hops { writeAsked(hop, agent: 0, layout, row) }
        for source in 0..<configuration.catalogue.count {
            let status = statuses[source]
            if status.contains(.cited) { row[layout.cited + source] = 1 }
            if status.contains(.told) { writeRecord(source, agent: 0, asTold: true, layout, row) }
        }
        guard configuration.tells else { return }
        var subject = Int(problem.start)
        for hop in 0..<configuration.hops {
            guard let object = toldLink(hop: hop, subject: subject) else { return }
            row[layout.reached + hop * configuration.candidates + object] = 1
            subject = object
        }
    }

    private func observeAsSpecialist(_ agent: Int, _ layout: ResearchLayout, _ row: Row<Float>) {
        let discipline = agent - 1
        let (papers, readings, messages) =
            (configuration.readingBudget, configuration.measuringBudget, configuration.messageBudget)
        row[layout.papers] = fraction(papers - Int(papersRead[agent]), of: papers)
        row[layout.readings] = fraction(readings - Int(readingsTaken[agent]), of: readings)
        row[layout.messages] = fraction(messages - Int(messagesSent[agent]), of: messages)
        for hop in configuration.ownHops(discipline) {
            writeAsked(hop, agent: agent, layout, row)
        }
        let own = configuration.ownSources(discipline)
        for source in own where statuses[source].contains(.looked) {
            writeRecord(source, agent: agent, asTold: false, layout, row)
            guard statuses[source].contains(.told) else { continue }
            row[layout.toldByOneself(discipline) + source - own.lowerBound] =
                isSeries(source) ? fraction(Int(toldSeries[seriesIndex(source)].count), of: readings) : 1
        }
        guard layout.specialistsSeeOthers else { return }
        for source in 0..<configuration.catalogue.count
        where statuses[source].contains(.told) && !own.contains(source) {
            writeRecord(source, agent: agent, asTold: true, layout, row)
        }
        for hop in configuration.ownHops(discipline) where hop > 0 {
            let place = layout.named(discipline) + hop / configuration.disciplines * configuration.candidates
            for subject in 0..<configuration.candidates {
                if let object = toldLink(hop: hop - 1, subject: subject) { row[place + object] = 1 }
            }
        }
    }

    /// Where a subject leads by what was told: the object of its sound paper, or the nominal value nearest to its readings.
    @inline(__always)
    private func toldLink(hop: Int, subject: Int) -> Int? {
        for source in configuration.sources(hop: hop, subject: subject)
        where statuses[source].contains(.told) && problem.kinds[source] == PaperKind.sound.rawValue {
            guard isSeries(source) else { return Int(problem.objects[source]) }
            let told = toldSeries[seriesIndex(source)]
            return configuration.nearestSubject(to: Double(told.sum) / Double(told.count))
        }
        return nil
    }

    @inline(__always)
    private func writeAsked(_ hop: Int, agent: Int, _ layout: ResearchLayout, _ row: Row<Float>) {
        for subject in 0..<configuration.candidates where asked.contains(hop: hop, subject: subject) {
            if let place = layout.asked(hop: hop, subject: subject, agent: agent) { row[place] = 1 }
        }
    }

    @inline(__always)
    private func writeRecord(
        _ source: Int, agent: Int, asTold: Bool, _ layout: ResearchLayout, _ row: Row<Float>
    ) {
        guard let place = layout.record(source, agent: agent) else { return }
        if isSeries(source) {
            let known = asTold ? toldSeries[seriesIndex(source)] : series[seriesIndex(source)]
            row[place] = fraction(Int(known.count), of: configuration.measuringBudget)
            row[place + 1] = Float(known.sum) / Float(known.count) / layout.meanScale
        } else {
            row[place + Int(problem.objects[source])] = 1
            guard configuration.places(hop: configuration.catalogue[source].hop) > 1 else { return }
            row[place + configuration.candidates + Int(problem.kinds[source])] = 1
        }
    }

    @inline(__always)
    private func fraction(_ part: Int, of whole: Int) -> Float { whole > 0 ? Float(part) / Float(whole) : 0 }
}
