import ArgusEnvAPI
import ArgusHost

/// The last episodes, oldest dropped first: what off-policy algorithms learn from.
///
/// Held in memory within a number of episodes and of bytes. For resuming, episodes are written to files, `segments`, at
/// each checkpoint: those that came since the one before. A checkpoint itself only names its segments.
final class EpisodeReplay {
    let layout: EpisodeLayout
    let capacity: Int
    let capacityBytes: Int
    /// Where segments are; set before anything is saved.
    var folder = ""

    /// Episode `first + k` is at `ring[(first + k) % capacity]`.
    private var ring: [Episode] = []
    /// Episodes that were ever dropped: the number of the oldest one here.
    private(set) var first = 0
    /// Episodes that ever came.
    private(set) var end = 0
    private var bytes = 0

    /// Oldest first; together they hold every episode up to `savedEnd` that is still here.
    var segments: [Segment] = []
    var savedEnd = 0
    var nextSegment = 0

    init(_ layout: EpisodeLayout, capacity: Int, capacityBytes: Int) {
        self.layout = layout
        self.capacity = capacity
        self.capacityBytes = capacityBytes
        ring.reserveCapacity(min(capacity, 1 << 16))
    }

    /// Episodes here.
    var count: Int { end - first }

    /// Adds an episode, and drops the oldest ones as far as need be. One that alone is larger than the memory allowed is
    /// kept by itself.
    func add(_ episode: Episode) {
        let size = layout.bytes(steps: episode.steps)
        while count > 0, count == capacity || bytes + size > capacityBytes { dropOldest() }
        let place = end % capacity
        if place < ring.count {
            ring[place] = episode.compacted
        } else {
            // Places are filled in order until the ring is whole, except after a restart in its middle.
            while ring.count < place { ring.append(Episode()) }
            ring.append(episode.compacted)
        }
        end += 1
        bytes += size
    }

    private func dropOldest() {
        let place = first % capacity
        bytes -= layout.bytes(steps: ring[place].steps)
        ring[place] = Episode()
        first += 1
    }

    /// An episode by its number, `first` to `end - 1`.
    func withEpisode<Result>(_ number: Int, _ body: (borrowing Episode) throws -> Result) rethrows -> Result {
        precondition(number >= first && number < end, "no such episode")
        return try body(ring[number % capacity])
    }

    /// Numbers of `count` episodes drawn with replacement, each as likely.
    func draw(_ numbers: inout [Int], count: Int, random: CounterRandom) {
        numbers.removeAll(keepingCapacity: true)
        for index in 0..<UInt64(count) {
            numbers.append(first + Int(random.bits(index).multipliedFullWidth(by: UInt64(self.count)).high))
        }
    }

    /// Begins empty at episode number `number`, before episodes are read from files.
    func restart(at number: Int) {
        ring.removeAll(keepingCapacity: true)
        (first, end, bytes) = (number, number, 0)
    }
}
