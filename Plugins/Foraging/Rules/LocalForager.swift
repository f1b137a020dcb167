import ArgusEnvAPI

/// A scripted player that acts on its own observation: greedy coalitions among the players and foods that it sees.
///
/// It works out which food the players in sight, itself included, could be beside soonest and are strong enough for;
/// these players and that food are set aside, and so on until it is in a coalition itself. It goes there by moves that
/// bring it closer, waits beside the food, and loads when the players it sees beside it are strong enough. Players that
/// all see the whole field arrive at the same coalitions without a word.
///
/// Where it sees no food for it, it joins a player that waits beside food; player 0 waits beside the first food it
/// finds, so that there is one to join; the others search, straight on and now and then turning. Now and then a move is
/// random, so that players in each other's way come apart. If observations hold no levels, every player counts as level
/// 1, and who is beside food loads.
public struct LocalForager: Sendable {
    /// What a player remembers within an episode. All zero at its beginning.
    public struct Memory: BitwiseCopyable, Sendable {
        /// Steps made.
        var step: UInt32 = 0
        /// The move in which it searches, a `ForagingAction`; 0: none yet.
        var heading: UInt32 = 0
        /// Steps that it has waited in vain; above `patience` it searches until they are counted down.
        var waited: Int32 = 0
        var isLeaving: UInt32 = 0

        public init() {}
    }

    private struct Place {
        var row: Int32
        var column: Int32
        var level: Int32

        func steps(to other: Place) -> Int32 { abs(row - other.row) + abs(column - other.column) }
    }

    private let foods: Int
    private let players: Int
    private let observesLevels: Bool
    /// By player: it does not see all others beside a food that it is beside.
    private let isShortSighted: [Bool]

    private static let sides = 4
    private static let patience: Int32 = 10

    public init(configuration: ForagingConfiguration) {
        foods = configuration.foods
        players = configuration.players
        observesLevels = configuration.observesLevels
        isShortSighted = configuration.sights.map { $0 < 2 }
    }

    /// The action of one player.
    ///
    /// - Parameters:
    ///   - observation: what `ForagingGame.observe` wrote for it.
    ///   - legal: its legal mask, or nil where there are none.
    public func act(
        player: Int, observation: UnsafePointer<Float>, legal: UnsafePointer<UInt8>?, memory: inout Memory
    ) -> ForagingAction {
        let random = SplitMix64.mix(UInt64(memory.step) &* 0x9E37_79B9_7F4A_7C15 ^ UInt64(player + 1) << 40)
        memory.step &+= 1
        let (food, team) = read(observation)
        let me = team[0]
        let beside = food.first { $0.steps(to: me) == 1 }
        if let beside {
            let strength = team.reduce(0) { $0 + ($1.steps(to: beside) == 1 ? $1.level : 0) }
            let isShortSighted = isShortSighted.indices.contains(player) && isShortSighted[player]
            if strength >= beside.level || !observesLevels || isShortSighted { return .load }
        }
        if memory.isLeaving == 0,
            let goal = coalitionSide(food, team) ?? gatheringSide(food, team, isFirst: player == 0)
        {
            if goal.steps(to: me) == 0 {
                memory.waited += player == 0 ? 0 : 1
                if memory.waited > Self.patience { memory.isLeaving = 1 }
                return .none
            }
            memory.waited = 0
            return approach(goal, food, team, legal, random) ?? .none
        }
        memory.waited -= 1
        if memory.waited <= 0 { memory.isLeaving = 0 }
        return search(food, me, legal, random, &memory)
    }

    private func read(_ observation: UnsafePointer<Float>) -> (foods: [Place], team: [Place]) {
        var food: [Place] = []
        for index in 0..<foods where observation[3 * index + 2] > 0 {
            food.append(place(observation + 3 * index, level: observation[3 * index + 2]))
        }
        let width = observesLevels ? 3 : 2
        var team: [Place] = []
        for index in 0..<players {
            let row = observation + 3 * foods + width * index
            if row[0] >= 0 { team.append(place(row, level: observesLevels ? row[2] : 1)) }
        }
        if team.isEmpty { team.append(Place(row: 0, column: 0, level: 1)) }
        return (food, team)
    }

    private func place(_ row: UnsafePointer<Float>, level: Float) -> Place {
        // Observations are whole numbers; what is not in range, or not a number, must not trap.
        func whole(_ value: Float) -> Int32 { value > -1000 && value < 100_000 ? Int32(value) : 0 }
        return Place(row: whole(row[0]), column: whole(row[1]), level: whole(level))
    }

