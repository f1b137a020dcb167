public import ArgusEnvAPI

extension WarehouseEnvironment {
    public static let descriptor = EnvironmentDescriptor(
        id: "warehouse", version: "1",
        summary: "Robots fetch requested shelves from a warehouse, bring them to a goal and put them back.",
        rules: """
            Robots drive on a grid of corridors, shelf places and goals. Some of the shelves are requested. Each step \
            all robots choose at once: stay, drive one cell forward, turn left, turn right, or toggle the load: pick \
            up the shelf at the own cell, or put down the carried one, which is possible at a shelf place only. A \
            robot without a shelf drives under shelves; one with a shelf cannot enter a cell where a shelf stands. No \
            two robots are ever in one cell, nor do two that face each other change places; into a cell that several \
            want to enter goes the one with the longest chain of robots that follow it, the one with the lowest number \
            among equals. When a requested shelf is carried onto a goal, it is delivered: it is no longer requested, \
            and another shelf, drawn at random, is instead. It need not be put down there, but must be put down \
            somewhere before the robot can fetch another. A robot sees its own place and heading, and the cells within \
            `sensor_range` of it, not where goals or far requests are. `reward`: `individual`, 1 to the robot that \
            delivers; `global`, 1 to every robot for each delivery; `two-stage`, 0.5 to the robot that delivers and \
            0.5 more when it has put down that shelf.

            At the start robots stand anywhere, also under shelves, with random headings. The episode has no end \
            unless nothing is delivered for `max_inactivity` steps.
            """,
        source: "rware 2.0.0 (Papoudakis et al. 2021)",
        parameters: [
            ParameterDescriptor(
                "layout", .string, default: .string("tiny"),
                "tiny, small, medium or large; ROWSxCOLUMNS of shelf blocks, as in 1x3; or a map, one line a row: x a "
                    + "shelf, . a corridor, g a goal."),
            ParameterDescriptor(
                "column_height", .integer(1...255), default: .integer(8),
                "Rows of shelves in a block; a map has none."),
            ParameterDescriptor("agents", .integer(1...64), default: .integer(2), "Number of robots."),
            ParameterDescriptor(
                "requests", .integer(0...65_535), default: .integer(2),
                "Shelves that are requested at any time; fewer than there are shelves."),
            ParameterDescriptor(
                "sensor_range", .integer(0...16), default: .integer(1), "How many cells a robot sees to each side."),
            ParameterDescriptor(
                "message_bits", .integer(0...16), default: .integer(0),
                "Bits that a robot shows to those who see it; each is one more action head."),
            ParameterDescriptor(
                "reward", .choice(WarehouseParameters.Reward.allCases.map(\.rawValue)), default: .string("individual"),
                "Who is rewarded for a delivery."),
            ParameterDescriptor(
                "max_inactivity", .integer(0...1_000_000_000), default: .integer(0),
                "The episode ends after so many steps without a delivery; 0: never."),
            ParameterDescriptor(
                "normalised_coordinates", .boolean, default: .boolean(false),
                "Robots observe their place as numbers from 0 to 1."),
        ],
        capabilities: [.text, .snapshot, .baseline, .render, .metrics])

    public static func specification(_ parameters: ParameterValues) throws -> EnvironmentSpecification {
        let game = try WarehouseGame(WarehouseParameters(parameters))
        let bits = (0..<game.parameters.messageBits).flatMap { ["bit_\($0)_off", "bit_\($0)_on"] }
        return EnvironmentSpecification(
            agents: (0..<game.parameters.robots).map { AgentSpecification(name: "robot_\($0)", role: "robot") },
            observationSize: game.observationSize,
            observationBounds: game.observationBounds,
            observationSegments: game.observationSegments,
            actions: .discrete(heads: game.actionHeads),
            actionNames: ["stay", "forward", "turn_left", "turn_right", "toggle_load"] + bits,
            rewardScope: .agent,
            state: StateSpecification(
                size: game.stateSize, bounds: Bounds(0...1, count: game.stateSize), segments: game.stateSegments),
            suggestedHorizon: 500)
    }
}

/// What stands where in observation and state rows.
extension WarehouseGame {
    var observationBounds: Bounds {
        var bounds = Bounds(0...1, count: observationSize)
        let isNormalised = parameters.normalisedCoordinates
        bounds.high[0] = Float(isNormalised ? min(1, layout.width - 1) : layout.width - 1)
        bounds.high[1] = Float(isNormalised ? min(1, layout.height - 1) : layout.height - 1)
        // The robot itself is in the middle of what it sees.
        let side = 2 * sensor.range + 1
        bounds.low[8 + (side * side / 2) * (7 + sensor.messageBits)] = 1
        return bounds
    }

    var observationSegments: [Segment] {
        let own = [
            Segment("place", offset: 0, count: 2, "own column x from the left, own row y from the top"),
            Segment("carrying", offset: 2, count: 1, "1 if the robot carries a shelf"),
            Segment("heading", offset: 3, count: 4, "own heading one-hot: up, down, left, right"),
            Segment("on_corridor", offset: 7, count: 1, "1 on a corridor or goal, 0 at a shelf place"),
        ]
        let (range, bits) = (sensor.range, sensor.messageBits)
        let messages = bits == 0 ? "" : "\(bits) message bits, "
        let content =
            "robot there, its heading one-hot (up if there is none), \(messages)shelf there, shelf requested"
        var window: [Segment] = []
        for down in -range...range {
            for right in -range...range {
                let name = down == 0 && right == 0 ? "own_cell" : "cell_" + Self.offset(right: right, down: down)
                window.append(
                    Segment(name, offset: 8 + window.count * (7 + bits), count: 7 + bits, content))
            }
        }
        return own + window
    }

    /// Such as `up2_left1`.
    private static func offset(right: Int, down: Int) -> String {
        var parts: [String] = []
        if down != 0 { parts.append("\(down < 0 ? "up" : "down")\(abs(down))") }
        if right != 0 { parts.append("\(right < 0 ? "left" : "right")\(abs(right))") }
        return parts.joined(separator: "_")
    }

    var stateSegments: [Segment] {
        let bits = parameters.messageBits
        let robots = (0..<parameters.robots).map {
            Segment(
                "robot_\($0)", offset: $0 * (8 + bits), count: 8 + bits,
                "x, y from 0 to 1, heading one-hot (up, down, left, right), carrying, carrying a delivered shelf "
                    + "(two-stage)" + (bits == 0 ? "" : ", \(bits) message bits"))
        }
        let offset = parameters.robots * (8 + bits)
        return robots + [
            Segment(
                "shelves", offset: offset, count: 3 * shelfCount,
                "of each shelf x, y from 0 to 1, and if it is requested"),
            Segment(
                "inactivity", offset: offset + 3 * shelfCount, count: 1,
                "steps since the last delivery as a share of max_inactivity; 0 without"),
        ]
    }
}
