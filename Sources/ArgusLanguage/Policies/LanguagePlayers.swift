import ArgusEnvAPI
import ArgusHost

/// One language model that plays several agents of one environment: a batch a step for all of its agents and copies.
///
/// Execution is decentralised: a prompt is made of the agent's own text, its own memory and the messages to it. The
/// environment is held for its texts of one agent, and to give episodes up.
final class LanguagePlayers {
    private let actor: LanguageActor
    private let account: LanguageAccount
    private let transcript: Transcript?
    private let channel: (any MessageChannel)?
    private weak var environment: VectorEnvironment?
    private let agents: [Int]
    /// Of the environment's own, in front of a channel's.
    private let choices: Int
    private let names: [String]
    private let run: CounterRandom
    private let depth: Int
    /// [agent of the list]: role and rules.
    private var rules: [String] = []
    /// [agent of the list][copy]: what it saw and did, the oldest first.
    private var memory: [[[PastDecision]]]
    /// [agent of the list]: rows that wait for the others of this step.
    private var waiting: [(rows: LocalRows, actions: AgentActionRows)?]

    init(
        _ actor: LanguageActor, account: LanguageAccount, transcript: Transcript?, channel: (any MessageChannel)?,
        agents: [Int], choices: Int, environment: VectorEnvironment, settings: PolicySettings
    ) throws(ArgusError) {
        self.actor = actor
        self.account = account
        self.transcript = transcript
        self.channel = channel
        self.environment = environment
        self.agents = agents
        self.choices = choices
        names = agents.map { environment.specification.agents[$0].name }
        run = CounterRandom(run: settings.seed, purpose: .action)
        depth = actor.options.history ?? actor.template.history
        memory = Array(repeating: Array(repeating: [], count: environment.copies), count: agents.count)
        waiting = Array(repeating: nil, count: agents.count)
        for agent in agents { rules.append(try environment.textRules(agent: agent, sendsSymbols: false)) }
    }

    var costs: LanguageAccount { account }

    /// Notes one agent's rows; with the last of the step's the model is asked and all actions are written.
    func act(_ position: Int, _ rows: LocalRows, _ actions: AgentActionRows) throws(ArgusError) {
        waiting[position] = (rows, actions)
        let all = waiting.compactMap { $0 }
        guard all.count == agents.count, let environment else { return }
        for position in waiting.indices { waiting[position] = nil }
        var places: [Int] = []
        var views: [DecisionView] = []
        var requests: [DecisionRequest] = []
        for copy in 0..<environment.copies {
            for (position, agent) in all.enumerated() {
                // Also where the agent is not acting at first: it must not remember the episode before.
                if agent.rows.isStart(copy) { memory[position][copy] = [] }
                guard agent.rows.isActing(copy) else { continue }
                let view = try view(position, copy, agent.rows, environment)
                places.append(position)
                views.append(view)
                requests.append(request(view, position, copy, agent.rows, environment))
            }
        }
        var decisions = try actor.act(requests)
        for index in requests.indices {
            // Nobody hears it: there is no channel, or the episode is given up.
            if channel == nil || decisions[index].action == nil { decisions[index].message = nil }
            let copy = requests[index].copy
            let position = places[index]
            account.note(decisions[index], requests[index])
            try transcript?.write(requests[index], decisions[index], agent: names[position])
            apply(decisions[index], views[index], position, copy, all[position].actions, environment)
        }
    }

    /// What the agent knows: made from its own rows and texts alone.
    private func view(
        _ position: Int, _ copy: Int, _ rows: LocalRows, _ environment: VectorEnvironment
    ) throws(ArgusError) -> DecisionView {
        var actions: [ReplyParser.Candidate] = []
        if let legal = rows.legal(copy) {
            for choice in 0..<choices where legal[choice] != 0 {
                let words = try environment.textAction(copy: copy, agent: rows.agent, choice: choice)
                actions.append(ReplyParser.Candidate(number: choice, words: words))
            }
        }
        return DecisionView(
            agent: names[position], rules: rules[position],
            situation: try environment.textSituation(copy: copy, agent: rows.agent, sendsSymbols: false),
            history: memory[position][copy], inbox: channel?.inbox(copy: copy, agent: rows.agent) ?? [],
            actions: actions, messageCharacters: channel?.characters)
    }

    private func request(
        _ view: DecisionView, _ position: Int, _ copy: Int, _ rows: LocalRows, _ environment: VectorEnvironment
    ) -> DecisionRequest {
        DecisionRequest(
            copy: copy, agent: rows.agent, episode: environment.local.seeds[copy], step: environment.local.steps[copy],
            prompt: actor.template.prompt(for: view, mode: actor.options.mode) {
                actor.backend.tokenCount(of: $0) ?? TokenEstimate.count($0)
            },
            candidates: view.actions, random: rows.random(run, copy))
    }

    private func apply(
        _ decision: LanguageDecision, _ view: DecisionView, _ position: Int, _ copy: Int, _ actions: AgentActionRows,
        _ environment: VectorEnvironment
    ) {
        actions.silence(copy)
        guard let action = decision.action else {
            environment.discardEpisode(copy: copy, reason: reason(decision))
            // The step is made for the other copies' sake; nothing of it counts here.
            actions.discrete(copy)[0] = Int32(view.actions.first?.number ?? 0)
            return
        }
        actions.discrete(copy)[0] = Int32(action)
        if let message = decision.message { channel?.send(message, copy: copy, agent: agents[position]) }
        guard depth > 0 else { return }
        let words = view.actions.first { $0.number == action }?.words ?? ""
        memory[position][copy].append(PastDecision(situation: view.situation, action: words))
        if memory[position][copy].count > depth { memory[position][copy].removeFirst() }
    }

    private func reason(_ decision: LanguageDecision) -> String {
        let problem = decision.problem ?? "no reply"
        let outcome = decision.outcome.map { "\($0.rawValue): " } ?? "cut short: "
        return "an episode is given up, model '\(actor.backend.model)': \(outcome)\(problem)"
    }
}

/// One agent that a language model plays.
final class LanguagePolicy: CostlyPolicy {
    private let players: LanguagePlayers
    private let position: Int

    init(_ players: LanguagePlayers, position: Int) {
        self.players = players
        self.position = position
    }

    var costs: any PolicyCosts { players.costs }

    func act(_ rows: LocalRows, into actions: AgentActionRows) throws(ArgusError) {
        try players.act(position, rows, actions)
    }
}
