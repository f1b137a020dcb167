import ArgusWire
import Testing

/// Errors say what is wrong, so that a peer's author can mend it.
@Suite struct WireErrorTests {
    @Test func aWrongFrameIsNamedWithFoundSizeAndExpectedShape() throws {
        let rows = RowFrames(try GoldenFiles.specification("warehouse").specification, batch: 2)
        var sizes = rows.frames.map(\.byteCount)
        try rows.check(sizes: sizes)
        #expect(rows.legal == 1 && rows.state == nil && rows.index(of: .elapsed) == 6)
        sizes[0] = 4
        var error = #expect(throws: WireError.self) { try rows.check(sizes: sizes) }
        #expect(error?.message == "frame 'observation' has 4 bytes, expected 1136: f32 [2 copies, 2 agents, 71]")
        error = #expect(throws: WireError.self) { try rows.check(sizes: sizes.dropLast()) }
        #expect(error?.message.contains("has 6 frames, expected 7: observation, legal, acting") == true)
    }

    @Test func aWrongKeyIsNamedWithItsPlace() {
        var error = #expect(throws: WireError.self) {
            _ = try CreateRequest(bytes: Array(#"{"environment":"x","copies":"two"}"#.utf8))
        }
        #expect(
            error?.message == "key 'copies' of meta of CREATE: found 'two', expected an integer from 0 to 4294967295")
        error = #expect(throws: WireError.self) {
            let json = """
                {"environments":[{"id":"a","version":"1","parameters":[{"name":"x","kind":"string","default":""},
                {"name":"y","kind":"integer","default":1,"minimum":"1"}]}]}
                """
            _ = try DescribeReply(bytes: Array(json.utf8))
        }
        #expect(error?.message.contains("key 'minimum' of") == true)
        #expect(error?.message.contains("environments[0], parameters[1]") == true)
    }

    @Test func finalRowsMustFitTheBatch() throws {
        let wire = try GoldenFiles.specification("heterogeneous")
        let reply = StepReply(wire.specification, batch: 3, metrics: wire.metrics.count)
        let rows = reply.rows.frames.map(\.byteCount)
        #expect(try reply.check(sizes: rows) == 0)
        for copies in 1...3 {
            let sizes = rows + reply.finals.frames(copies: copies).map(\.byteCount)
            #expect(try reply.check(sizes: sizes) == copies)
            var wrong = sizes
            wrong[sizes.count - 1] += 8
            let error = #expect(throws: WireError.self) { try reply.check(sizes: wrong) }
            #expect(error?.message.contains("frame 'final metrics'") == true)
        }
        let tooMany = rows + reply.finals.frames(copies: 4).map(\.byteCount)
        #expect(throws: WireError.self) { try reply.check(sizes: tooMany) }
        #expect(throws: WireError.self) { try reply.check(sizes: rows + [0]) }
        for copies in [[2, 0], [1, 1], [0, 3]] as [[UInt32]] {
            #expect(throws: WireError.self) {
                try copies.withUnsafeBytes { try reply.finals.check(copies: $0, batch: 3) }
            }
        }
    }

    @Test func plansNeedKnownBitsAndSeeds() throws {
        let frames = StepFrames(try GoldenFiles.specification("warehouse").specification, batch: 2)
        func check(_ plan: [UInt8], _ seedBytes: Int) throws {
            try plan.withUnsafeBytes { try frames.check(plan: $0, seedBytes: seedBytes) }
        }
        try check([1, 3], 0)
        try check([5, 7], 16)
        #expect(throws: WireError.self) { try check([1, 5], 0) }
        #expect(throws: WireError.self) { try check([8, 0], 16) }
    }

    @Test func textsWithLyingOffsetsAreRefused() throws {
        let texts = try WireTexts(["aé", "", "b"])
        let lies: [(Int, UInt32)] = [(0, 1), (1, 5), (1, 2), (2, 0), (3, 3), (3, 5), (2, .max)]
        for (index, value) in lies {
            var offsets = texts.offsets
            offsets[index] = value
            let bytes = offsets.flatMap { offset in withUnsafeBytes(of: offset.littleEndian) { [UInt8]($0) } }
            #expect(throws: WireError.self) { try decodedTexts(bytes, texts.utf8, count: 3) }
        }
        for count in [0, 2, 4, Int.max, -1] {
            #expect(throws: WireError.self) { try decodedTexts(texts.offsetBytes(), texts.utf8, count: count) }
        }
    }

    @Test func twoSidesAgreeOnTheSmallerLimitsAndOneOfThemDrives() throws {
        let driver = PeerIdentity(
            role: .driver, name: "argus", version: "1", limits: WireLimits(frame: 100, instances: 9))
        let peer = PeerIdentity(
            role: .environment, name: "p", version: "1", limits: WireLimits(frame: 200, instances: 2))
        let welcome = try Hello(peer, majors: [3, 1]).welcome(by: driver)
        try welcome.check(for: peer)
        #expect(driver.limits.agreed(with: peer.limits) == WireLimits(frame: 100, instances: 2))
        var error = #expect(throws: WireError.self) { try Hello(peer, majors: [2]).welcome(by: driver) }
        #expect(error?.code == .version)
        error = #expect(throws: WireError.self) { try Hello(peer).welcome(by: peer) }
        #expect(error?.code == .role)
        error = #expect(throws: WireError.self) { try Hello(driver).welcome(by: driver) }
        #expect(error?.code == .role)
    }
}
