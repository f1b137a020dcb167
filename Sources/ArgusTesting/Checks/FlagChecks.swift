import ArgusEnvAPI

/// Who acts, what is legal, who is out, and when it is over.
let flagChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "legal-rows",
        proves: "Every head of every row has a legal choice; an agent that does not act has only choice 0.",
        remedy: "Make choice 0 legal (and alone legal for rows that are not acting); never mark choices that an "
            + "agent lacks."
    ) { subject in
        guard case .discrete(let heads) = subject.specification.actions else { return .skipped("continuous actions") }
        try play(subject, copies: 4) { player, copy in
            for (agent, own) in subject.specification.agents.enumerated() {
                let row = player.instance.bytes(.legal, copy, agent)
                let isActing = player.instance.bytes(.acting, copy, agent)[0] != 0
                var first = 0
                for (head, size) in heads.enumerated() {
                    let part = Array(row[first..<first + size])
                    let ownSize = own.actionSizes?[head] ?? size
                    let place = "head \(head) of \(own.name)"
                    try require(part.allSatisfy { $0 <= 1 }, "a legal value other than 0 and 1: \(place)")
                    try require(part.contains(1), "no legal choice: \(place)")
                    try require(!part[max(1, ownSize)...].contains(1), "a legal choice that it does not have: \(place)")
                    try require(
                        isActing || part[0] == 1 && !part[1...].contains(1), "not acting, but with a choice: \(place)")
                    first += size
                }
            }
        }
        return .passed
    },
    ConformanceCheck(
        "flags-as-defined",
        proves: "acting, terminated, ended and elapsed have the header's values, at a reset those of a start.",
        remedy: "After reset: terminated, reward, ended, elapsed 0. When a copy ends: ended and all its terminated "
            + "are 1."
    ) { subject in
        let agents = subject.specification.agents.indices
        try play(subject, copies: 4) { player, copy in
            let instance = player.instance
            let ended = instance.bytes(.ended, copy)[0]
            let elapsed = instance.floats(.elapsed, copy)[0]
            let terminated = agents.map { instance.bytes(.terminated, copy, $0)[0] }
            try require(agents.allSatisfy { instance.bytes(.acting, copy, $0)[0] <= 1 }, "acting above 1")
            try require(terminated.allSatisfy { $0 <= 1 }, "terminated above 1")
            try require(elapsed >= 0 && elapsed.isFinite, "elapsed \(elapsed)")
            try require([0, 1, 3].contains(ended), "ended \(ended), expected 0, 1 (terminated) or 3 (cut short)")
            try require(ended != 1 || !terminated.contains(0), "ended by rule with an agent that is not terminated")
            guard player.steps[copy] == 0 else { return }
            try require(!terminated.contains(1) && ended == 0 && elapsed == 0, "not 0 after reset")
            for row in 0..<subject.specification.rewardRows {
                try require(instance.floats(.reward, copy, row)[0] == 0, "a reward after reset")
            }
        }
        return .passed
    },
    ConformanceCheck(
        "dead-stay-dead", proves: "An agent that is terminated stays so for the rest of the episode and does not act.",
        remedy: "Write terminated = 1 and acting = 0 at every step after an agent is out."
    ) { subject in
        let agents = subject.specification.agents
        var dead = Array(repeating: Set<Int>(), count: 4)
        try play(subject, copies: 4) { player, copy in
            if player.steps[copy] == 0 { dead[copy] = [] }
            for agent in agents.indices {
                let isTerminated = player.instance.bytes(.terminated, copy, agent)[0] != 0
                let place = "\(agents[agent].name)"
                try require(isTerminated || !dead[copy].contains(agent), "an agent rises from the dead: \(place)")
                if isTerminated { dead[copy].insert(agent) }
                let isOver = player.instance.bytes(.ended, copy)[0] != 0
                let isActing = player.instance.bytes(.acting, copy, agent)[0] != 0
                try require(isOver || !isTerminated || !isActing, "a dead agent acts: \(place)")
            }
        }
        return .passed
    },
]
