/// Where a training stands, for what changes over it.
struct Schedule {
    /// Environment steps so far.
    var step: Int
    /// Environment steps of the whole training.
    var steps: Int
    /// Updates so far.
    var update: Int

    /// Falls linearly from 1 to 0 over the training.
    var remaining: Double { max(0, 1 - Double(step) / Double(steps)) }

    /// ε after so many environment steps, which falls linearly and then stays.
    func exploration(from start: Double, to end: Double, over steps: Int) -> Float {
        Float(end + (start - end) * max(0, 1 - Double(step) / Double(steps)))
    }
}

/// A named number of one update.
struct Statistic {
    var name: String
    var value: Double

    init(_ name: String, _ value: Double) {
        self.name = name
        self.value = value
    }
}
