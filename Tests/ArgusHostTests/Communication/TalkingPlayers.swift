import ArgusEnvAPI
import ArgusHost

/// Foraging players who stand still and talk, so that all that changes is what they hear.
struct TalkingPlayers {
    let vector: VectorEnvironment
    let players: Int
    private let communication: Communication

    init(
        _ communication: Communication, players: Int = 3, copies: Int = 1, threads: Int = 1, horizon: Int = 50,
        masks: Scenario.Masks = .exact, state: Scenario.State = .concat
    ) throws {
        var scenario = Scenario(
            id: "test/talk", environment: "foraging",
            parameters: ["players": .integer(players), "foods": .integer(1)], horizon: horizon, state: state,
            masks: masks)
        scenario.communication = communication
        self.communication = communication
        self.players = players
        vector = try EnvironmentHost().makeVectorEnvironment(scenario, copies: copies, threads: threads)
    }

    /// Components of the environment's own row.
    var own: Int { 3 + 3 * players }

    /// One step in which players send these symbols; those that are not named are silent.
    func say(_ symbols: [Int: Int] = [:], copy: Int = 0) throws {
        vector.actions.allDiscrete.update(repeating: 0)
        for (player, symbol) in symbols { vector.actions.discrete(copy: copy, agent: player)[1] = Int32(symbol) }
        try vector.step()
    }

    /// What a player's slots hold: by slot a symbol, 0 for none.
    func heard(_ player: Int, copy: Int = 0) -> [Int] {
        let part = part(player, copy: copy)
        let slots = communication.perEpisode == nil ? part[...] : part.dropFirst()
        return stride(from: slots.startIndex, to: slots.endIndex, by: communication.symbols).map { first in
            let slot = Array(slots[first..<first + communication.symbols])
            return slot.firstIndex(of: 1).map { $0 + 1 } ?? 0
        }
    }

    /// What a player may still send.
    func left(_ player: Int, copy: Int = 0) -> Int { Int(part(player, copy: copy)[0]) }

    /// The channel's part of a player's row.
    func part(_ player: Int, copy: Int = 0) -> [Float] {
        Array(vector.local.rows(agent: player).observation(copy).dropFirst(own))
    }

    /// The mask of the channel's head.
    func mask(_ player: Int, copy: Int = 0) -> [UInt8] {
        Array(vector.local.rows(agent: player).legal(copy)?.suffix(communication.symbols + 1) ?? [])
    }

    func send(_ text: String, _ player: Int, copy: Int = 0) -> SendResult {
        vector.actions.rows(agent: player).send(text: text, copy)
    }

    func inbox(_ player: Int, copy: Int = 0) -> [ReceivedText] { vector.local.rows(agent: player).inbox(copy) }

    /// The channel's metrics of the episode that has just ended.
    func counts(copy: Int = 0) -> [String: Double] {
        var counts: [String: Double] = [:]
        for (index, metric) in vector.metrics.enumerated().suffix(4) {
            counts[metric.name] = vector.outcome.episodeMetrics[copy * vector.metrics.count + index]
        }
        return counts
    }
}

extension Communication {
    /// A channel with some keys set.
    static func with(_ change: (inout Communication) -> Void) -> Communication {
        var communication = Communication()
        change(&communication)
        return communication
    }
}
