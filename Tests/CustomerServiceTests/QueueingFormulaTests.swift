import Testing

/// The formulas against published and independently computed numbers; the simulation is checked against the formulas.
@Suite("customer service: formulas of queueing theory")
struct QueueingFormulaTests {
    private func isNear(_ found: Double, _ expected: Double, _ tolerance: Double) -> Bool {
        abs(found - expected) <= tolerance
    }

    @Test("Erlang-C: 100 contacts an hour of 180 s, six and eight experts")
    func erlangC() {
        let six = ErlangC(arrivals: 100 / 3600, service: 1 / 180, servers: 6)
        #expect(isNear(six.delayed, 0.58752, 5e-6))
        #expect(isNear(six.averageWait, 105.753, 5e-4))
        #expect(isNear(six.serviceLevel(target: 20), 0.47427, 5e-6))
        let eight = ErlangC(arrivals: 100 / 3600, service: 1 / 180, servers: 8)
        #expect(isNear(eight.delayed, 0.16727, 5e-6))
        #expect(isNear(eight.averageWait, 10.036, 5e-4))
        #expect(isNear(eight.serviceLevel(target: 20), 0.88015, 5e-6))
    }

    @Test("Erlang-C: the examples of pyworkforce (14 agents) and call-center-tools (40 agents)")
    func publishedErlangC() {
        let first = ErlangC(arrivals: 100 / 1800, service: 1 / 180, servers: 14)
        #expect(isNear(first.serviceLevel(target: 20), 0.88835, 5e-6))
        #expect(isNear(first.occupancy, 0.71429, 5e-6))
        #expect(isNear(first.delayed, 0.174132, 5e-7))
        let second = ErlangC(arrivals: 1000 / 3600, service: 1 / 120, servers: 40)
        #expect(isNear(second.delayed, 0.1907, 5e-5))
        #expect(isNear(second.averageWait, 3.43, 5e-3))
        #expect(isNear(second.serviceLevel(target: 20), 0.9372, 5e-5))
    }

    @Test("Erlang-A: 100 contacts an hour of 180 s, five experts, patience 120 s")
    func erlangA() {
        let centre = ErlangA(arrivals: 100 / 3600, service: 1 / 180, servers: 5, impatience: 1 / 120)
        #expect(isNear(centre.delayed, 0.51707, 5e-6))
        #expect(isNear(centre.abandonment, 0.192370, 5e-7))
        #expect(isNear(centre.averageWait, 23.0844, 5e-5))
        #expect(isNear(centre.occupancy, 0.80763, 5e-6))
        #expect(isNear(centre.serviceLevel(target: 20), 0.57999, 5e-6))
    }

    @Test("Erlang-A without impatience is Erlang-C")
    func withoutImpatience() {
        let patient = ErlangA(arrivals: 0.02, service: 1 / 180, servers: 6, impatience: 1e-9)
        let endless = ErlangC(arrivals: 0.02, service: 1 / 180, servers: 6)
        #expect(isNear(patient.averageWait, endless.averageWait, 1e-4))
        #expect(isNear(patient.delayed, endless.delayed, 1e-6))
    }

    @Test("Cobham: two classes, four servers")
    func cobham() {
        let centre = CobhamPriorities(arrivals: [0.3, 0.4], service: 0.25, servers: 4)
        #expect(isNear(centre.averageWait(of: 0), 0.61236, 5e-6))
        #expect(isNear(centre.averageWait(of: 1), 2.04121, 5e-6))
        #expect(isNear(centre.firstComeWait, 1.42885, 5e-6))
    }
}
