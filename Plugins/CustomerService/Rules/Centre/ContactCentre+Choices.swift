public import ArgusEnvAPI

/// What experts may choose, by number.
///
/// 0: wait, or carry on; then take from queue 0…; answer; transfer to queue 0…; consult expert 0….
struct ServiceChoices: Sendable, Hashable {
    enum Choice: Sendable, Hashable {
        case wait
        case take(Int)
        case answer
        case transfer(Int)
        case consult(Int)
    }

    let kinds: Int
    let experts: Int

    init(_ configuration: ServiceConfiguration) {
        kinds = configuration.kindCount
        experts = configuration.experts
    }

    var count: Int { 2 + 2 * kinds + experts }
    var answer: Int { 1 + kinds }

    func take(_ queue: Int) -> Int { 1 + queue }
    func transfer(_ queue: Int) -> Int { 2 + kinds + queue }
    func consult(_ expert: Int) -> Int { 2 + 2 * kinds + expert }

    subscript(number: Int) -> Choice {
        if number <= 0 || number >= count { return .wait }
        if number <= kinds { return .take(number - 1) }
        if number == answer { return .answer }
        if number < consult(0) { return .transfer(number - transfer(0)) }
        return .consult(number - consult(0))
    }
}

extension ContactCentre {
    /// Carries out everybody's choice, then lets time pass until somebody has something to decide.
    ///
    /// - Parameter actions: `actions[expert][0]`, a number of ``ServiceChoices``; those of experts that do not decide are
    ///   ignored.
    /// - Returns: seconds that went by.
    @discardableResult
    public mutating func step(_ actions: Rows<Int32>) -> Double {
        reward = 0
        let start = now
        let choices = ServiceChoices(configuration)
        let occupiedBefore = occupied
        // Experts decide in the order in which they became free or got their contact: the longest idle first.
        var count = 0
        var freeBefore: UInt64 = 0
        var expert = firstDeciding
        while expert >= 0 {
            if experts[Int(expert)].activity == .free { freeBefore |= 1 << UInt64(expert) }
            if decides(Int(expert)) {
                deciders[count] = expert
                count += 1
            }
            expert = experts[Int(expert)].next
        }
        for index in 0..<count {
            let expert = Int(deciders[index])
            let choice = choices[Int(actions[first: expert])]
            switch experts[expert].activity {
            case .free: carryOut(expert, choice, occupiedBefore)
            case .holding: carryOutHolding(expert, choice, freeBefore)
            default: break  // Was asked for help by somebody who came first.
            }
        }
        if !somebodyDecides() { runToDecision() }
        return now - start
    }

    /// A free expert's choice. Who comes too late for the last contact of a queue may choose again at once.
    private mutating func carryOut(_ expert: Int, _ choice: ServiceChoices.Choice, _ occupiedBefore: UInt32) {
        if case .take(let queue) = choice, configuration.skills[expert] >> UInt32(queue) & 1 != 0 {
            if occupied >> UInt32(queue) & 1 != 0 {
                take(expert, from: queue)
                return
            }
            if occupiedBefore >> UInt32(queue) & 1 != 0 { return }
        }
        experts[expert].answeredMoment = moment
    }

    /// The choice of an expert with a contact. One that is not open to it counts as an answer or, without the skill, as a
    /// transfer to the right queue, or else as a consultation of the first colleague who can help; who asks a colleague that
    /// has just become busy may choose again at once.
    private mutating func carryOutHolding(_ expert: Int, _ choice: ServiceChoices.Choice, _ freeBefore: UInt64) {
        switch choice {
        case .answer where mayAnswer(expert): answer(expert)
        case .transfer(let queue) where mayTransfer(expert, to: queue): transfer(expert, to: queue)
        case .consult(let colleague) where mayConsult(expert, colleague): answer(expert, with: colleague)
        case .consult(let colleague)
        where freeBefore >> UInt64(colleague) & 1 != 0 && experts[colleague].activity != .free:
            break
        default: if mayAnswer(expert) { answer(expert) } else { transferToItsKind(expert) }
        }
    }

    private mutating func transferToItsKind(_ expert: Int) {
        let kind = Int(contacts[Int(experts[expert].contact)].kind)
        if mayTransfer(expert, to: kind) {
            transfer(expert, to: kind)
        } else if let colleague = experts.indices.first(where: { mayConsult(expert, $0) }) {
            answer(expert, with: colleague)
        }
    }

    // MARK: What is legal

    /// A contact whose kind is unknown may always be answered; one that is known by who has the skill, or if nothing else
    /// can be done.
    func mayAnswer(_ expert: Int) -> Bool {
        let contact = contacts[Int(experts[expert].contact)]
        let kind = Int(contact.kind)
        if !contact.isKnown || configuration.skills[expert] >> UInt32(kind) & 1 != 0 { return true }
        return !mayTransfer(expert, to: kind) && !experts.indices.contains { mayConsult(expert, $0) }
    }

    /// To a queue from which a colleague may take it; a contact that is known, to its own queue only.
    func mayTransfer(_ expert: Int, to queue: Int) -> Bool {
        let contact = contacts[Int(experts[expert].contact)]
        return configuration.allowsTransfers && configuration.skillsOfOthers[expert] >> UInt32(queue) & 1 != 0
            && (!contact.isKnown || Int(contact.kind) == queue)
    }

    /// A colleague who is free; with a contact that is known, one who has the skill.
    func mayConsult(_ expert: Int, _ colleague: Int) -> Bool {
        let contact = contacts[Int(experts[expert].contact)]
        return configuration.allowsConsulting && colleague != expert && experts[colleague].activity == .free
            && (!contact.isKnown || configuration.skills[colleague] >> UInt32(contact.kind) & 1 != 0)
    }

    func canOnlyAnswer(_ expert: Int) -> Bool {
        guard configuration.allowsTransfers || configuration.allowsConsulting else { return true }
        return !(0..<configuration.kindCount).contains { mayTransfer(expert, to: $0) }
            && !experts.indices.contains { mayConsult(expert, $0) }
    }

    /// Writes 1 for every choice that the expert has, 0 for the others. `row` has `ServiceChoices.count` elements.
    func writeLegalChoices(_ expert: Int, into row: UnsafeMutablePointer<UInt8>) {
        let choices = ServiceChoices(configuration)
        row.update(repeating: 0, count: choices.count)
        guard decides(expert) else {
            row[0] = 1
            return
        }
        if experts[expert].activity == .free {
            row[0] = 1
            let open = occupied & configuration.skills[expert]
            for queue in 0..<choices.kinds { row[choices.take(queue)] = UInt8(open >> UInt32(queue) & 1) }
            return
        }
        row[choices.answer] = mayAnswer(expert) ? 1 : 0
        for queue in 0..<choices.kinds { row[choices.transfer(queue)] = mayTransfer(expert, to: queue) ? 1 : 0 }
        for colleague in 0..<choices.experts { row[choices.consult(colleague)] = mayConsult(expert, colleague) ? 1 : 0 }
    }
}
