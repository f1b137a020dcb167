/// Timers with fixed numbers, the earliest first: a binary heap that knows each timer's place. Memory is allocated once.
struct TimerHeap: Sendable {
    private var heap: [Int32]
    private var places: [Int32]
    private var times: [Double]
    private(set) var count = 0

    /// - Parameter timers: how many timers there are, each set or not.
    init(timers: Int) {
        heap = Array(repeating: 0, count: timers)
        places = Array(repeating: -1, count: timers)
        times = Array(repeating: .infinity, count: timers)
    }

    /// When the earliest timer goes off; infinite if none is set.
    var earliest: Double { count > 0 ? times[Int(heap[0])] : .infinity }

    /// When a timer goes off; infinite if it is not set.
    func time(of timer: Int) -> Double { places[timer] >= 0 ? times[timer] : .infinity }

    mutating func removeAll() {
        for index in 0..<count { places[Int(heap[index])] = -1 }
        count = 0
    }

    /// Sets a timer that is not set.
    mutating func set(_ timer: Int, at time: Double) {
        times[timer] = time
        count += 1
        rise(count - 1, timer)
    }

    /// Removes the earliest timer and returns it; there must be one.
    mutating func popEarliest() -> Int {
        let timer = Int(heap[0])
        remove(timer)
        return timer
    }

    /// Removes a timer, if it is set.
    mutating func remove(_ timer: Int) {
        let place = Int(places[timer])
        guard place >= 0 else { return }
        places[timer] = -1
        count -= 1
        guard place < count else { return }
        let moved = Int(heap[count])
        if place > 0, isBefore(moved, Int(heap[(place - 1) / 2])) {
            rise(place, moved)
        } else {
            sink(place, moved)
        }
    }

    /// Equal times are ordered by number, so that the order does not depend on what was set before.
    @inline(__always)
    private func isBefore(_ one: Int, _ other: Int) -> Bool {
        let (first, second) = (times[one], times[other])
        return first < second || first == second && one < other
    }

    private mutating func rise(_ start: Int, _ timer: Int) {
        var place = start
        while place > 0 {
            let parent = (place - 1) / 2
            let above = Int(heap[parent])
            guard isBefore(timer, above) else { break }
            put(above, at: place)
            place = parent
        }
        put(timer, at: place)
    }

    private mutating func sink(_ start: Int, _ timer: Int) {
        var place = start
        while true {
            var child = 2 * place + 1
            guard child < count else { break }
            if child + 1 < count, isBefore(Int(heap[child + 1]), Int(heap[child])) { child += 1 }
            let below = Int(heap[child])
            guard isBefore(below, timer) else { break }
            put(below, at: place)
            place = child
        }
        put(timer, at: place)
    }

    @inline(__always)
    private mutating func put(_ timer: Int, at place: Int) {
        heap[place] = Int32(truncatingIfNeeded: timer)
        places[timer] = Int32(truncatingIfNeeded: place)
    }
}
