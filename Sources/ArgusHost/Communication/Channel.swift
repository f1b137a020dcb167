import ArgusEnvAPI
import CArgusEnv

/// The messages between the agents of one instance's copies.
///
/// In a step, the symbols that acting agents chose (and the texts that they handed in before) are sent, the environment
/// steps, and what was sent `delay` steps ago, this one included, arrives. What has arrived stays with its receiver until
/// it has decided once with it in view: one step, where everybody acts at every step.
///
/// Chance (loss, and the content of shuffled messages) is a function of the episode's seed, the step of sending, the
/// sender and the receiver, so that copies and threads do not change it. Shuffled: a symbol arrives as one that is drawn
/// uniformly, and a text with each of its letters and digits drawn anew; so messages come when and from whom they would
/// have come, and tell nothing else.
///
/// A step allocates nothing, takes no lock and touches no text unless texts are sent.
final class Channel {
    let layout: ChannelLayout
    let copies: Int
    let agents: Int
    let symbols: Int
    let delay: Int
    private let slots: Int
    private let loss: Float
    let isShuffled: Bool
    private let perStep: Int32
    private let perEpisode: Int32
    // Of the environment's own rows, after which the channel's part stands, and of that part.
    private let ownHeads: Int
    private let ownObservationSize: Int
    private let ownLegalSize: Int
    private let ownStateSize: Int
    private let width: Int
    private let kinds = Count.allCases.count
    /// [receiver, slot]: sender, or -1.
    private let slotSenders: AlignedBuffer<Int32>
    /// [sender]: 1 when somebody hears it.
    private let isHeard: AlignedBuffer<UInt8>

    /// [copy]: what chance is drawn from.
    let seeds: AlignedBuffer<UInt64>
    /// [copy]: steps made in the episode.
    let steps: AlignedBuffer<Int>
    /// [copy, step of sending modulo delay, sender]: symbols on their way; 0: none.
    let flight: AlignedBuffer<UInt8>
    /// [copy, receiver, slot]: symbols that have arrived; 0: none.
    let inbox: AlignedBuffer<UInt8>
    /// [copy, agent]: messages sent in the episode.
    let sent: AlignedBuffer<Int32>
    /// [copy, agent]: messages sent since the last step.
    let sentNow: AlignedBuffer<Int32>
    /// [copy, count]: see ``Count``.
    let counts: AlignedBuffer<Int>
    /// [copy, agent]: symbols that were chosen in the last step, and why they were dropped, if they were.
    let lastSymbols: AlignedBuffer<UInt8>
    let lastDropped: AlignedBuffer<DropReason?>
    /// [copy]: empty without texts.
    var texts: [CopyTexts]
    /// [copy]: 1 when `texts` holds anything.
    let hasTexts: AlignedBuffer<UInt8>

    private var action = argus_buffer()
    private var observation = argus_buffer()
    private var legal = argus_buffer()
    private var acting = argus_buffer()
    private var state = argus_buffer()

    /// The metrics, in the order of ``ChannelLayout/metrics``.
    enum Count: Int, CaseIterable {
        case messages
        case characters
        case dropped
        case lost
    }

    init(_ layout: ChannelLayout, copies: Int) {
        let communication = layout.communication
        let agents = layout.own.agents.count
        self.layout = layout
        self.copies = copies
        self.agents = agents
        symbols = communication.symbols
        delay = communication.delay
        slots = layout.slots
        loss = Float(communication.loss)
        isShuffled = communication.shuffle
        perStep = communication.perStep.map(Int32.init) ?? .max
        perEpisode = communication.perEpisode.map(Int32.init) ?? .max
        ownHeads = layout.own.actions.rowSize
        ownObservationSize = layout.own.observationSize
        ownLegalSize = layout.own.legalSize
        ownStateSize = layout.own.state?.size ?? 0
        width = layout.width
        slotSenders = AlignedBuffer(count: agents * slots, zero: -1)
        isHeard = AlignedBuffer(count: agents, zero: 0)
        let rows = copies * agents
        seeds = AlignedBuffer(count: copies, zero: 0)
        steps = AlignedBuffer(count: copies, zero: 0)
        flight = AlignedBuffer(count: symbols > 0 ? rows * delay : 0, zero: 0)
        inbox = AlignedBuffer(count: symbols > 0 ? rows * slots : 0, zero: 0)
        sent = AlignedBuffer(count: rows, zero: 0)
        sentNow = AlignedBuffer(count: rows, zero: 0)
        counts = AlignedBuffer(count: copies * kinds, zero: 0)
        lastSymbols = AlignedBuffer(count: rows, zero: 0)
        lastDropped = AlignedBuffer(count: rows, zero: nil)
        texts = communication.characters > 0 ? Array(repeating: CopyTexts(agents: agents), count: copies) : []
        hasTexts = AlignedBuffer(count: copies, zero: 0)
        for agent in 0..<agents {
            isHeard[agent] = layout.receivers[agent].isEmpty ? 0 : 1
            for (slot, sender) in layout.senders[agent].enumerated() {
                slotSenders[agent * slots + slot] = Int32(sender)
            }
        }
    }

