import Foundation

/// What queueing theory says about the simplest contact centres. Rates per second, times in seconds.
///
/// Sources: A. K. Erlang (1917); A. Cobham, "Priority assignment in waiting line problems" (1954); C. Palm (1957) and
/// A. Mandelbaum and S. Zeltyn, "Service engineering in action: the Palm/Erlang-A queue" (2007).
enum QueueingFormulas {
    /// Chance that an arrival finds all servers busy where nobody can wait: M/M/c/c. `load` is arrival rate / service rate.
    static func erlangB(load: Double, servers: Int) -> Double {
        (1...servers).reduce(1.0) { load * $0 / (Double($1) + load * $0) }
    }
}

/// M/M/c: Poisson arrivals, exponential service, endless patience.
struct ErlangC {
    let arrivals: Double
    let service: Double
    let servers: Int

    var occupancy: Double { arrivals / (service * Double(servers)) }

    /// Chance of having to wait.
    var delayed: Double {
        let blocking = QueueingFormulas.erlangB(load: arrivals / service, servers: servers)
        return blocking / (1 - occupancy * (1 - blocking))
    }

    var averageWait: Double { delayed / (Double(servers) * service - arrivals) }
    var averageQueue: Double { arrivals * averageWait }

    func serviceLevel(target: Double) -> Double {
        1 - delayed * exp(-(Double(servers) * service - arrivals) * target)
    }
}

/// M/M/c+M: customers give up after an exponential patience. From the stationary distribution of the number in the centre.
struct ErlangA {
    let arrivals: Double
    let service: Double
    let servers: Int
    /// Rate at which a waiting customer gives up.
    let impatience: Double
    private let chances: [Double]

    init(arrivals: Double, service: Double, servers: Int, impatience: Double) {
        self.arrivals = arrivals
        self.service = service
        self.servers = servers
        self.impatience = impatience
        var weights = [1.0]
        for number in 1...2000 {
            let busy = Double(min(number, servers))
            let leaving = busy * service + Double(max(0, number - servers)) * impatience
            weights.append(weights[number - 1] * arrivals / leaving)
        }
        let sum = weights.reduce(0, +)
        chances = weights.map { $0 / sum }
    }

    var delayed: Double { chances[servers...].reduce(0, +) }
    var averageQueue: Double {
        chances.enumerated().reduce(0) { $0 + Double(max(0, $1.offset - servers)) * $1.element }
    }
    /// Of all, those who give up included.
    var averageWait: Double { averageQueue / arrivals }
    var abandonment: Double { impatience * averageWait }
    var occupancy: Double {
        chances.enumerated().reduce(0) { $0 + Double(min($1.offset, servers)) * $1.element } / Double(servers)
    }

    /// Share of all that are answered within the target: the integral over waits w of the chance of `servers` busy and
    /// the offered wait w, thinned by patience (Mandelbaum and Zeltyn), by Simpson's rule.
    func serviceLevel(target: Double) -> Double {
        func offered(_ wait: Double) -> Double {
            let served = (1 - exp(-impatience * wait)) / impatience
            return exp(arrivals * served - Double(servers) * service * wait - impatience * wait)
        }
        func tail(_ wait: Double) -> Double {
            let served = (1 - exp(-impatience * wait)) / impatience
            return exp(arrivals * served - Double(servers) * service * wait)
        }
        let total = simpson(tail, to: 60 / (Double(servers) * service), steps: 20_000)
        // Chance of `servers` - 1 busy, times the arrival rate, is the density of an offered wait of 0.
        let load = arrivals / service
        var weight = 1.0
        var sum = 0.0
        for number in 0..<servers {
            if number > 0 { weight *= load / Double(number) }
            sum += weight
        }
        let normaliser = sum / weight + arrivals * total
        let late = arrivals * total / normaliser
        return 1 - late + arrivals / normaliser * simpson(offered, to: target, steps: 2000)
    }

    private func simpson(_ function: (Double) -> Double, to end: Double, steps: Int) -> Double {
        let width = end / Double(steps)
        var sum = function(0) + function(end)
        for step in 1..<steps { sum += function(Double(step) * width) * (step.isMultiple(of: 2) ? 2 : 4) }
        return sum * width / 3
    }
}

/// M/M/c with priorities that do not interrupt; all classes are served alike (Cobham).
struct CobhamPriorities {
    /// Arrival rates, the most urgent class first.
    let arrivals: [Double]
    let service: Double
    let servers: Int

    /// Mean wait of a class.
    func averageWait(of priority: Int) -> Double {
        let capacity = service * Double(servers)
        let pooled = ErlangC(arrivals: arrivals.reduce(0, +), service: service, servers: servers)
        let before = arrivals[..<priority].reduce(0, +) / capacity
        let upTo = arrivals[...priority].reduce(0, +) / capacity
        return pooled.delayed / capacity / ((1 - before) * (1 - upTo))
    }

    /// Mean wait of all without priorities.
    var firstComeWait: Double {
        ErlangC(arrivals: arrivals.reduce(0, +), service: service, servers: servers).averageWait
    }
}
