public import ArgusEnvAPI

/// The whole state as bytes, little-endian.
///
/// Version (1 byte, 1); the generator (8); the subjects asked about (8); the first subject; where each link leads, hop by
/// hop (1 byte each); for each source kind, object, status; for each measured subject, in chain order, the number of
/// readings (1) and their sum (4), and the same as last told; for each specialist its facts told (1); rounds played (1);
/// the answer (1), 255 for none. What was read and measured, and what the lead asked, follows from these.
extension ResearchGame {
    private static let version: UInt8 = 1
    private static let noAnswer: UInt8 = 255

    private var measuredHops: Range<Int> { configuration.hops - configuration.measured..<configuration.hops }

    public func serialise() -> [UInt8] {
        var bytes = [Self.version]
        Self.append(random.state, to: &bytes)
        Self.append(asked.bits, to: &bytes)
        bytes.append(problem.start)
        for hop in 0..<configuration.hops {
            for subject in 0..<configuration.candidates {
                bytes.append(UInt8(problem.link(hop: hop, subject: subject)))
            }
        }
        for source in configuration.catalogue.indices {
            bytes += [problem.kinds[source], problem.objects[source], statuses[source].rawValue]
        }
        for hop in measuredHops {
            for subject in 0..<configuration.candidates {
                let index = hop * ResearchConfiguration.mostCandidates + subject
                for kept in [series[index], toldSeries[index]] {
                    bytes.append(UInt8(truncatingIfNeeded: kept.count))
                    Self.append(UInt32(bitPattern: kept.sum), to: &bytes)
                }
            }
        }
        for agent in 1..<configuration.agents { bytes.append(UInt8(truncatingIfNeeded: messagesSent[agent])) }
        bytes.append(UInt8(truncatingIfNeeded: round))
        bytes.append(answer.map { UInt8($0) } ?? Self.noAnswer)
        return bytes
    }

