import ArgusHost
import ArgusWire
import Foundation
import Glibc

/// What a peer says on the wire, beyond what the host asks of it.
let wireChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "wire-describe", proves: "HELLO, DESCRIBE and PING are answered as the wire protocol says.",
        remedy: "See sections 3 and 4 of the wire protocol; answer PING with an empty reply, in the loop that steps.",
        scope: .whole, kinds: [.peer]
    ) { subject in
        let session = try session(subject)
        guard let identity = session.identity else { return .failed("no HELLO") }
        try require(identity.role == .environment, "the role '\(identity.role.rawValue)', expected 'environment'")
        let reply = try session.ask(session.request(.describe), seconds: 30)
        try require(reply.header.status == .done, "DESCRIBE: status \(reply.header.status.rawValue)")
        try require(reply.frames.isEmpty, "DESCRIBE: \(reply.frames.count) frames, expected none")
        let environments = try DescribeReply(bytes: reply.meta).environments
        try session.requirePing("DESCRIBE")
        return .passed(
            "'\(identity.name)' \(identity.version), \(environments.count) environment\(environments.count == 1 ? "" : "s")"
        )
    },
    ConformanceCheck(
        "wire-unknown-message", proves: "What it does not understand gets an error reply, and the session goes on.",
        remedy: "Answer with status 2 and a code of section 5 of the wire protocol; do not close the session.",
        scope: .whole, kinds: [.peer]
    ) { subject in
        let session = try session(subject)
        func refused(_ what: String, _ codes: Set<String>, _ reply: WireArrival) throws {
            try require(
                reply.header.status == .error, "\(what): status \(reply.header.status.rawValue), expected 2 (error)")
            let found = reply.errorCodes.map(\.rawValue)
            try require(
                found.contains { codes.contains($0) },
                "\(what): the error codes \(found), expected \(codes.sorted().joined(separator: " or "))")
            try session.requirePing(what)
        }
        let unknown = session.request(WireMessage(rawValue: 9999))
        try refused("message 9999", ["unknown-message"], try session.ask(unknown))
        try refused(
            "CREATE of an unknown environment", ["unknown-environment"],
            try session.ask(
                session.request(.create),
                meta: CreateRequest(environment: "no-such-environment", copies: 1).encoded()))
        try refused(
            "CREATE with a meta that is no JSON", ["invalid-request"],
            try session.ask(session.request(.create), meta: Array("{nonsense".utf8)))
        try refused(
            "STEP of an unknown instance", ["unknown-instance", "specification", "invalid-request"],
            try session.ask(session.request(.step, instance: 4242, batch: 1)))
        let made = try session.create(subject, copies: 2)
        let short = session.request(.reset, instance: made.instance, specification: made.hash, batch: 2, frames: 1)
        try refused("RESET with a frame too few", ["invalid-request"], try session.ask(short, frames: [[1, 1]]))
        // Dropped without an answer.
        try session.send(parts: [Array("no header".utf8), []])
        try session.send(parts: [Array("alone".utf8)])
        try session.requirePing("messages that are none")
        return .passed
    },
    ConformanceCheck(
        "wire-specification",
        proves: "A request with another specification's hash is refused, and the instance lives on.",
        remedy: "Compare the header's specification with the instance's before anything else; code 'specification'.",
        scope: .whole, kinds: [.peer]
    ) { subject in
        let session = try session(subject)
        let made = try session.create(subject, copies: 1)
        try require(made.hash != 0, "CREATE: the specification hash 0")
        let wrong = session.request(.reset, instance: made.instance, specification: made.hash ^ 1, batch: 1, frames: 2)
        let refused = try session.ask(wrong, frames: resetFrames(1))
        try require(
            refused.header.status == .error && refused.errorCodes.contains(.specification),
            "RESET with another hash: status \(refused.header.status.rawValue), codes "
                + "\(refused.errorCodes.map(\.rawValue)), expected 2 and 'specification'")
        let right = session.request(.reset, instance: made.instance, specification: made.hash, batch: 1, frames: 2)
        let reply = try session.ask(right, frames: resetFrames(1))
        try require(reply.header.status == .done, "RESET afterwards: \(reply.errorCodes.map(\.rawValue))")
        return .passed
    },
    ConformanceCheck(
        "wire-one-reply", proves: "Each request gets exactly one reply, with its sequence number and the right clock.",
        remedy: "Send one reply to each request and nothing else but LOG and BYE.", scope: .whole, kinds: [.peer]
    ) { subject in
        let session = try session(subject)
        let made = try session.create(subject, copies: 2)
        for round in 1...20 {
            try session.requirePing("\(round - 1) rounds")
            let header = session.request(
                .reset, instance: made.instance, specification: made.hash, batch: 2, frames: 2)
            let reply = try session.ask(header, frames: resetFrames(2))
            try require(reply.header.status == .done, "RESET: \(reply.errorCodes.map(\.rawValue))")
            try require(
                reply.header.clock == UInt64(round), "RESET number \(round): the clock \(reply.header.clock)")
        }
        while let extra = try session.receive(seconds: 0.5) {
            try require(extra.header.message == .log, "\(extra.header.message) although all requests were answered")
        }
        return .passed
    },
    ConformanceCheck(
        "wire-ends", proves: "A peer whose driver goes away ends by itself.",
        remedy: "End when standard input ends or the driver is lost for longer than the heartbeat timeout.",
        scope: .whole, kinds: [.peer]
    ) { subject in
        guard let peer = subject.peer, case .command = peer.addresses.first else {
            return .skipped("a peer that was not started here serves others too")
        }
        let process = try abandoned(peer, subject)
        let deadline = ContinuousClock.now + .seconds(6)
        var status: Int32 = 0
        while ContinuousClock.now < deadline {
            if waitpid(process, &status, WNOHANG) != 0 { return .passed }
            usleep(20_000)
        }
        kill(-process, SIGKILL)
        return .failed("the process \(process) still runs 6 s after its driver went away")
    },
]

private func session(_ subject: ConformanceSubject) throws -> WireSession {
    guard let peer = subject.peer else { throw ConformanceFailure("no address of the peer is known") }
    return try WireSession(peer, seconds: subject.patience)
}

/// Mask and seeds.
private func resetFrames(_ copies: Int) -> [[UInt8]] {
    var seeds = [UInt8](repeating: 0, count: copies * 8)
    for copy in 0..<copies { seeds[copy * 8] = UInt8(1 + copy % 100) }
    return [Array(repeating: 1, count: copies), seeds]
}

/// Starts a peer, makes an instance there and lets go of it without a word; the process is then nobody's.
private func abandoned(_ peer: ScenarioPeer, _ subject: ConformanceSubject) throws -> pid_t {
    let session = try WireSession(peer, seconds: subject.patience)
    _ = try session.create(subject, copies: 1)
    guard let process = session.process else { throw ConformanceFailure("no process") }
    session.abandonChild()
    return process
}
