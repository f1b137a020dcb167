/// The texts of one copy's episode.
struct CopyTexts {
    /// A text on its way.
    struct Letter {
        var sender: Int
        /// The step of sending.
        var step: Int
        /// Which text of its sender in that step, from 1.
        var number: Int
        var text: String
    }

    /// Handed in since the last step.
    private(set) var handedIn: [Letter] = []
    private(set) var flight: [Letter] = []
    /// [receiver]: what has arrived.
    private(set) var inbox: [[ReceivedText]]
    /// What agents handed in before the last step, and those that were dropped then.
    private(set) var last: [SentMessage] = []
    private var next: [SentMessage] = []

    init(agents: Int) { inbox = Array(repeating: [], count: agents) }

    init(handedIn: [Letter], flight: [Letter], inbox: [[ReceivedText]]) {
        self.handedIn = handedIn
        self.flight = flight
        self.inbox = inbox
    }

    /// A new episode; what was sent in the last step stays to be shown.
    mutating func begin() {
        handedIn = []
        flight = []
        next = []
        for agent in inbox.indices { inbox[agent] = [] }
    }

    mutating func handIn(_ letter: Letter) { handedIn.append(letter) }

    mutating func note(_ message: SentMessage) { next.append(message) }

    /// The receiver has decided with its texts in view.
    mutating func forget(_ receiver: Int) { inbox[receiver] = [] }

    /// What was handed in goes on its way.
    mutating func send() {
        flight += handedIn
        handedIn = []
        last = next
        next = []
    }

    /// Takes out what was sent in or before `step`, in the order of sending.
    mutating func arriving(sentAt step: Int) -> [Letter] {
        let due = flight.filter { $0.step <= step }
        if !due.isEmpty { flight.removeAll { $0.step <= step } }
        return due
    }

    mutating func receive(_ text: ReceivedText, _ receiver: Int) { inbox[receiver].append(text) }

    /// True when nothing is on its way, has arrived, or waits to be shown.
    var isEmpty: Bool {
        handedIn.isEmpty && flight.isEmpty && last.isEmpty && next.isEmpty && inbox.allSatisfy(\.isEmpty)
    }
}
