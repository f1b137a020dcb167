import ArgusEnvAPI

/// Saving and continuing an episode: the state's bytes, then the tally, little-endian.
extension WarehouseEnvironment {
    private var tallySize: Int { 8 + 4 * robots }

    public func snapshot() throws -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(state.game.snapshotSize + tallySize)
        state.serialise(into: &bytes)
        tally.serialise(robots: robots, into: &bytes)
        return bytes
    }

    /// - Throws: ``RulesError`` (snapshot), and leaves the copy as it was, for bytes that are no state of this
    ///   warehouse.
    public mutating func restore(_ bytes: [UInt8]) throws {
        let size = state.game.snapshotSize
        guard bytes.count == size + tallySize else {
            throw RulesError(
                .snapshot, "size: found \(bytes.count) bytes, expected \(size + tallySize)")
        }
        let restored = try bytes.withUnsafeBytes {
            try WarehouseState(state.game, serialised: UnsafeRawBufferPointer(rebasing: $0[..<size]))
        }
        state = restored
        tally = WarehouseTally(robots: robots, serialised: bytes[size...])
        planner?.planner.forget()
    }

    /// Draws the requests to come from `seed`.
    public mutating func reseedChance(_ seed: UInt64) {
        state.random = NumpyGenerator(seed: seed)
    }
}

extension WarehouseTally {
    /// Appends 8 + 4 × robots bytes.
    fileprivate func serialise(robots: Int, into bytes: inout [UInt8]) {
        withUnsafeBytes(of: blockedMoves.littleEndian) { bytes.append(contentsOf: $0) }
        for robot in 0..<robots {
            withUnsafeBytes(of: deliveries[robot].littleEndian) { bytes.append(contentsOf: $0) }
        }
    }

    fileprivate init(robots: Int, serialised bytes: ArraySlice<UInt8>) {
        func number(_ offset: Int, _ size: Int) -> UInt64 {
            let start = bytes.startIndex + offset
            return bytes[start..<start + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
        }
        var deliveries = InlineArray<64, UInt32>(repeating: 0)
        for robot in 0..<robots { deliveries[robot] = UInt32(truncatingIfNeeded: number(8 + 4 * robot, 4)) }
        self.init(deliveries: deliveries, blockedMoves: number(0, 8))
    }
}
