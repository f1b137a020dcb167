/// What one copy's snapshot keeps of its channel: messages on their way, inboxes, budgets and counts.
///
/// Layout, little-endian: u64 size of what follows, u32 delay, u32 agents, u32 symbols, u32 slots, i64 step, u64 seed of
/// chance, u8 flight [delay, agent], u8 inbox [agent, slot], u32 sent [agent], u32 sent now [agent], i64 counts [4], u8
/// whether there are texts; then lists of texts: handed in, on their way, and the inbox of each agent. A list is u32 count
/// and for each text u32 sender, i64 step, u32 number, u32 bytes, UTF-8.
struct ChannelState {
    var step: Int
    var seed: UInt64
    var flight: [UInt8]
    var inbox: [UInt8]
    var sent: [Int32]
    var sentNow: [Int32]
    var counts: [Int]
    var texts: CopyTexts?
    private let header: [UInt32]

    init(_ channel: Channel, copy: Int) {
        let row = copy * channel.agents
        func part<Element>(_ buffer: AlignedBuffer<Element>, _ count: Int) -> [Element] {
            Array(buffer.elements[copy * count..<(copy + 1) * count])
        }
        header = ChannelState.header(channel)
        step = channel.steps[copy]
        seed = channel.seeds[copy]
        flight = channel.symbols > 0 ? part(channel.flight, channel.agents * channel.delay) : []
        inbox = channel.symbols > 0 ? part(channel.inbox, channel.agents * channel.layout.slots) : []
        sent = Array(channel.sent.elements[row..<row + channel.agents])
        sentNow = Array(channel.sentNow.elements[row..<row + channel.agents])
        counts = part(channel.counts, Channel.Count.allCases.count)
        texts = channel.texts.isEmpty ? nil : channel.texts[copy]
    }

    init(
        header: [UInt32], step: Int, seed: UInt64, flight: [UInt8], inbox: [UInt8], sent: [Int32], sentNow: [Int32],
        counts: [Int], texts: CopyTexts?
    ) {
        self.header = header
        self.step = step
        self.seed = seed
        self.flight = flight
        self.inbox = inbox
        self.sent = sent
        self.sentNow = sentNow
        self.counts = counts
        self.texts = texts
    }

    /// What must agree between the saved copy's channel and the restored one's.
    static func header(_ channel: Channel) -> [UInt32] {
        [channel.delay, channel.agents, channel.symbols, channel.layout.slots].map { UInt32($0) }
    }

    func encoded() -> [UInt8] {
        var body: [UInt8] = []
        for number in header { body.append(number) }
        body.append(Int64(step))
        body.append(seed)
        body += flight
        body += inbox
        for count in sent + sentNow { body.append(UInt32(bitPattern: count)) }
        for count in counts { body.append(Int64(count)) }
        body.append(UInt8(texts == nil ? 0 : 1))
        if let texts {
            body.append(texts.handedIn)
            body.append(texts.flight)
            for received in texts.inbox {
                body.append(
                    received.map { CopyTexts.Letter(sender: $0.sender, step: $0.step, number: 0, text: $0.text) })
            }
        }
        var bytes: [UInt8] = []
        bytes.append(UInt64(body.count))
        return bytes + body
    }

    /// Puts a copy's channel where the saved one was, and writes its rows.
    ///
    /// - Parameter chanceSeed: of the future; nil: as it was.
    func restore(_ channel: Channel, copy: Int, chanceSeed: UInt64?) {
        func put<Element>(_ elements: [Element], _ buffer: AlignedBuffer<Element>) {
            for (index, element) in elements.enumerated() { buffer[copy * elements.count + index] = element }
        }
        channel.steps[copy] = step
        channel.seeds[copy] = chanceSeed ?? seed
        put(flight, channel.flight)
        put(inbox, channel.inbox)
        put(sent, channel.sent)
        put(sentNow, channel.sentNow)
        put(counts, channel.counts)
        put(Array(repeating: 0, count: channel.agents), channel.lastSymbols)
        if let texts {
            channel.texts[copy] = texts
            channel.hasTexts[copy] = texts.isEmpty ? 0 : 1
        }
        channel.writeRows(copy)
    }
}

extension [UInt8] {
    fileprivate mutating func append(_ value: some FixedWidthInteger) {
        Swift.withUnsafeBytes(of: value.littleEndian) { append(contentsOf: $0) }
    }

    fileprivate mutating func append(_ letters: [CopyTexts.Letter]) {
        append(UInt32(letters.count))
        for letter in letters {
            append(UInt32(letter.sender))
            append(Int64(letter.step))
            append(UInt32(letter.number))
            append(UInt32(letter.text.utf8.count))
            append(contentsOf: letter.text.utf8)
        }
    }
}
