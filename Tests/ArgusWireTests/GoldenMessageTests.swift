import ArgusWire
import Testing

@Suite struct GoldenMessageTests {
    @Test func headersReadAndWriteTheSameBytes() throws {
        let messages = try GoldenFiles.messages()
        #expect(messages.count > 50)
        for message in messages {
            let header = try checkedHeader(message.bytes)
            #expect(header.encoded() == message.bytes[0], "\(message.name)")
            let fields: [String: any BinaryInteger] = [
                "major": header.major, "minor": header.minor, "message": header.message.rawValue,
                "flags": header.flags.rawValue, "frames": header.frames, "session": header.session,
                "sequence": header.sequence, "specification": header.specification, "clock": header.clock,
                "instance": header.instance, "batch": header.batch, "status": header.status.rawValue,
                "deadline": header.deadline,
            ]
            #expect(fields.mapValues { "\($0)" } == message.header, "\(message.name)")
        }
    }

    @Test func everyKindOfMessageHasAGoldenOne() throws {
        let kinds = Set(try GoldenFiles.messages().map { try checkedHeader($0.bytes).message })
        #expect(kinds == Set(WireMessage.all))
    }

    @Test func repliesAnswerTheirRequests() throws {
        let messages = Dictionary(uniqueKeysWithValues: try GoldenFiles.messages().map { ($0.name, $0) })
        for (name, message) in messages where name.hasSuffix("-reply") {
            let request = try checkedHeader(try #require(messages[String(name.dropLast(6))]).bytes)
            let reply = try checkedHeader(message.bytes)
            #expect(request.message.isRequest && MessageCheck.isReply(reply, to: request))
            try MessageCheck.reply(reply, to: request)
            var late = reply
            late.sequence -= 1
            #expect(!MessageCheck.isReply(late, to: request))
        }
    }

    @Test func metasReadAndWriteTheSameBytes() throws {
        for message in try GoldenFiles.messages() {
            let parts = message.bytes
            #expect(try reencodedMeta(checkedHeader(parts), parts[1]) == parts[1], "\(message.name)")
        }
    }

    @Test func framesHaveTheNamesTypesShapesAndElementsOfTheLayout() throws {
        for message in try GoldenFiles.messages() {
            let parts = message.bytes
            let layouts = try ExpectedFrames(message, checkedHeader(parts)).check(parts[2...])
            #expect(layouts.count == message.frames.count, "\(message.name)")
            for (layout, (frame, bytes)) in zip(layouts, zip(message.frames, parts[2...])) {
                #expect(layout.name == frame.name, "\(message.name)")
                guard let type = frame.type, let values = frame.values else {
                    #expect(layout.isOpen && frame.hex.map(bytesOf(hex:)) == bytes, "\(message.name) \(frame.name)")
                    continue
                }
                #expect(layout.type.rawValue == type, "\(message.name) \(frame.name)")
                #expect(layout.shape == frame.shape || bytes.isEmpty, "\(message.name) \(frame.name)")
                #expect(layout.byteCount == bytes.count || layout.mayBeEmpty, "\(message.name) \(frame.name)")
                // Any NaN is as good as another.
                let isNumeric = values.allSatisfy { !$0.double.isNaN }
                #expect(!isNumeric || values.flatMap { $0.bytes(type) ?? [] } == bytes, "\(message.name) \(frame.name)")
            }
        }
    }

    @Test func textsReadAndWriteTheSameBytes() throws {
        var found = 0
        for message in try GoldenFiles.messages() {
            let parts = message.bytes
            for (index, frame) in message.frames.enumerated() {
                guard let texts = frame.texts else { continue }
                found += 1
                let (offsets, utf8) = (parts[1 + index], parts[2 + index])
                #expect(try decodedTexts(offsets, utf8, count: texts.count) == texts)
                let encoded = try WireTexts(texts)
                #expect(encoded.offsetBytes() == offsets && encoded.utf8 == utf8)
            }
        }
        #expect(found > 5)
    }

    @Test func mistakesAreRefusedWithTheirCode() throws {
        struct Mistake: Decodable {
            var why: String
            var code: String
            var parts: [String]
        }
        for mistake in try GoldenFiles.decoded("refused-messages.json", as: [Mistake].self) {
            let error = #expect(throws: WireError.self, "\(mistake.why)") {
                try checkedHeader(mistake.parts.map(bytesOf(hex:)))
            }
            #expect(error?.code.rawValue == mistake.code, "\(mistake.why)")
        }
    }
}
