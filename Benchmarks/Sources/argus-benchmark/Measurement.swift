import Dispatch

/// Repeated measurements of one number.
struct Measurement {
    private(set) var values: [Double]

    init(_ values: [Double] = []) { self.values = values }

    mutating func add(_ value: Double) { values.append(value) }

    var median: Double { percentile(0.5) }

    /// Linear between the two nearest values.
    func percentile(_ share: Double) -> Double {
        let sorted = values.sorted()
        guard let last = sorted.indices.last else { return .nan }
        let place = share * Double(last)
        let low = Int(place)
        let high = min(low + 1, last)
        return sorted[low] + (sorted[high] - sorted[low]) * (place - Double(low))
    }
}

/// Speeds of two sides that are timed in turn, so that what disturbs the machine disturbs both.
struct SpeedsInTurn {
    private(set) var ours = Measurement()
    private(set) var theirs = Measurement()
    /// Ours by theirs, of each round.
    private(set) var ratio = Measurement()

    init(rounds: Int, ours own: () throws -> Double, theirs other: () throws -> Double) rethrows {
        for _ in 0..<rounds {
            let (first, second) = (try own(), try other())
            ours.add(first)
            theirs.add(second)
            ratio.add(first / second)
        }
    }
}

/// Seconds that `body` takes.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let begin = DispatchTime.now().uptimeNanoseconds
    try body()
    return Double(DispatchTime.now().uptimeNanoseconds - begin) * 1e-9
}
