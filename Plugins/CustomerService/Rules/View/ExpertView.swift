/// What an expert sees, read back from its observation row.
///
/// Rows may come from anywhere, so whatever they say is brought into range.
struct ExpertView {
    /// What the scores of one contact say.
    struct Words {
        let wording: IntentScores.Wording
        let first: Int
        let second: Int
        /// The scores in thousandths as one number, which chooses among ways to say the same.
        let hash: UInt64
    }

    let layout: ServiceLayout
    private let row: UnsafeBufferPointer<Float>

    init(_ layout: ServiceLayout, _ row: UnsafeBufferPointer<Float>) {
        self.layout = layout
        self.row = row
    }

    var isFree: Bool { row[layout.free] > 0.5 }
    var isHolding: Bool { row[layout.holding] > 0.5 }
    var held: Words { words(layout.held) }

    func length(_ queue: Int) -> Int { whole(row[layout.length(queue)], ServiceLayout.longestQueue) }
    /// In parts of the time unit.
    func wait(_ queue: Int) -> Int {
        whole(row[layout.wait(queue)], ServiceLayout.longestWait * ServiceLayout.waitParts)
    }
    func head(_ queue: Int) -> Words { words(layout.scores(queue)) }
    func isAvailable(_ expert: Int) -> Bool { row[layout.available(expert)] > 0.5 }
    /// Parts of the day gone by; nil where the time is not shown.
    var dayPart: Int? { layout.showsTime ? whole(row[layout.time], ServiceLayout.dayParts) : nil }

    private func whole(_ share: Float, _ count: Int) -> Int {
        share > 0 ? Int((min(share, 1) * Float(count)).rounded()) : 0
    }

    private func words(_ offset: Int) -> Words {
        var (first, second) = (0, layout.kinds > 1 ? 1 : 0)
        var (highest, next) = (-1, -1)
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for kind in 0..<layout.kinds {
            let score = whole(row[offset + kind], Int(IntentScores.unit))
            hash = (hash ^ UInt64(score)) &* 0x0000_0100_0000_01B3
            if score > highest {
                (second, next) = (first, highest)
                (first, highest) = (kind, score)
            } else if score > next {
                (second, next) = (kind, score)
            }
        }
        return Words(wording: IntentScores.wording(highest: highest), first: first, second: second, hash: hash)
    }

    /// How likely a contact is of each kind, to go by its words.
    func likelihood(_ words: Words, of kind: Int, _ configuration: ServiceConfiguration) -> Double {
        if layout.kinds == 1 || words.wording == .known { return kind == words.first ? 1 : 0 }
        let chance =
            words.wording == .clear ? 1 - configuration.classifierError : words.wording.chanceOfFirst
        if words.wording == .clear {
            return kind == words.first ? chance : (1 - chance) / Double(layout.kinds - 1)
        }
        return kind == words.first ? chance : kind == words.second ? 1 - chance : 0
    }
}