    /// The side of a food where the player `team[0]` belongs in its coalition, or nil.
    private func coalitionSide(_ foods: [Place], _ team: [Place]) -> Place? {
        var free = Array(team.indices)
        var left = foods
        while !left.isEmpty {
            var soonest: (time: Int32, food: Int, members: [Int])?
            for (index, food) in left.enumerated() {
                let arriving = free.sorted {
                    (team[$0].steps(to: food), team[$0].row, team[$0].column)
                        < (team[$1].steps(to: food), team[$1].row, team[$1].column)
                }
                var members: [Int] = []
                var strength: Int32 = 0
                for player in arriving.prefix(Self.sides) where strength < food.level {
                    members.append(player)
                    strength += team[player].level
                }
                guard strength >= food.level, let last = members.last else { continue }
                let time = team[last].steps(to: food)
                if time < soonest?.time ?? .max { soonest = (time, index, members) }
            }
            guard let soonest else { return nil }
            if let own = soonest.members.firstIndex(of: 0) {
                return side(of: left[soonest.food], for: soonest.members, own: own, team)
            }
            free.removeAll { soonest.members.contains($0) }
            left.remove(at: soonest.food)
        }
        return nil
    }

    /// The side of a food for `members[own]` if its members share the sides out as `SideAssignment` does.
    private func side(of food: Place, for members: [Int], own: Int, _ team: [Place]) -> Place {
        let sides = ForagingAction.moves.map { step(food, $0) }
        var assignment = SideAssignment()
        for member in members {
            let steps = sides.map { side in
                let isBarred = team.indices.contains { !members.contains($0) && team[$0].steps(to: side) == 0 }
                return isBarred ? Self.barred : team[member].steps(to: side)
            }
            assignment.add(steps[0], steps[1], steps[2], steps[3])
        }
        _ = assignment.solve()
        return sides[assignment.sides[own]]
    }

    private static let barred: Int32 = 100

    /// A side of a food that more players are needed for than are in sight: one where another waits or, for the first
    /// player, the nearest.
    private func gatheringSide(_ foods: [Place], _ team: [Place], isFirst: Bool) -> Place? {
        let me = team[0]
        let nearest = foods.sorted { $0.steps(to: me) < $1.steps(to: me) }
        let food =
            nearest.first { food in team.dropFirst().contains { $0.steps(to: food) == 1 } }
            ?? (isFirst ? nearest.first : nil)
        guard let food else { return nil }
        let free = ForagingAction.moves.map { step(food, $0) }.filter { side in
            !team.dropFirst().contains { $0.steps(to: side) == 0 }
        }
        return free.min { $0.steps(to: me) < $1.steps(to: me) }
    }

    /// A move towards a cell, or nil where there is none.
    private func approach(
        _ goal: Place, _ foods: [Place], _ team: [Place], _ legal: UnsafePointer<UInt8>?, _ random: UInt64
    ) -> ForagingAction? {
        let me = team[0]
        let moves = ForagingAction.moves.filter { move in
            let next = step(me, move)
            let isTaken =
                team.dropFirst().contains { $0.steps(to: next) == 0 } || foods.contains { $0.steps(to: next) == 0 }
            return !isTaken && legal.map { $0[Int(move.rawValue)] != 0 } ?? true
        }
        if moves.isEmpty { return nil }
        if random % 16 == 0 { return moves[Int((random >> 8) % UInt64(moves.count))] }
        let closer = moves.filter { step(me, $0).steps(to: goal) < me.steps(to: goal) }
        let choices = closer.isEmpty ? moves : closer
        return choices[Int((random >> 16) % UInt64(choices.count))]
    }

    private func step(_ place: Place, _ move: ForagingAction) -> Place {
        Place(row: place.row + move.offset.row, column: place.column + move.offset.column, level: 0)
    }

    /// Straight on; another way where the mask or the edge bars it, and in one step of eight; of three without a mask,
    /// since without one it does not notice that it stands at the south or east edge.
    private func search(
        _ foods: [Place], _ me: Place, _ legal: UnsafePointer<UInt8>?, _ random: UInt64, _ memory: inout Memory
    ) -> ForagingAction {
        let moves = ForagingAction.moves.filter { move in
            let next = step(me, move)
            return next.row >= 0 && next.column >= 0 && !foods.contains { $0.steps(to: next) == 0 }
                && legal.map { $0[Int(move.rawValue)] != 0 } ?? true
        }
        if moves.isEmpty { return .none }
        let current = moves.first { UInt32(bitPattern: $0.rawValue) == memory.heading }
        let next = random % (legal == nil ? 3 : 8) == 0 ? nil : current
        let move = next ?? moves[Int((random >> 8) % UInt64(moves.count))]
        memory.heading = UInt32(bitPattern: move.rawValue)
        return move
    }
}
