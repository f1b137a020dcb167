/// What a courier remembers; all zero at the start of an episode.
///
/// Cells are numbered row by row. Sets of cells have one bit for each of 4096 cells; in larger warehouses several cells
/// share a bit, which costs ways but no mistakes.
struct CourierMemory: BitwiseCopyable {
    struct CellSet: BitwiseCopyable {
        private var words = InlineArray<64, UInt64>(repeating: 0)

        subscript(cell: Int) -> Bool {
            get { words[cell >> 6 & 63] >> UInt64(cell & 63) & 1 == 1 }
            set {
                let bit: UInt64 = 1 << UInt64(cell & 63)
                if newValue { words[cell >> 6 & 63] |= bit } else { words[cell >> 6 & 63] &= ~bit }
            }
        }

        mutating func removeAll() { words = InlineArray(repeating: 0) }
    }

    /// Places looked at on this round.
    var seen = CellSet()
    /// Places where a requested shelf stood when last looked at.
    var requested = CellSet()
    /// Where the carried shelf was picked up, plus one; 0: nowhere.
    var home: UInt32 = 0
    /// A cell to keep away from, plus one.
    var avoided: UInt32 = 0
    /// For so many more steps.
    var avoidance: UInt16 = 0
    /// Where the robot was when it last drove forward, plus one; 0: it did something else.
    var droveFrom: UInt32 = 0
    /// Drives forward in a row that failed.
    var failures: UInt16 = 0
    /// Steps so far.
    var clock: UInt32 = 0
}
