/// Which players load which food next: the list schedule that finishes the foods that are left soonest.
///
/// A schedule is an order of the foods. In that order each food gets the coalition that can be together soonest, given
/// what its members do before: the players in order of arrival until four of them (a food has four sides) are strong
/// enough, less those that are not needed. Up to five foods all orders are tried (branch and bound); with more, the
/// food that can be finished first comes next. The best order has the smallest (sum of the foods' completion times
/// weighted by level, time of the last).
///
/// The cost is a function of the state alone and falls with every step that players take as scheduled (they are given
/// different sides of a food here as they are when they walk), so that a schedule made anew each step does not waver.
struct ForagingSchedule {
    /// The food each player goes to first, an index into the game's foods, or -1.
    private(set) var firstFood: [Int]

    private static let exhaustiveLimit = 5
    private static let sides = 4
    private static let unreachable: Int32 = 10_000

    private let players: Int
    private var levels: [Int32]
    private var foods: [Int] = []
    private var foodLevels: [Int32] = []
    /// Steps from each player to each side of each food left: [player][food][side].
    private var sideSteps: [Int32] = []
    /// Steps from each player to the nearest side of each food left: [player][food].
    private var arrivals: [Int32] = []
    /// Steps between sides of two foods left: [food][food].
    private var legs: [Int32] = []

    /// The search's state at each depth: when each player is free, and at which food left (-1: where it stands now).
    private var freeAt: [Int32] = []
    private var place: [Int] = []
    private var first: [Int] = []
    private var isDone: [Bool] = []
    private var best = Cost.worst
    private var order: [Int]
    private var coalition: [Int] = []
    private var sides = SideAssignment()

    private struct Cost: Comparable {
        var weightedSum: Int
        var last: Int32
        static let worst = Cost(weightedSum: .max, last: .max)
        static func < (first: Cost, second: Cost) -> Bool {
            (first.weightedSum, first.last) < (second.weightedSum, second.last)
        }
    }

    init(players: Int) {
        self.players = players
        firstFood = Array(repeating: -1, count: players)
        levels = Array(repeating: 1, count: players)
        order = Array(0..<players)
    }

    /// Plans for a state. `distance(player, cell)` is the number of steps there, or nil where there is no way.
    mutating func plan(_ game: ForagingGame, distance: (_ player: Int, _ cell: Int) -> Int32?) {
        for index in 0..<players {
            levels[index] = game.players[index].level
            firstFood[index] = -1
        }
        // Foods that no four players could lift are left alone.
        let strongest = levels.sorted(by: >).prefix(Self.sides).reduce(0, +)
        foods.removeAll(keepingCapacity: true)
        foodLevels.removeAll(keepingCapacity: true)
        for (index, food) in game.foods.enumerated() where !food.isLoaded && food.level <= strongest {
            foods.append(index)
            foodLevels.append(food.level)
        }
        guard !foods.isEmpty else { return }
        measure(game, distance)
        let depths = foods.count + 1
        freeAt = Array(repeating: 0, count: depths * players)
        place = Array(repeating: -1, count: depths * players)
        first = Array(repeating: -1, count: depths * players)
        isDone = Array(repeating: false, count: foods.count)
        best = .worst
        search(depth: 0, Cost(weightedSum: 0, last: 0), isExhaustive: foods.count <= Self.exhaustiveLimit)
    }

    private mutating func measure(_ game: ForagingGame, _ distance: (Int, Int) -> Int32?) {
        arrivals.removeAll(keepingCapacity: true)
        sideSteps.removeAll(keepingCapacity: true)
        legs.removeAll(keepingCapacity: true)
        for player in 0..<players {
            for food in foods {
                var nearest = Self.unreachable
                for side in game.sides(of: food) {
                    sideSteps.append(distance(player, side) ?? Self.unreachable)
                    nearest = min(nearest, sideSteps[sideSteps.count - 1])
                }
                arrivals.append(nearest)
            }
        }
        for from in foods {
            for to in foods {
                let (start, end) = (game.foods[from], game.foods[to])
                legs.append(max(abs(start.row - end.row) + abs(start.column - end.column) - 2, 0))
            }
        }
    }

    private mutating func search(depth: Int, _ cost: Cost, isExhaustive: Bool) {
        if depth == foods.count {
            guard cost < best else { return }
            best = cost
            for player in 0..<players {
                let chosen = first[depth * players + player]
                firstFood[player] = chosen < 0 ? -1 : foods[chosen]
            }
            return
        }
        var candidates = 0..<foods.count
        if !isExhaustive {
            var soonest = (food: 0, time: Int32.max)
            for food in candidates where !isDone[food] {
                let time = gather(food, depth)
                if time < soonest.time { soonest = (food, time) }
            }
            candidates = soonest.food..<soonest.food + 1
        }
        for food in candidates where !isDone[food] {
            let completion = gather(food, depth) + 1
            let next = Cost(
                weightedSum: cost.weightedSum + Int(completion) * Int(foodLevels[food]),
                last: max(cost.last, completion))
            guard next < best else { continue }
            let now = depth * players
            let then = now + players
            for player in 0..<players {
                freeAt[then + player] = freeAt[now + player]
                place[then + player] = place[now + player]
                first[then + player] = first[now + player]
            }
            for player in coalition {
                freeAt[then + player] = completion
                place[then + player] = food
                if first[then + player] < 0 { first[then + player] = food }
            }
            isDone[food] = true
            search(depth: depth + 1, next, isExhaustive: isExhaustive)
            isDone[food] = false
        }
    }

    /// Fills `coalition` for a food and returns when it is together.
    private mutating func gather(_ food: Int, _ depth: Int) -> Int32 {
        let base = depth * players
        func arrival(_ player: Int) -> Int32 {
            let start = place[base + player]
            return freeAt[base + player]
                + (start < 0 ? arrivals[player * foods.count + food] : legs[start * foods.count + food])
        }
        // Insertion sort by arrival; the stronger, then the lower index first.
        for index in 0..<players {
            var slot = index
            let time = arrival(index)
            while slot > 0 {
                let before = order[slot - 1]
                let beforeTime = arrival(before)
                guard (time, -levels[index]) < (beforeTime, -levels[before]) else { break }
                order[slot] = before
                slot -= 1
            }
            order[slot] = index
        }
        coalition.removeAll(keepingCapacity: true)
        var strength: Int32 = 0
        for player in order {
            if coalition.count == Self.sides {
                var weakest = 0
                for index in 1..<Self.sides where levels[coalition[index]] < levels[coalition[weakest]] {
                    weakest = index
                }
                guard levels[coalition[weakest]] < levels[player] else { continue }
                strength -= levels[coalition.remove(at: weakest)]
            }
            coalition.append(player)
            strength += levels[player]
            if strength >= foodLevels[food] { break }
        }
        for index in coalition.indices.reversed() where strength - levels[coalition[index]] >= foodLevels[food] {
            strength -= levels[coalition.remove(at: index)]
        }
        var time: Int32 = 0
        sides.removeAll()
        for player in coalition {
            time = max(time, arrival(player))
            if place[base + player] < 0 {
                let start = (player * foods.count + food) * Self.sides
                sides.add(sideSteps[start], sideSteps[start + 1], sideSteps[start + 2], sideSteps[start + 3])
            }
        }
        return max(time, sides.solve())
    }
}

extension ForagingGame {
    /// The four cells beside a food, as indices into `field`. All are on the field, and free of food.
    func sides(of food: Int) -> [Int] {
        let center = cell(foods[food].row, foods[food].column)
        return [center - fieldStride, center + fieldStride, center - 1, center + 1]
    }
}
