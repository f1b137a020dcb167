// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The functions have the names that the header declares.

import ArgusEnvAPI
import ArgusHost
public import CArgusClient

// Part 6 of argus_client.h: text, pictures, snapshots.

@c @implementation
public func argus_client_rules(
    _ handle: argus_client_handle, _ agent: UInt32, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
    _ needed: UnsafeMutablePointer<Int>?
) -> argus_client_status {
    use(handle) { client throws(ClientFailure) in
        try client.requireAgent(agent)
        let text: String
        do throws(ArgusError) { text = try client.environment.textRules(agent: Int(agent)) } catch {
            throw ClientFailure(error)
        }
        try write(text, buffer, capacity, needed)
    }
}

@c @implementation
public func argus_client_situation(
    _ handle: argus_client_handle, _ copy: UInt32, _ agent: UInt32, _ buffer: UnsafeMutablePointer<CChar>?,
    _ capacity: Int, _ needed: UnsafeMutablePointer<Int>?
) -> argus_client_status {
    use(handle) { client throws(ClientFailure) in
        try client.requireCopy(copy)
        try client.requireAgent(agent)
        try client.requireRunning("situation")
        let text: String
        do throws(ArgusError) {
            text = try client.environment.textSituation(copy: Int(copy), agent: Int(agent))
        } catch { throw ClientFailure(error) }
        try write(text, buffer, capacity, needed)
    }
}

@c @implementation
public func argus_client_action_text(
    _ handle: argus_client_handle, _ copy: UInt32, _ agent: UInt32, _ choice: UInt32,
    _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ needed: UnsafeMutablePointer<Int>?
) -> argus_client_status {
    use(handle) { client throws(ClientFailure) in
        try client.requireCopy(copy)
        try client.requireAgent(agent)
        try client.requireChoice(choice, agent: Int(agent))
        try client.requireRunning("action text")
        let text: String
        do throws(ArgusError) {
            text = try client.environment.textAction(copy: Int(copy), agent: Int(agent), choice: Int(choice))
        } catch { throw ClientFailure(error) }
        try write(text, buffer, capacity, needed)
    }
}

@c @implementation
public func argus_client_render(
    _ handle: argus_client_handle, _ copy: UInt32, _ color: UInt32, _ buffer: UnsafeMutablePointer<CChar>?,
    _ capacity: Int, _ needed: UnsafeMutablePointer<Int>?
) -> argus_client_status {
    use(handle) { client throws(ClientFailure) in
        try client.requireCopy(copy)
        try client.requireRunning("render")
        let text: String
        do throws(ArgusError) {
            text = try client.environment.renderText(copy: Int(copy), color: color != 0)
        } catch { throw ClientFailure(error) }
        try write(text, buffer, capacity, needed)
    }
}

@c @implementation
public func argus_client_snapshot(
    _ handle: argus_client_handle, _ copy: UInt32, _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int,
    _ needed: UnsafeMutablePointer<Int>?
) -> argus_client_status {
    use(handle) { client throws(ClientFailure) in
        try client.requireCopy(copy)
        try client.requireRunning("snapshot")
        let bytes: [UInt8]
        do throws(ArgusError) { bytes = try client.environment.snapshot(copy: Int(copy)) } catch {
            throw ClientFailure(error)
        }
        try write(bytes, buffer, capacity, needed)
    }
}

@c @implementation
public func argus_client_restore(
    _ handle: argus_client_handle, _ copy: UInt32, _ bytes: UnsafePointer<UInt8>?, _ count: Int,
    _ chanceSeed: UnsafePointer<UInt64>?
) -> argus_client_status {
    use(handle) { client throws(ClientFailure) in
        try client.requireCopy(copy)
        guard let bytes else { throw .null("bytes") }
        guard count >= 0, count <= 1 << 30 else {
            throw .argument("bad snapshot", at: "restore", found: "\(count) bytes", expected: "at most \(1 << 30)")
        }
        try client.restore(
            copy: Int(copy), from: Array(UnsafeBufferPointer(start: bytes, count: count)),
            chanceSeed: chanceSeed?.pointee)
    }
}

// MARK: Indices

extension ClientEnvironment {
    func requireCopy(_ copy: UInt32) throws(ClientFailure) {
        try requireIndex(copy, below: environment.copies, "copy")
    }

    func requireAgent(_ agent: UInt32) throws(ClientFailure) {
        try requireIndex(agent, below: environment.specification.agents.count, "agent")
    }

    /// A choice counts through all heads; those beyond an agent's true sizes are not its own.
    func requireChoice(_ choice: UInt32, agent: Int) throws(ClientFailure) {
        guard case .discrete(let heads) = environment.specification.actions else {
            throw .argument(
                "no choices", at: scenario, found: "continuous actions", expected: "discrete ones")
        }
        try requireIndex(choice, below: heads.reduce(0, +), "choice")
        let sizes = environment.specification.agents[agent].actionSizes ?? heads
        var index = Int(choice)
        for (head, size) in zip(heads, sizes) {
            if index < head {
                guard index < size else {
                    throw .argument(
                        "choice out of range", at: "\(scenario), \(environment.specification.agents[agent].name)",
                        found: "\(choice)", expected: "a choice that this agent has")
                }
                return
            }
            index -= head
        }
    }

    private func requireIndex(_ index: UInt32, below count: Int, _ name: String) throws(ClientFailure) {
        guard index < count else {
            throw .argument("\(name) out of range", at: scenario, found: "\(index)", expected: "0 to \(count - 1)")
        }
    }
}
