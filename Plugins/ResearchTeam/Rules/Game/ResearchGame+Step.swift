import ArgusEnvAPI

extension ResearchGame {
    /// Plays one round: all agents at once, the lead first, so that nobody can use what is told in the same round.
    ///
    /// What is not legal counts as waiting. Returns the team's reward: the score if the lead submitted, minus what this
    /// round cost. What is over stays as it is.
    mutating func step(_ actions: Rows<Int32>) -> Float {
        guard !isOver else { return 0 }
        let costBefore = cost
        for agent in 0..<configuration.agents {
            let choice = configuration.choice(agent: agent, Int(actions[first: agent]))
            let isLegal = isLegal(agent: agent, choice)
            lastChoices[agent] = isLegal ? choice : .wait
            if isLegal { perform(choice, by: agent) }
        }
        round += 1
        return Float((answer == nil ? 0 : score) - (cost - costBefore))
    }

    private mutating func perform(_ choice: ResearchChoice, by agent: Int) {
        switch choice {
        case .wait: break
        case .ask(let hop, let subject):
            asked.insert(hop: hop, subject: subject)
            messagesSent[agent] += 1
        case .cite(let source):
            statuses[source].insert(.cited)
            citations += 1
        case .submit(let candidate): answer = candidate
        case .look(let source):
            statuses[source].insert(.looked)
            if isSeries(source) { measure(source, by: agent) } else { papersRead[agent] += 1 }
        case .tell(let source):
            statuses[source].insert(.told)
            if isSeries(source) { toldSeries[seriesIndex(source)] = series[seriesIndex(source)] }
            messagesSent[agent] += 1
        }
    }

    /// Takes one reading: the nominal value plus an error that is nearly normal, the sum of four uniform numbers scaled to
    /// the configured deviation, rounded to a whole number.
    private mutating func measure(_ source: Int, by agent: Int) {
        let uniforms = random.uniform() + random.uniform() + random.uniform() + random.uniform()
        let error = (10 * configuration.noise * 3.0.squareRoot() * Double(uniforms - 2)).rounded()
        let index = seriesIndex(source)
        series[index].count += 1
        series[index].sum += Int32(configuration.nominalValue(Int(problem.objects[source])) + Int(error))
        readingsTaken[agent] += 1
    }

    // MARK: Score

    /// 1 for the right answer, times the F1 of the citations against the minimal evidence; 0 for a wrong one or none.
    var score: Double {
        guard answer == problem.subject(after: configuration.hops) else { return 0 }
        return 2 * Double(rightCitations) / Double(citations + configuration.hops)
    }

    /// Links of the chain whose evidence is cited.
    var rightCitations: Int {
        var right = 0
        for hop in 0..<configuration.hops
        where statuses[problem.evidence(hop: hop, configuration)].contains(.cited) {
            right += 1
        }
        return right
    }

    /// What the whole team has done: papers read, readings taken, facts told and questions asked.
    var tally: (papers: Int, readings: Int, messages: Int) {
        var tally = (papers: 0, readings: 0, messages: 0)
        for agent in 0..<configuration.agents {
            tally.papers += Int(papersRead[agent])
            tally.readings += Int(readingsTaken[agent])
            tally.messages += Int(messagesSent[agent])
        }
        return tally
    }

    /// What the team has spent beyond the free papers, readings and messages.
    var cost: Double {
        let tally = tally
        return configuration.readingCost * Double(max(0, tally.papers - configuration.freePapers))
            + configuration.measuringCost * Double(max(0, tally.readings - configuration.freeReadings))
            + configuration.messageCost * Double(max(0, tally.messages - configuration.freeMessages))
    }
}
