import Glibc

/// What went wrong with a peer, told apart.
struct PeerFault: Error, CustomStringConvertible {
    enum Kind: Hashable {
        /// Its process ended by itself.
        case exited(Int32)
        /// Its process was ended by a signal.
        case killed(Int32)
        /// The connection was closed although the process, as far as can be seen, goes on.
        case closed
        /// This side cut the connection: a frame over the limit, or bytes that are not ZeroMQ's.
        case cut
        /// No heartbeat: the process is stopped, or its machine cannot be reached.
        case silent
        /// Heartbeats, but no reply within the deadline: its own loop hangs.
        case hung(seconds: Double)
        /// Its loop answers, but the reply never came.
        case unanswered(seconds: Double)
        /// The reply came after the deadline.
        case late(seconds: Double)
        /// It did not connect or answer HELLO in time.
        case noStart(seconds: Double)
        /// It said that it ends.
        case goodbye(String)
        /// It began a new session in the middle of this one.
        case restarted
        /// A message that is not as the protocol says.
        case badMessage(String)
        /// It says that its environment failed as a whole.
        case environment(String)
        /// It refused this side.
        case refused(String)
        /// The way to it cannot be set up.
        case unreachable(String)
    }

    let kind: Kind
    /// What was being done, such as `STEP of 4 copies`.
    let phase: String
    /// The command or address.
    let peer: String
    let process: pid_t?
    /// State of the process by the system: `R`, `S`, `T`, …; nil if it is on another machine or gone.
    let processState: Character?
    /// The end of what it wrote.
    let lastLines: [String]

    var description: String { text("peer '\(peer)', ") }

    /// Without the peer's name, where that stands beside it.
    var reason: String { text("") }

    private func text(_ name: String) -> String {
        var text = "\(words) (\(name)"
        if let process { text += "process \(process)\(processState.map { ", \(PeerFault.stateWords($0))" } ?? ""), " }
        text += "during \(phase))"
        if !lastLines.isEmpty { text += "; its last output: \(lastLines.joined(separator: " | "))" }
        return text
    }

    private var words: String {
        switch kind {
        case .exited(let status): "the peer's process ended by itself with status \(status)"
        case .killed(let signal):
            "the peer's process was killed by signal \(signal) "
                + "(\(String(cString: strsignal(signal)).lowercased()))"
        case .closed: "the peer closed its connection although its process goes on"
        case .cut: "the connection was cut on this side: the peer sent a frame over the size limit, or no ZeroMQ"
        case .silent: "no heartbeat of the peer: it is stopped, or its machine cannot be reached"
        case .hung(let seconds):
            "no reply within \(PeerFault.number(seconds)) s although heartbeats come: the peer's own loop hangs"
        case .unanswered(let seconds):
            "no reply within \(PeerFault.number(seconds)) s although the peer's loop answers: it left the request out"
        case .late(let seconds): "the reply came later than \(PeerFault.number(seconds)) s after the request"
        case .noStart(let seconds): "the peer did not say hello within \(PeerFault.number(seconds)) s"
        case .goodbye(let reason): "the peer ended the session: \(reason)"
        case .restarted: "the peer was started again or lost its connection, and began a new session"
        case .badMessage(let reason): "the peer's reply breaks the protocol: \(reason)"
        case .environment(let reason): "the peer's environment failed as a whole; \(reason)"
        case .refused(let reason): "the peer refused: \(reason)"
        case .unreachable(let reason): "the peer cannot be reached: \(reason)"
        }
    }

    static func number(_ seconds: Double) -> String {
        seconds == seconds.rounded() && abs(seconds) < 1e9 ? "\(Int(seconds))" : "\(seconds)"
    }

    private static func stateWords(_ state: Character) -> String {
        switch state {
        case "R": "running"
        case "S": "waiting"
        case "D": "waiting for a device"
        case "T", "t": "stopped"
        case "Z", "X": "ended"
        default: "state \(state)"
        }
    }
}
