/// What an agent can choose. Choice 0 is `wait` for everybody.
public enum ResearchChoice: Hashable, Sendable {
    case wait
    /// The lead asks the specialist of a hop about a subject.
    case ask(hop: Int, subject: Int)
    /// The lead adds a source to the evidence.
    case cite(Int)
    /// The lead gives the answer, which ends the work.
    case submit(Int)
    /// A specialist reads a paper or takes a reading.
    case look(Int)
    /// A specialist tells what a source of its own says.
    case tell(Int)
}

extension ResearchConfiguration {
    /// Choices of an agent. The lead: wait, ask about each subject of layers 0 to `hops` - 1, cite each source, submit each
    /// candidate. A specialist: wait, look at each of its sources, and then, where they can be told, tell each.
    @inline(__always)
    public func choices(agent: Int) -> Int {
        if agent == 0 { return 1 + hops * candidates + catalogue.count + candidates }
        return 1 + (tells ? 2 : 1) * ownSources(agent - 1).count
    }

    /// The meaning of a choice's number; `wait` for numbers out of range.
    @inline(__always)
    public func choice(agent: Int, _ number: Int) -> ResearchChoice {
        guard number > 0, number < choices(agent: agent) else { return .wait }
        var rest = number - 1
        if agent == 0 {
            if rest < hops * candidates { return .ask(hop: rest / candidates, subject: rest % candidates) }
            rest -= hops * candidates
            return rest < catalogue.count ? .cite(rest) : .submit(rest - catalogue.count)
        }
        let own = ownSources(agent - 1)
        return rest < own.count ? .look(own.lowerBound + rest) : .tell(own.lowerBound + rest - own.count)
    }

    /// The number of a choice: the inverse of `choice(agent:_:)`.
    @inline(__always)
    public func number(agent: Int, _ choice: ResearchChoice) -> Int {
        switch choice {
        case .wait: 0
        case .ask(let hop, let subject): 1 + hop * candidates + subject
        case .cite(let source): 1 + hops * candidates + source
        case .submit(let candidate): 1 + hops * candidates + catalogue.count + candidate
        case .look(let source): 1 + source - firstOwnSource[agent - 1]
        case .tell(let source): 1 + ownSources(agent - 1).count + source - firstOwnSource[agent - 1]
        }
    }
}