    /// Where rows are from now on.
    func bind(_ buffers: argus_buffers) {
        withUnsafeBytes(of: buffers.tensor) { bytes in
            let tensors = bytes.bindMemory(to: argus_buffer.self)
            action = tensors[Int(ARGUS_ACTION)]
            observation = tensors[Int(ARGUS_OBSERVATION)]
            legal = tensors[Int(ARGUS_LEGAL)]
            acting = tensors[Int(ARGUS_ACTING)]
            state = tensors[Int(ARGUS_STATE)]
        }
    }

    // MARK: Episodes

    /// After the environment's reset: nothing is on its way, and budgets are whole.
    func reset(_ mask: UnsafePointer<UInt8>?, _ newSeeds: UnsafePointer<UInt64>) {
        for copy in 0..<copies where mask?[copy] != 0 {
            seeds.pointer[copy] = newSeeds[copy]
            steps.pointer[copy] = 0
            let row = copy * agents
            if symbols > 0 {
                (flight.pointer + row * delay).update(repeating: 0, count: agents * delay)
                (inbox.pointer + row * slots).update(repeating: 0, count: agents * slots)
            }
            (sent.pointer + row).update(repeating: 0, count: agents)
            (sentNow.pointer + row).update(repeating: 0, count: agents)
            (counts.pointer + copy * kinds).update(repeating: 0, count: kinds)
            // What was sent in the last step stays to be shown.
            if hasTexts.pointer[copy] != 0 { texts[copy].begin() }
            writeRows(copy)
        }
    }

    /// Before the environment's step: sends what acting agents have chosen to say.
    func send(_ mask: UnsafePointer<UInt8>?) {
        for copy in 0..<copies where mask?[copy] != 0 {
            let first = copy * agents
            let now = flight.pointer + (first * delay + steps.pointer[copy] % delay * agents)
            for agent in 0..<agents {
                let row = first + agent
                let isActing = self.isActing(copy, agent)
                if symbols > 0 {
                    let choice = isActing ? chosenSymbol(copy, agent) : 0
                    let reason = choice > 0 ? dropReason(row) : nil
                    now[agent] = reason == nil ? choice : 0
                    lastSymbols.pointer[row] = choice
                    lastDropped.pointer[row] = reason
                    if reason != nil { add(1, to: .dropped, copy) } else if choice > 0 { spend(row, copy) }
                    // The receiver has decided with these in view.
                    if isActing { (inbox.pointer + row * slots).update(repeating: 0, count: slots) }
                }
                if isActing && hasTexts.pointer[copy] != 0 { texts[copy].forget(agent) }
                sentNow.pointer[row] = 0
            }
            if hasTexts.pointer[copy] != 0 { texts[copy].send() }
            steps.pointer[copy] += 1
        }
    }

    /// After the environment's step: hands out what arrives now.
    func deliver(_ mask: UnsafePointer<UInt8>?) {
        for copy in 0..<copies where mask?[copy] != 0 {
            let step = steps.pointer[copy] - delay
            if symbols > 0 && step >= 0 { deliverSymbols(copy, sentAt: step) }
            if hasTexts.pointer[copy] != 0 { deliverTexts(copy, sentAt: step) }
            writeRows(copy)
        }
    }

    private func deliverSymbols(_ copy: Int, sentAt step: Int) {
        let first = copy * agents
        let arriving = flight.pointer + (first * delay + step % delay * agents)
        for receiver in 0..<agents {
            let senders = slotSenders.pointer + receiver * slots
            let slot = inbox.pointer + (first + receiver) * slots
            for index in 0..<slots where senders[index] >= 0 {
                let sender = Int(senders[index])
                let symbol = arriving[sender]
                guard symbol > 0 else { continue }
                if isLost(copy, step, sender, receiver, message: 0) {
                    add(1, to: .lost, copy)
                } else {
                    slot[index] = isShuffled ? anySymbol(copy, step, sender, receiver) : symbol
                }
            }
        }
    }

    // MARK: Budgets and counts

    /// Takes one message off the budgets of the agent of a row.
    @inline(__always)
    func spend(_ row: Int, _ copy: Int) {
        sent.pointer[row] += 1
        sentNow.pointer[row] += 1
        add(1, to: .messages, copy)
    }

