import ArgusHost
import ArgusLanguage

/// The host's channel for texts, as language policies send by it. What arrives stands in the situation's words already.
final class HostChannel: MessageChannel {
    let characters: Int
    private let environment: VectorEnvironment

    /// Nil where the scenario has no channel for texts.
    init?(_ environment: VectorEnvironment) {
        guard let communication = environment.scenario.communication, communication.characters > 0 else { return nil }
        characters = communication.characters
        self.environment = environment
    }

    func inbox(copy: Int, agent: Int) -> [ReceivedMessage] { [] }

    func send(_ text: String, copy: Int, agent: Int) {
        // What is over budget is dropped and counted by the channel.
        environment.actions.rows(agent: agent).send(text: text, copy)
    }
}
