import ArgusEnvAPI

/// The same task in words, for language models: what a worker is told is what its observation row holds, nothing more,
/// and nothing less.
extension __Type__ {
    public func textRules(agent: Int) -> String {
        """
        You are worker_\(agent), one of two workers on a line of \(length) cells, which are counted from the left from \
        0. Your team wins when both of you press the button in the same step. You do not see the other worker, but you \
        hear it when it calls. Pressing alone costs more than waiting, and every step costs a little.
        """
    }

    public func textSituation(agent: Int) -> String {
        let own = state.workers[agent]
        let called = own.hasCalled ? "called" : "did not call"
        let heard = state.workers[1 - agent].hasCalled ? "called" : "did not call"
        return """
            You are on cell \(own.cell). The button is on cell \(state.button). You \(called) in the last step. The \
            other worker \(heard).
            """
    }

    public func textAction(agent: Int, choice: Int) -> String {
        ["go left", "go right", "call", "press the button"][choice]
    }
}