    /// Why the agent of a row can send nothing now.
    @inline(__always)
    func dropReason(_ row: Int) -> DropReason? {
        if isHeard.pointer[row % agents] == 0 { return .noReceiver }
        if sent.pointer[row] >= perEpisode { return .episodeBudget }
        if sentNow.pointer[row] >= perStep { return .stepBudget }
        return nil
    }

    /// Messages that the agent of a row may still send in the episode; meaningful where that is limited.
    func left(_ row: Int) -> Int { Int(perEpisode - sent.pointer[row]) }

    @inline(__always)
    func add(_ count: Int, to what: Count, _ copy: Int) {
        counts.pointer[copy * kinds + what.rawValue] += count
    }

    /// Writes the metrics of an episode up to now.
    func writeMetrics(copy: Int, into values: UnsafeMutablePointer<Double>) {
        for count in Count.allCases {
            values[count.rawValue] = Double(counts.pointer[copy * kinds + count.rawValue])
        }
    }

    // MARK: Chance

    /// Randomness of what happens to a message on its way to one receiver.
    @inline(__always)
    func chance(
        _ purpose: CounterRandom.Purpose, _ copy: Int, _ step: Int, _ sender: Int, _ receiver: Int
    ) -> CounterRandom {
        CounterRandom(run: seeds.pointer[copy], purpose: purpose)
            .keyed(UInt64(step)).keyed(UInt64(sender)).keyed(UInt64(receiver))
    }

    /// - Parameter message: 0 for the symbol of a step, n for its n-th text.
    @inline(__always)
    func isLost(_ copy: Int, _ step: Int, _ sender: Int, _ receiver: Int, message: Int) -> Bool {
        loss > 0 && chance(.messageLoss, copy, step, sender, receiver).uniform(UInt64(message)) < loss
    }

    private func anySymbol(_ copy: Int, _ step: Int, _ sender: Int, _ receiver: Int) -> UInt8 {
        let bits = chance(.messageContent, copy, step, sender, receiver).bits(0)
        return UInt8(1 + bits.multipliedFullWidth(by: UInt64(symbols)).high)
    }

    // MARK: Rows

    @inline(__always)
    private func at(_ buffer: argus_buffer, _ copy: Int, _ agent: Int) -> UnsafeMutableRawPointer? {
        buffer.base.map { $0 + copy * Int(buffer.copy_stride) + agent * Int(buffer.row_stride) }
    }

    @inline(__always)
    func isActing(_ copy: Int, _ agent: Int) -> Bool {
        at(acting, copy, agent).map { $0.load(as: UInt8.self) != 0 } ?? false
    }

    @inline(__always)
    private func chosenSymbol(_ copy: Int, _ agent: Int) -> UInt8 {
        guard let row = at(action, copy, agent) else { return 0 }
        return UInt8(truncatingIfNeeded: row.load(fromByteOffset: ownHeads * 4, as: Int32.self))
    }

    /// Sets the channel's head of an action row that an environment's scripted policy has written: it knows of no channel.
    func silence(_ action: UnsafeMutableRawPointer) {
        if symbols > 0 { action.storeBytes(of: 0, toByteOffset: ownHeads * 4, as: Int32.self) }
    }

    /// Writes the channel's part of a copy's rows.
    func writeRows(_ copy: Int) {
        guard symbols > 0 else { return }
        for agent in 0..<agents {
            let row = copy * agents + agent
            if let base = at(observation, copy, agent) {
                let part = (base + ownObservationSize * 4).assumingMemoryBound(to: Float.self)
                writePart(row, part)
                if let state = at(state, copy, 0) {
                    (state + (ownStateSize + agent * width) * 4).assumingMemoryBound(to: Float.self)
                        .update(from: part, count: width)
                }
            }
            if let base = at(legal, copy, agent) {
                let choices = (base + ownLegalSize).assumingMemoryBound(to: UInt8.self)
                let maySend = isActing(copy, agent) && dropReason(row) == nil
                choices[0] = 1
                (choices + 1).update(repeating: maySend ? 1 : 0, count: symbols)
            }
        }
    }

    @inline(__always)
    private func writePart(_ row: Int, _ part: UnsafeMutablePointer<Float>) {
        part.update(repeating: 0, count: width)
        var first = part
        if perEpisode != .max {
            first[0] = Float(left(row))
            first += 1
        }
        let arrived = inbox.pointer + row * slots
        for slot in 0..<slots where arrived[slot] > 0 { first[slot * symbols + Int(arrived[slot]) - 1] = 1 }
    }
}
