import ArgusEnvAPI

/// A scripted team that sees the whole state: coalitions strong enough for each food meet beside it and load together.
///
/// Each step, from the state alone: `ForagingSchedule` says which food each player goes to next; the players of a
/// coalition get different sides of it (`SideAssignment`); they walk shortest ways around food and waiting players, and
/// reserve the cells they enter, so that no two claim one; players with nothing to do make way. A food is loaded as
/// soon as the players beside it are strong enough.
///
/// Deterministic, without memory of earlier steps (the stored arrays are room to work in).
public struct ScriptedForagers: Sendable {
    private var schedule: ForagingSchedule
    /// From each player, around food; later, for each walking player, to its goal, around food and waiting players.
    private var distances: [FieldDistances]
    private var sides = SideAssignment()
    private var isBlocked: [Bool]
    private var isReserved: [Bool]
    private var roles: [Role]
    private var cells: [Int]
    private var destinations: [Int]

    private enum Role: Hashable {
        case idle
        case waiting
        case loading
        case walking(goal: Int, steps: Int32)
    }

    public init(configuration: ForagingConfiguration) {
        let count = configuration.players
        let cellCount = (configuration.rows + 2) * (configuration.columns + 2)
        schedule = ForagingSchedule(players: count)
        distances = Array(repeating: FieldDistances(cells: cellCount), count: count)
        isBlocked = Array(repeating: false, count: cellCount)
        isReserved = Array(repeating: false, count: cellCount)
        roles = Array(repeating: .idle, count: count)
        cells = Array(repeating: 0, count: count)
        destinations = Array(repeating: 0, count: count)
    }

    /// The action of every player, `actions.count` of them, for a game with the configuration given to `init`.
    public mutating func act(on game: ForagingGame, actions: UnsafeMutableBufferPointer<ForagingAction>) {
        for index in isBlocked.indices {
            isBlocked[index] = false
            isReserved[index] = false
        }
        for (index, player) in game.players.enumerated() { cells[index] = game.cell(player.row, player.column) }
        for index in cells.indices { distances[index].measure(from: cells[index], on: game, isBlocked: isBlocked) }
        schedule.plan(game) { player, cell in distances[player][cell] }
        assignRoles(game)
        walk(game)
        for index in actions.indices { actions[index] = action(of: index, game) }
    }

    private mutating func assignRoles(_ game: ForagingGame) {
        for index in roles.indices { roles[index] = .idle }
        let foodsLeft = game.foods.indices.filter { !game.foods[$0].isLoaded }
        for food in foodsLeft { assignSides(food, game) }
        for food in foodsLeft { loadIfStrongEnough(food, game) }
        for index in roles.indices where roles[index] == .waiting || roles[index] == .loading {
            isBlocked[cells[index]] = true
            isReserved[cells[index]] = true
        }
        for index in roles.indices {
            if case .walking(let goal, _) = roles[index] {
                distances[index].measure(from: goal, on: game, isBlocked: isBlocked)
            }
        }
    }

    /// Everybody needed beside a food loads, its own coalition first, if all beside it together are strong enough.
    private mutating func loadIfStrongEnough(_ food: Int, _ game: ForagingGame) {
        let beside = roles.indices.filter { Int(game.foodBeside(cells[$0])) == food }
        let own = beside.filter { schedule.firstFood[$0] == food }
        let others = beside.filter { schedule.firstFood[$0] != food }
        guard beside.reduce(0, { $0 + game.players[$1].level }) >= game.foods[food].level else { return }
        var strength: Int32 = 0
        for index in own + others where strength < game.foods[food].level {
            strength += game.players[index].level
            roles[index] = .loading
        }
    }

    /// Gives the members of a food's coalition that come to it next their sides of it.
    private mutating func assignSides(_ food: Int, _ game: ForagingGame) {
        let cells = game.sides(of: food)
        let members = roles.indices.filter { schedule.firstFood[$0] == food }
        sides.removeAll()
        for member in members {
            let steps = cells.map { distances[member][$0] ?? Self.unreachable }
            sides.add(steps[0], steps[1], steps[2], steps[3])
        }
        _ = sides.solve()
        for (index, member) in members.prefix(4).enumerated() {
            let goal = cells[sides.sides[index]]
            guard let steps = distances[member][goal] else { continue }
            roles[member] = steps == 0 ? .waiting : .walking(goal: goal, steps: steps)
        }
    }

    private static let unreachable: Int32 = 10_000

    /// Chooses where everybody goes: who has the longest way chooses first, idle players last.
    private mutating func walk(_ game: ForagingGame) {
        for index in roles.indices { destinations[index] = cells[index] }
        let walkers = roles.indices.compactMap { index -> (steps: Int32, index: Int)? in
            if case .walking(_, let steps) = roles[index] { (steps, index) } else { nil }
        }
        for walker in walkers.sorted(by: { (-$0.steps, $0.index) < (-$1.steps, $1.index) }) {
            let index = walker.index
            let stepsNow = distances[index][cells[index]] ?? 0
            let closer = neighbours(of: cells[index], game).filter {
                (distances[index][$0] ?? .max) < stepsNow && !isReserved[$0]
            }
            // An empty cell rather than one that another must leave first.
            destinations[index] = closer.first { !cells.contains($0) } ?? closer.first ?? cells[index]
            isReserved[destinations[index]] = true
        }
        for index in roles.indices where roles[index] == .idle { makeWay(index, game) }
    }

    /// An idle player leaves a cell that another enters, and the sides of foods; it changes places if it must.
    private mutating func makeWay(_ index: Int, _ game: ForagingGame) {
        let here = cells[index]
        let isAsked = isReserved[here]
        guard isAsked || game.foodBeside(here) != ForagingGame.Cell.free else {
            isReserved[here] = true
            return
        }
        let open = neighbours(of: here, game).filter { !isReserved[$0] && !isBlocked[$0] }
        let empty = open.filter { !cells.contains($0) }
        let quiet = empty.first { game.foodBeside($0) == ForagingGame.Cell.free }
        let left = roles.indices.first { destinations[$0] == here && $0 != index }.map { cells[$0] }
        let exchange = left.flatMap { open.contains($0) ? $0 : nil }
        destinations[index] = quiet ?? (isAsked ? empty.first ?? exchange : nil) ?? here
        isReserved[destinations[index]] = true
    }

    private func neighbours(of cell: Int, _ game: ForagingGame) -> [Int] {
        [cell - game.fieldStride, cell + game.fieldStride, cell - 1, cell + 1].filter {
            game.field[$0] == ForagingGame.Cell.free
        }
    }

    private func action(of index: Int, _ game: ForagingGame) -> ForagingAction {
        if roles[index] == .loading { return .load }
        return switch destinations[index] - cells[index] {
        case -game.fieldStride: .north
        case game.fieldStride: .south
        case -1: .west
        case 1: .east
        default: .none
        }
    }
}