    private static func append<Word: FixedWidthInteger>(_ word: Word, to bytes: inout [UInt8]) {
        withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Continues from what `serialise` of a game with the same configuration returned.
    ///
    /// - Throws: ``RulesError`` (snapshot), and leaves the game as it was, unless the rules can reach this state.
    public mutating func deserialise(_ bytes: [UInt8]) throws(RulesError) {
        var reader = SnapshotReader(bytes: bytes)
        guard try reader.byte() == Self.version else {
            throw RulesError(.snapshot, "found version \(bytes.first ?? 0), expected \(Self.version)")
        }
        var restored = ResearchGame(configuration: configuration)
        restored.random.state = try reader.word()
        restored.asked.bits = try reader.word()
        try restored.readProblem(&reader)
        try restored.readSeries(&reader)
        for agent in 1..<configuration.agents { restored.messagesSent[agent] = Int32(try reader.byte()) }
        restored.round = Int(try reader.byte())
        let answer = try reader.byte()
        restored.answer = answer == Self.noAnswer ? nil : Int(answer)
        try reader.end()
        try restored.checkProblem()
        try restored.countAndCheck()
        self = restored
    }

    private mutating func readProblem(_ reader: inout SnapshotReader) throws(RulesError) {
        problem.start = try reader.byte()
        for hop in 0..<configuration.hops {
            for subject in 0..<configuration.candidates {
                problem.links[hop * ResearchConfiguration.mostCandidates + subject] = try reader.byte()
            }
        }
        for source in configuration.catalogue.indices {
            problem.kinds[source] = try reader.byte()
            problem.objects[source] = try reader.byte()
            statuses[source] = SourceStatus(rawValue: try reader.byte())
        }
    }

    private mutating func readSeries(_ reader: inout SnapshotReader) throws(RulesError) {
        for hop in measuredHops {
            for subject in 0..<configuration.candidates {
                let index = hop * ResearchConfiguration.mostCandidates + subject
                series[index] = try Self.readSeries(&reader)
                toldSeries[index] = try Self.readSeries(&reader)
            }
        }
    }

    private static func readSeries(_ reader: inout SnapshotReader) throws(RulesError) -> ReadingSeries {
        let count = Int32(try reader.byte())
        return ReadingSeries(count: count, sum: Int32(bitPattern: try reader.word()))
    }

    // MARK: Checks

    private func require(_ isTrue: Bool, _ found: @autoclosure () -> String) throws(RulesError) {
        guard isTrue else {
            throw RulesError(.snapshot, "found \(found()), expected a state that the rules can reach")
        }
    }

    /// Links are one to one, and the sources are those that a reset draws for such links.
    private func checkProblem() throws(RulesError) {
        let candidates = configuration.candidates
        try require(Int(problem.start) < candidates, "first subject \(problem.start)")
        for hop in 0..<configuration.hops {
            let images = Set((0..<candidates).map { problem.link(hop: hop, subject: $0) })
            try require(images == Set(0..<candidates), "links of hop \(hop) that are not one to one")
            let weak = configuration.isDisputed(hop: hop) ? 1 : 0
            for subject in 0..<candidates {
                let sources = configuration.sources(hop: hop, subject: subject)
                let truth = problem.link(hop: hop, subject: subject)
                try require(
                    sources.count { problem.kinds[$0] == PaperKind.sound.rawValue } == 1
                        && sources.count { problem.kinds[$0] == PaperKind.weak.rawValue } == weak
                        && sources.allSatisfy { isPossible($0, truth) }, "sources on subject \(subject) of hop \(hop)")
            }
        }
    }

    private func isPossible(_ source: Int, _ truth: Int) -> Bool {
        let object = Int(problem.objects[source])
        guard object < configuration.candidates else { return false }
        return switch PaperKind(rawValue: problem.kinds[source]) {
        case .sound: object == truth
        case .weak: object != truth
        case .offTopic: true
        case nil: false
        }
    }

    /// Recomputes what the bytes do not hold, and checks all that was done against budgets and rounds.
    private mutating func countAndCheck() throws(RulesError) {
        try require(round <= configuration.rounds, "\(round) rounds")
        try require(answer.map { $0 < configuration.candidates } ?? true, "answer \(answer ?? 0)")
        var possible = LinkSet()
        for hop in 0..<configuration.hops {
            for subject in 0..<configuration.candidates { possible.insert(hop: hop, subject: subject) }
        }
        try require(asked.bits & ~possible.bits == 0, "questions about nothing")
        let questions = asked.bits.nonzeroBitCount
        citations = configuration.catalogue.indices.count { statuses[$0].contains(.cited) }
        try require(answer == nil || citations >= configuration.hops, "an answer with \(citations) citations")
        try require(questions <= configuration.questionBudget, "\(questions) questions")
        try require(questions + citations + (answer == nil ? 0 : 1) <= round, "more deeds of the lead than rounds")
        messagesSent[0] = Int32(questions)
        for agent in 1..<configuration.agents { try countAndCheck(agent) }
    }

    private mutating func countAndCheck(_ agent: Int) throws(RulesError) {
        var messages = (least: 0, most: 0)
        for source in configuration.ownSources(agent - 1) {
            let status = statuses[source]
            try require(status.rawValue < 8, "status \(status.rawValue) of source \(source)")
            try require(!status.contains(.told) || status.contains(.looked), "source \(source) told but not looked at")
            try require(
                !status.contains(.cited) || status.contains(.told) || !configuration.tells,
                "source \(source) cited but not told")
            if status.contains(.told) { messages.least += 1 }
            if isSeries(source) {
                try checkSeries(source)
                readingsTaken[agent] += series[seriesIndex(source)].count
                messages.most += Int(toldSeries[seriesIndex(source)].count)
            } else {
                if status.contains(.looked) { papersRead[agent] += 1 }
                if status.contains(.told) { messages.most += 1 }
            }
        }
        let sent = Int(messagesSent[agent])
        try require(
            papersRead[agent] <= configuration.readingBudget && readingsTaken[agent] <= configuration.measuringBudget
                && sent <= (configuration.tells ? configuration.messageBudget : 0), "agent \(agent) beyond its budgets")
        try require(
            sent >= messages.least && sent <= messages.most, "\(sent) messages of agent \(agent) for what it has told")
        try require(
            Int(papersRead[agent] + readingsTaken[agent]) + sent <= round, "more deeds of agent \(agent) than rounds")
    }

    private func checkSeries(_ source: Int) throws(RulesError) {
        let (all, told) = (series[seriesIndex(source)], toldSeries[seriesIndex(source)])
        let status = statuses[source]
        let later = (count: Int(all.count) - Int(told.count), sum: Int(all.sum) - Int(told.sum))
        try require(
            status.contains(.looked) == (all.count > 0) && status.contains(.told) == (told.count > 0)
                && isPossible(Int(told.count), Int(told.sum), source) && isPossible(later.count, later.sum, source),
            "readings of source \(source)")
    }

    /// Whether so many readings can have this sum.
    private func isPossible(_ count: Int, _ sum: Int, _ source: Int) -> Bool {
        guard (0...configuration.measuringBudget).contains(count) else { return false }
        let expected = count * configuration.nominalValue(Int(problem.objects[source]))
        return abs(sum - expected) <= count * configuration.largestError
    }
}

/// Takes bytes one after the other.
private struct SnapshotReader {
    private let bytes: [UInt8]
    private var next = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func byte() throws(RulesError) -> UInt8 {
        guard next < bytes.count else { throw RulesError(.snapshot, "found \(bytes.count) bytes, expected more") }
        next += 1
        return bytes[next - 1]
    }

    mutating func word<Word: FixedWidthInteger>() throws(RulesError) -> Word {
        var word: Word = 0
        for place in 0..<Word.bitWidth / 8 { word |= Word(truncatingIfNeeded: try byte()) << Word(8 * place) }
        return word
    }

    func end() throws(RulesError) {
        guard next == bytes.count else {
            throw RulesError(.snapshot, "found \(bytes.count) bytes, expected \(next)")
        }
    }
}
