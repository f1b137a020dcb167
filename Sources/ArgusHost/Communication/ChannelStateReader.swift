/// Reads a ``ChannelState`` and refuses whatever no channel would have written.
struct ChannelStateReader {
    private let bytes: [UInt8]
    private let place: String
    private var offset = 0
    private var end = 0

    init(_ bytes: [UInt8], place: String) {
        self.bytes = bytes
        self.place = place
    }

    /// What follows the channel's part: the environment's.
    var rest: ArraySlice<UInt8> { bytes[end...] }

    mutating func read(for channel: Channel) throws(ArgusError) -> ChannelState {
        end = bytes.count
        let size = try word(8)
        guard size <= UInt64(bytes.count - offset) else { throw refused("a part of \(size) bytes", "fewer") }
        end = offset + Int(size)
        var header: [UInt32] = []
        for _ in 0..<4 { header.append(UInt32(try word(4))) }
        let own = ChannelState.header(channel)
        guard header == own else {
            throw refused(
                "a channel with delay, agents, symbols and slots \(header)", "\(own): the same communication")
        }
        let symbols = channel.symbols > 0 ? channel.agents : 0
        let step = try count(8, ...(.max / 2))
        let seed = try word(8)
        var state = ChannelState(
            header: header, step: step, seed: seed, flight: [], inbox: [], sent: [], sentNow: [], counts: [],
            texts: nil)
        for _ in 0..<symbols * channel.delay { state.flight.append(UInt8(try count(1, ...channel.symbols))) }
        for _ in 0..<symbols * channel.layout.slots { state.inbox.append(UInt8(try count(1, ...channel.symbols))) }
        for _ in 0..<channel.agents { state.sent.append(Int32(try count(4, ...Int(Int32.max / 2)))) }
        for _ in 0..<channel.agents { state.sentNow.append(Int32(try count(4, ...Int(Int32.max / 2)))) }
        for _ in Channel.Count.allCases { state.counts.append(try count(8, ...(.max / 2))) }
        if let limit = channel.layout.communication.perEpisode, let most = state.sent.max(), most > limit {
            throw refused("\(most) messages sent", "at most \(limit)")
        }
        guard try count(1, ...1) == (channel.texts.isEmpty ? 0 : 1) else {
            throw refused("a channel \(channel.texts.isEmpty ? "with" : "without") texts", "the same communication")
        }
        if !channel.texts.isEmpty {
            let handedIn = try letters(channel)
            let flight = try letters(channel)
            var inbox: [[ReceivedText]] = []
            for _ in 0..<channel.agents {
                inbox.append(
                    try letters(channel).map { ReceivedText(sender: $0.sender, step: $0.step, text: $0.text) })
            }
            state.texts = CopyTexts(handedIn: handedIn, flight: flight, inbox: inbox)
        }
        guard offset == end else { throw refused("\(end - offset) bytes too many", "none") }
        return state
    }

    private mutating func letters(_ channel: Channel) throws(ArgusError) -> [CopyTexts.Letter] {
        var letters: [CopyTexts.Letter] = []
        // Each letter has more than 20 bytes, so that a count beyond that is a lie that must reserve no memory.
        for _ in 0..<(try count(4, ...((end - offset) / 20))) {
            let sender = try count(4, ...(channel.agents - 1))
            let step = try count(8, ...(.max / 2))
            let number = try count(4, ...Int(Int32.max))
            let size = try count(4, ...(end - offset))
            guard size <= end - offset, let text = String(validating: bytes[offset..<offset + size], as: UTF8.self)
            else { throw refused("a text that is not UTF-8", "UTF-8") }
            offset += size
            letters.append(CopyTexts.Letter(sender: sender, step: step, number: number, text: text))
        }
        return letters
    }

    private mutating func count(_ size: Int, _ range: PartialRangeThrough<Int>) throws(ArgusError) -> Int {
        let value = try word(size)
        guard value <= UInt64(max(0, range.upperBound)) else {
            throw refused("\(value)", "0 to \(range.upperBound)")
        }
        return Int(value)
    }

    private mutating func word(_ size: Int) throws(ArgusError) -> UInt64 {
        guard end - offset >= size else { throw refused("\(bytes.count) bytes", "more") }
        defer { offset += size }
        return bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func refused(_ found: String, _ expected: String) -> ArgusError {
        ArgusError(.checkpoint, "not a channel's state", at: place, found: found, expected: expected)
    }
}
