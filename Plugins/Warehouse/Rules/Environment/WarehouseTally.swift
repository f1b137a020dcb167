/// What is counted in an episode, besides what its rules need.
struct WarehouseTally {
    /// Deliveries of each robot.
    private(set) var deliveries: InlineArray<64, UInt32>
    /// Forward drives that another robot prevented, all robots together.
    private(set) var blockedMoves: UInt64

    init(deliveries: InlineArray<64, UInt32> = InlineArray(repeating: 0), blockedMoves: UInt64 = 0) {
        self.deliveries = deliveries
        self.blockedMoves = blockedMoves
    }

    /// Adds the step that led to `state`.
    @inline(__always)
    mutating func count(_ state: borrowing WarehouseState) {
        let (delivering, blocked) = (state.deliveringRobots, state.blockedRobots)
        if delivering | blocked != 0 { add(delivering, blocked) }
    }

    @inline(never)
    private mutating func add(_ delivering: UInt64, _ blocked: UInt64) {
        blockedMoves &+= UInt64(blocked.nonzeroBitCount)
        var rest = delivering
        while rest != 0 {
            deliveries[rest.trailingZeroBitCount] &+= 1
            rest &= rest &- 1
        }
    }
}
