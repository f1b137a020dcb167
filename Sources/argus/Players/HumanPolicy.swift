import ArgusHost

/// A person at the keyboard plays one agent, from exactly the words that a language model would get: role and rules once,
/// then the situation and the legal actions of each decision. Plays one copy.
final class HumanPolicy: AgentPolicy {
    private let agent: Int
    private let name: String
    private let headSizes: [Int]
    private let keyboard: Keyboard
    /// Where the words come from.
    private let environment: VectorEnvironment
    private var knowsRules = false

    init(agent: Int, environment: VectorEnvironment, headSizes: [Int], keyboard: Keyboard) {
        self.agent = agent
        self.environment = environment
        self.headSizes = headSizes
        self.keyboard = keyboard
        name = environment.specification.agents[agent].name
    }

    /// - Throws: ``ArgusError`` (policy) where standard input ends before a choice.
    func act(_ rows: LocalRows, into actions: AgentActionRows) throws(ArgusError) {
        guard rows.copies == 1, rows.isActing(0), let legal = rows.legal(0) else { return }
        if !knowsRules {
            try showRules()
            knowsRules = true
        }
        keyboard.say("\n\(name)")
        keyboard.say(indented(try environment.textSituation(copy: 0, agent: agent)))
        var first = 0
        for (head, size) in headSizes.enumerated() {
            var choices: [Choice] = []
            for choice in 0..<size where legal[first + choice] != 0 {
                let words = try environment.textAction(copy: 0, agent: agent, choice: first + choice)
                choices.append(Choice(number: choice, words: words))
            }
            actions.discrete(0)[head] = Int32(try choose(choices, actions))
            first += size
        }
    }

    private func showRules() throws(ArgusError) {
        keyboard.say("\n\(name): your role and the rules")
        keyboard.say(indented(try environment.textRules(agent: agent)))
    }

    /// Asks until the answer names one of `choices`; sends what is said meanwhile.
    private func choose(_ choices: [Choice], _ actions: AgentActionRows) throws(ArgusError) -> Int {
        let width = choices.map { "\($0.number)".count }.max() ?? 1
        for choice in choices {
            let number = "\(choice.number)"
            keyboard.say("  \(String(repeating: " ", count: width - number.count))\(number)  \(choice.words)")
        }
        while true {
            let answer = try keyboard.ask("\(name)> ", expecting: "a choice for \(name)")
            if answer == "?" {
                try showRules()
                continue
            }
            let match = Choice.named(answer, among: choices)
            if match == .none, answer.lowercased().hasPrefix("say ") {
                switch actions.send(text: String(answer.dropFirst(4)), 0) {
                case .sent: keyboard.say("Sent.")
                case .dropped(let reason): keyboard.say("Not sent: \(reason.rawValue).")
                }
                continue
            }
            switch match {
            case .one(let choice): return choice.number
            case .several(let fitting):
                keyboard.say("'\(answer)' fits \(fitting.map { "'\($0.words)'" }.joined(separator: " and ")).")
            case .none:
                keyboard.say("'\(answer)' is none of these. Type a number or the action's words; ? for the rules.")
            }
        }
    }

    private func indented(_ text: String) -> String {
        WrappedText.lines(text, width: keyboard.width - 2).map { "  \($0)" }.joined(separator: "\n")
    }
}

/// `human`: the person who runs the command, at a place or several in a team.
struct HumanPolicyProvider: PolicyProvider {
    let name = "human"
    let keyboard: Keyboard

    func makePolicies(
        argument: String?, agents: [Int], environment: VectorEnvironment, settings: PolicySettings
    ) throws(ArgusError) -> [TeamMember] {
        if let argument {
            throw ArgusError(
                .policy, "bad policy", at: "team, policy 'human:\(argument)'", found: "an argument", expected: "none",
                remedy: "'human'")
        }
        guard environment.offersText, case .discrete(let heads) = environment.specification.actions else {
            throw ArgusError(
                .policy, "nothing that a person could read", at: "scenario \(environment.scenario.id)",
                found: environment.offersText ? "continuous actions" : "an environment without a text view",
                expected: "a text view and discrete actions", remedy: "'--team random --render text'")
        }
        return agents.map { agent in
            .local(HumanPolicy(agent: agent, environment: environment, headSizes: heads, keyboard: keyboard))
        }
    }
}
