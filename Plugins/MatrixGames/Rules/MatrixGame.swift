public import ArgusEnvAPI

/// Small games whose solutions are known: two agents choose at once, and a table says what the team gets.
///
/// They tell algorithms apart by what they can represent (does a mixture of agents' values reach the two-step game's 8?)
/// and by what they settle for (an equilibrium that is safe, or the best one).
public struct MatrixGame: Environment, Codable {
    enum Game: String, Codable, CaseIterable {
        case climbing
        case penalty
        case twoStep = "two-step"
    }

    let game: Game
    /// What the team gets: [table, player_0's choice, player_1's choice].
    let payoffs: [Float]
    let choices: Int
    /// The table that is played. `two-step` begins with 0, where player_0 alone chooses between 1 and 2.
    var table = 0

    public static let descriptor = EnvironmentDescriptor(
        id: "matrix-game", version: "1", summary: "Two agents choose at once; a table says what the team gets.",
        rules: """
            Both players choose without seeing the other's choice, and both get what the table has in the row of \
            player_0's and the column of player_1's choice. climbing: 11, -30, 0 / -30, 7, 6 / 0, 0, 5. penalty: k, 0, \
            10 / 0, 2, 0 / 10, 0, k, with k the parameter penalty. Both are repeated until the horizon; players are told \
            nothing of the steps before. two-step: in the first step player_0 alone chooses, and nothing is paid: it \
            chooses the second step's table, 7, 7 / 7, 7 or 0, 1 / 1, 8, with which the episode ends.
            """,
        source: "Claus & Boutilier 1998 (climbing, penalty); Rashid et al. 2018, appendix (two-step)",
        parameters: [
            ParameterDescriptor(
                "game", .choice(Game.allCases.map(\.rawValue)), default: .string("climbing"), "Which game."),
            ParameterDescriptor(
                "penalty", .integer(-1000...0), default: .integer(-100), "k of the penalty game; no other uses it."),
        ], capabilities: [.text, .snapshot, .render])

    public static func specification(_ parameters: ParameterValues) throws -> EnvironmentSpecification {
        let game = try MatrixGame(parameters: parameters)
        return EnvironmentSpecification(
            agents: (0..<2).map { AgentSpecification(name: "player_\($0)", role: "player") },
            observationSize: game.tables, observationBounds: Bounds(0...1, count: game.tables),
            observationSegments: [Segment("table", offset: 0, count: game.tables, "which table is played, one-hot")],
            actions: .discrete(heads: [game.choices]), actionNames: (0..<game.choices).map { "choice_\($0)" },
            rewardScope: .group, suggestedHorizon: 25)
    }

    public init(parameters: ParameterValues) throws {
        game = Game(rawValue: try parameters.string("game")) ?? .climbing
        let k = Float(try parameters.integer("penalty"))
        switch game {
        case .climbing: (choices, payoffs) = (3, [11, -30, 0, -30, 7, 6, 0, 0, 5])
        case .penalty: (choices, payoffs) = (3, [k, 0, 10, 0, 2, 0, 10, 0, k])
        case .twoStep: (choices, payoffs) = (2, [0, 0, 0, 0, 7, 7, 7, 7, 0, 1, 1, 8])
        }
    }

    var tables: Int { payoffs.count / (choices * choices) }
    /// In the first step of `two-step` player_1 waits.
    private var isFirstOfTwo: Bool { game == .twoStep && table == 0 }

    func payoff(_ row: Int, _ column: Int) -> Float { payoffs[(table * choices + row) * choices + column] }

    public mutating func reset(seed: UInt64) { table = 0 }

    public mutating func step(_ actions: Rows<Int32>, _ frame: Frame) {
        let (row, column) = (Int(actions[first: 0]), isFirstOfTwo ? 0 : Int(actions[first: 1]))
        frame.rewards[first: 0] = payoff(row, column)
        if isFirstOfTwo {
            table = 1 + row
        } else if game == .twoStep {
            frame.end()
        }
    }

    public func observe(_ frame: Frame) {
        for agent in 0..<2 {
            frame.observations[agent].fill(0)
            frame.observations[agent][table] = 1
            frame.legal?[agent].fill(1)
        }
        guard isFirstOfTwo else { return }
        frame.acting[first: 1] = 0
        frame.legal?[1].fill(0)
        frame.legal?[1][0] = 1
    }

    public func accepts(_ restored: MatrixGame) -> Bool {
        restored.game == game && restored.payoffs == payoffs && restored.choices == choices
            && (0..<tables).contains(restored.table)
    }
}

/// The same in words, for language models, and a picture for people.
extension MatrixGame {
    public func textRules(agent: Int) -> String {
        let mine = agent == 0 ? "row" : "column"
        let start = """
            You are player_\(agent), one of a team of two. Both players choose at once, without seeing the other's choice, \
            and a table says what the team gets: player_0's choice is the row, player_1's the column, yours the \(mine). 
            """
        guard game == .twoStep else {
            return start + "The rows of the table: \(rows(0)). You play it again and again; each time counts."
        }
        return start + """
            There are two steps. In the first nothing is paid, and player_0 alone chooses: 0 for table 1, whose rows are \
            \(rows(1)), or 1 for table 2, whose rows are \(rows(2)). In the second you play that table, once.
            """
    }

    public func textSituation(agent: Int) -> String {
        if isFirstOfTwo { return agent == 0 ? "First step: choose the table." : "First step: player_0 is choosing." }
        return game == .twoStep ? "Second step: you play table \(table)." : "Choose."
    }

    public func textAction(agent: Int, choice: Int) -> String { "choose \(choice)" }

    public func renderText(color: Bool) -> String {
        if isFirstOfTwo { return "player_0 chooses the table\n" }
        let title = game == .twoStep ? "table \(table)\n" : ""
        return title + (0..<choices).map { row in line(table, row, separator: "  ") + "\n" }.joined()
    }

    private func rows(_ table: Int) -> String {
        (0..<choices).map { line(table, $0, separator: ", ") }.joined(separator: " / ")
    }

    private func line(_ table: Int, _ row: Int, separator: String) -> String {
        (0..<choices).map { "\(Int(payoffs[(table * choices + row) * choices + $0]))" }.joined(separator: separator)
    }
}
