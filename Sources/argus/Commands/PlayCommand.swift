import ArgumentParser
import ArgusEnvAPI
import ArgusHost
import ArgusLanguage
import Foundation

/// `argus play`
struct PlayCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "play", abstract: "Play episodes and draw them step by step.",
        discussion: """
            Example:
              argus play foraging/8x8-2p-2f-coop --team scripted
              argus play foraging/8x8-2p-2f-coop --seed 7 --record own.jsonl
              argus play foraging/8x8-2p-2f-coop --team "player_0=scripted,*=random"
              argus play foraging/2s-8x8-2p-2f-coop --team "player_0=human,*=scripted:greedy"

            The first episode has the environment seed --seed, the next one more; the same seed gives the same episode as in \
            the Python package that an environment is modelled on. A recording can be checked with 'argus verify'.

            'human' is you: you get the words that a language model would get, and answer with a number or an action's \
            words. There is no picture then, which would show more than your agent sees; '--render text' draws it \
            nevertheless. In a scenario with a channel for texts, 'say WORDS' before the action sends them.
            """)

    enum Render: String, CaseIterable { case text, none }

    @OptionGroup var scenarioArgument: ScenarioArgument
    @OptionGroup var teamArgument: TeamArgument
    @OptionGroup var languageArguments: LanguageArguments

    @Option(help: "Environment seed of the first episode.")
    var seed: UInt64 = 0

    @Option(help: "Number of episodes.")
    var episodes = 1

    @Option(help: "text: draw every step; none: only the results. Default: text, and none where a person plays.")
    var render: String?

    @Option(help: "sampled or greedy. Default: each policy's own.")
    var mode: String?

    @Option(help: "Seconds between two pictures on a terminal.")
    var delay = 0.15

    @Option(
        help: """
            Write the episodes to this file, a JSON object a line; and what language models were asked and answered, as \
            text, to FILE.transcript.txt.
            """)
    var record: String?

    @Flag(help: "Print the results as JSON, and nothing else.")
    var json = false

    func run() throws {
        let specification = try teamArgument.specification(allowsHumans: true)
        let hasHumans = specification.items.contains { $0.policy == "human" }
        let render = try render.map { text throws(ArgusError) in
            try OptionCheck.choice(text, Render.self, "--render")
        }
        let mode = try mode.map { text throws(ArgusError) in
            try OptionCheck.choice(text, PolicySettings.Mode.self, "--mode")
        }
        let delay = try OptionCheck.nonNegative(min(delay, 3600), "--delay")
        _ = try OptionCheck.atLeastOne(episodes, "--episodes")
        ExitOnInterrupt.listen()
        let host = try EnvironmentHost()
        let scenario = try scenarioArgument.scenario("argus play", host)
        let environment = try host.makeVectorEnvironment(scenario, copies: 1)
        let transcript = record.flatMap { specification.usesLanguageModels ? $0 + ".transcript.txt" : nil }
        let team = try TeamArgument.team(
            specification, environment, PolicySettings(seed: seed, mode: mode),
            try languageArguments.provider(host, folder: nil, transcript: transcript),
            keyboard: Keyboard(usesErrorOutput: json))
        let recorder = try record.map { path throws(ArgusError) in
            let descriptor = try host.source(for: scenario).descriptor(for: scenario)
            return try EpisodeRecorder(
                path: path,
                header: RecordingHeader(
                    reference: "argus, team \(specification)", scenario: scenario.id, environment: descriptor.id,
                    parameters: try scenario.completeParameters(for: descriptor).values, horizon: scenario.horizon,
                    agents: environment.specification.agents.map(\.name), reward: scenario.reward,
                    communication: scenario.communication),
                environment: environment)
        }
        let detail: EpisodeStage.Detail =
            json || render == Render.none ? .nothing : render == nil && hasHumans ? .rewards : .pictures
        let stage = EpisodeStage(environment, shows: detail, delay: delay, drawsOver: !hasHumans)
        if !json {
            print("\(scenario.id), team \(specification)\(team.isCentralised ? " (centralised execution)" : "")")
        }
        var played: [PlayedEpisode] = []
        for index in 0..<episodes {
            let episodeSeed = seed &+ UInt64(index)
            played.append(try play(episodeSeed, environment, team, stage, recorder))
        }
        let document = PlayDocument(
            scenario: scenario.id, team: specification.description, centralised: team.isCentralised, episodes: played,
            models: team.costs.map(\.usage))
        if json { try StandardOutput.printJSON(document) } else { document.print() }
        if let record, !json {
            print("recorded: \(([record] + [transcript].compactMap { $0 }).joined(separator: ", "))")
        }
        if played.contains(where: { $0.end == "failed" }) {
            throw ArgusError(
                .plugin, "an episode failed", at: "scenario \(scenario.id)",
                found: environment.lastReport ?? "no reason given", expected: "valid episodes")
        }
    }

    private func play(
        _ seed: UInt64, _ environment: VectorEnvironment, _ team: Team, _ stage: EpisodeStage,
        _ recorder: EpisodeRecorder?
    ) throws(ArgusError) -> PlayedEpisode {
        try environment.reset(.list([seed]))
        guard environment.isActive(0) else { return PlayedEpisode(seed: seed, end: "failed", length: 0) }
        recorder?.begin()
        try stage.showStart(seed: seed)
        let outcome = environment.outcome
        while true {
            try team.act(on: environment)
            try stage.noteActions()
            recorder?.recordActions()
            try environment.step()
            try recorder?.recordStep()
            try stage.showStep()
            let end = outcome.end(0)
            if end == .running { continue }
            stage.showEnd()
            var episode = PlayedEpisode(
                seed: seed, end: "\(end)", length: end == .failed ? stage.steps : outcome.episodeLengths[0])
            guard end != .failed else { return episode }
            episode.return = outcome.episodeReturns[environment.specification.agents[0].group]
            for (index, metric) in environment.metrics.enumerated() where outcome.episodeMetrics[index].isFinite {
                episode.metrics[metric.name] = outcome.episodeMetrics[index]
            }
            return episode
        }
    }
}
