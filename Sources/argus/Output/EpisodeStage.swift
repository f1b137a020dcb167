import ArgusBench
import ArgusHost
import Foundation
import Glibc

/// Shows an episode step by step: pictures that are drawn over on a terminal, one after the other elsewhere.
final class EpisodeStage {
    /// How much is shown of each step.
    enum Detail {
        case nothing
        /// What the step brought, and nothing that an agent might not know.
        case rewards
        /// Picture, actions and rewards.
        case pictures
    }

    private let environment: VectorEnvironment
    private let detail: Detail
    private let delay: Double
    /// False where a person's words stand between two pictures.
    private let drawsOver: Bool
    private let terminal = Terminal.of(descriptor: 1)
    private let names: ActionNames
    private var drawnLines = 0
    private var actions: [String] = []
    private var total = 0.0
    /// Steps of this episode.
    private(set) var steps = 0

    init(_ environment: VectorEnvironment, shows detail: Detail, delay: Double, drawsOver: Bool = true) {
        self.environment = environment
        self.detail = detail
        self.delay = delay
        self.drawsOver = drawsOver && terminal.isTerminal
        names = ActionNames(environment.specification)
    }

    func showStart(seed: UInt64) throws(ArgusError) {
        steps = 0
        total = 0
        drawnLines = 0
        guard detail != .nothing else { return }
        print("\nseed \(seed)")
        if detail == .pictures { try draw(["start"]) }
    }

    /// After the team has chosen.
    func noteActions() throws(ArgusError) {
        guard detail == .pictures else { return }
        actions = []
        for agent in environment.specification.agents.indices {
            let isActing = environment.local.rows(agent: agent).isActing(0)
            actions.append(isActing ? try names.words(environment, agent: agent) : "(not acting)")
        }
    }

    /// After the step.
    func showStep() throws(ArgusError) {
        steps += 1
        guard detail != .nothing else { return }
        let outcome = environment.outcome
        let agents = environment.specification.agents
        let rewards = agents.indices.map { Double(outcome.rewards[$0]) }
        let isShared = environment.groupsShareRewards
        let group = agents[0].group
        let own = agents.indices.filter { agents[$0].group == group }
        total += isShared ? rewards[0] : own.reduce(0) { $0 + rewards[$1] }
        let reward = isShared ? "reward \(NumberFormat.short(rewards[0])), " : ""
        let summary = "step \(steps): \(reward)return \(NumberFormat.short(total))"
        guard detail == .pictures else { return print(summary) }
        let width = agents.map(\.name.count).max() ?? 0
        let lines = agents.enumerated().map { index, agent in
            let space = String(repeating: " ", count: width - agent.name.count)
            let reward = isShared ? "" : "  \(NumberFormat.short(rewards[index]))"
            return "  \(agent.name)\(space)  \(actions[index])\(reward)"
        }
        try draw([summary] + lines, below: messages)
    }

    /// The last picture stays.
    func showEnd() { drawnLines = 0 }

    /// What was said in the step, a line each.
    private var messages: [String] {
        let names = environment.specification.agents.map(\.name)
        return environment.lastMessages(copy: 0).map { message in
            let content =
                switch message.content {
                case .symbol(let symbol): "symbol \(symbol)"
                case .text(let text): "\"\(text)\""
                }
            let receivers = message.receivers.map { names[$0] }
            let hearers = receivers.isEmpty ? "nobody" : receivers.joined(separator: ", ")
            let dropped = message.dropped.map { " (not sent: \($0.rawValue))" } ?? ""
            return "\(names[message.sender]) → \(hearers): \(content)\(dropped)"
        }
    }

    private func draw(_ words: [String], below: [String] = []) throws(ArgusError) {
        var lines = words
        if environment.offersRender {
            let picture = try environment.renderText(copy: 0, color: terminal.hasColour)
            lines += picture.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            while lines.last?.isEmpty == true { lines.removeLast() }
        }
        lines += below
        let text = lines.map { $0 + "\n" }.joined()
        guard drawsOver else {
            print("\n" + text, terminator: "")
            return
        }
        print(erasure() + text, terminator: "")
        fflush(nil)
        drawnLines = fits(lines) ? lines.count : 0
        Thread.sleep(forTimeInterval: delay)
    }

    private func erasure() -> String { drawnLines > 0 ? "\u{1B}[\(drawnLines)A\r\u{1B}[J" : "" }

    /// Whether the cursor can go back to the first line.
    private func fits(_ lines: [String]) -> Bool {
        var size = winsize()
        guard ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_row > 0 else { return false }
        return lines.count < Int(size.ws_row) && lines.allSatisfy { visibleCount($0) <= Int(size.ws_col) }
    }

    /// Characters without the colour sequences among them.
    private func visibleCount(_ line: String) -> Int {
        var count = 0
        var isSequence = false
        for character in line {
            if character == "\u{1B}" { isSequence = true } else if !isSequence { count += 1 }
            if isSequence, character.isLetter { isSequence = false }
        }
        return count
    }
}
