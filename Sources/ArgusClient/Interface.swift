// swift-format-ignore-file: AlwaysUseLowerCamelCase
// The functions have the names that the header declares.

import ArgusHost
public import CArgusClient

// The functions that argus_client.h declares; the header says what each does. Here alone are raw arguments looked at.

@c @implementation
public func argus_client_version() -> UInt32 { UInt32(ARGUS_CLIENT_MAJOR) << 16 | UInt32(ARGUS_CLIENT_MINOR) }

@c @implementation
public func argus_client_error(_ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int) -> Int {
    guard let text = LastError.text else { return 0 }
    var size = 0
    while text[size] != 0 { size += 1 }
    buffer?.update(from: text, count: max(0, min(size, capacity)))
    return size
}

// MARK: Making and describing

@c @implementation
public func argus_client_scenarios(
    _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ needed: UnsafeMutablePointer<Int>?
) -> argus_client_status {
    finish { () throws(ClientFailure) in
        let ids: [String]
        do throws(ArgusError) { ids = try ScenarioCatalog.find().ids() } catch { throw ClientFailure(error) }
        try write(ids.joined(separator: "\n"), buffer, capacity, needed)
    }
}

@c @implementation
public func argus_client_create(
    _ scenario: UnsafePointer<CChar>?, _ copies: UInt32, _ threads: UInt32,
    _ handle: UnsafeMutablePointer<argus_client_handle>?
) -> argus_client_status {
    handle?.pointee = 0
    return finish { () throws(ClientFailure) in
        guard let scenario else { throw .null("scenario") }
        guard let handle else { throw .null("handle") }
        guard threads > 0 else {
            throw .argument("bad number of threads", at: "threads", found: "0", expected: "1 or more")
        }
        do throws(ArgusError) {
            handle.pointee = HandleRegistry.add(
                try ClientEnvironment(String(cString: scenario), copies: Int(copies), threads: Int(threads)))
        } catch { throw ClientFailure(error) }
    }
}

@c @implementation
public func argus_client_close(_ handle: argus_client_handle) -> argus_client_status {
    finish { () throws(ClientFailure) in try HandleRegistry.remove(handle) }
}

@c @implementation
public func argus_client_describe(
    _ handle: argus_client_handle, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
    _ needed: UnsafeMutablePointer<Int>?
) -> argus_client_status {
    use(handle) { client throws(ClientFailure) in
        let json = try EnvironmentDescription(client).json()
        try write(String(decoding: json, as: UTF8.self), buffer, capacity, needed)
    }
}

@c @implementation
public func argus_client_get_buffer(
    _ handle: argus_client_handle, _ role: UInt32, _ buffer: UnsafeMutablePointer<argus_client_buffer>?
) -> argus_client_status {
    use(handle) { client throws(ClientFailure) in
        guard let buffer else { throw .null("buffer") }
        buffer.pointee = try client.buffer(role)
    }
}

// MARK: Reset and step

@c @implementation
public func argus_client_reset(
    _ handle: argus_client_handle, _ kind: UInt32, _ seeds: UnsafePointer<UInt64>?, _ count: Int
) -> argus_client_status {
    use(handle) { client throws(ClientFailure) in
        guard let seeds else { throw .null("seeds") }
        let copies = client.environment.copies
        func requireCount(_ isRight: Bool, _ expected: String) throws(ClientFailure) {
            if !isRight { throw .argument("wrong number of seeds", at: "reset", found: "\(count)", expected: expected) }
        }
        let values = { Array(UnsafeBufferPointer(start: seeds, count: count)) }
        switch kind {
        case ARGUS_CLIENT_STREAM:
            try requireCount(count == 1, "1")
            try client.reset(.stream(run: seeds[0]))
        case ARGUS_CLIENT_STREAM_PER_COPY:
            try requireCount(count == copies, "\(copies), one a copy")
            try client.reset(.streams(first: values()))
        case ARGUS_CLIENT_LIST:
            try requireCount(count > 0 && count <= 1 << 32, "1 or more")
            try client.reset(.list(values()))
        default: throw .argument("unknown kind of episodes", at: "reset", found: "\(kind)", expected: "1, 2 or 3")
        }
    }
}

@c @implementation
public func argus_client_step(_ handle: argus_client_handle) -> Int64 {
    do throws(ClientFailure) {
        return Int64(try HandleRegistry.use(handle) { client throws(ClientFailure) in try client.step() })
    } catch { return -Int64(LastError.keep(error)) }
}

@c @implementation
public func argus_client_step_i64(
    _ handle: argus_client_handle, _ actions: UnsafePointer<Int64>?, _ count: Int
) -> Int64 {
    do throws(ClientFailure) {
        guard let actions else { throw .null("actions") }
        return Int64(
            try HandleRegistry.use(handle) { client throws(ClientFailure) in try client.step(actions, count: count) })
    } catch { return -Int64(LastError.keep(error)) }
}

@c @implementation
public func argus_client_report(
    _ handle: argus_client_handle, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int,
    _ needed: UnsafeMutablePointer<Int>?
) -> argus_client_status {
    use(handle) { client throws(ClientFailure) in
        try write(client.environment.lastReport ?? "", buffer, capacity, needed)
    }
}

@c @implementation
public func argus_client_act(
    _ handle: argus_client_handle, _ team: UnsafePointer<CChar>?, _ seed: UInt64
) -> argus_client_status {
    use(handle) { client throws(ClientFailure) in
        guard let team else { throw .null("team") }
        try client.act(String(cString: team), seed: seed)
    }
}

// MARK: Details

/// Runs a call and turns what it throws into a status.
func finish(_ body: () throws(ClientFailure) -> Void) -> argus_client_status {
    do throws(ClientFailure) { try body() } catch { return LastError.keep(error) }
    return ARGUS_CLIENT_OK
}

/// The same for calls with a handle.
func use(
    _ handle: argus_client_handle, _ body: (ClientEnvironment) throws(ClientFailure) -> Void
) -> argus_client_status {
    finish { () throws(ClientFailure) in try HandleRegistry.use(handle, body) }
}

/// Writes a text by the header's (buffer, capacity, needed) convention.
func write(
    _ text: String, _ buffer: UnsafeMutablePointer<CChar>?, _ capacity: Int, _ needed: UnsafeMutablePointer<Int>?
) throws(ClientFailure) {
    guard let buffer else { return try write(Array(text.utf8), nil, 0, needed) }
    try buffer.withMemoryRebound(to: UInt8.self, capacity: max(0, capacity)) { buffer throws(ClientFailure) in
        try write(Array(text.utf8), buffer, capacity, needed)
    }
}

func write(
    _ bytes: [UInt8], _ buffer: UnsafeMutablePointer<UInt8>?, _ capacity: Int, _ needed: UnsafeMutablePointer<Int>?
) throws(ClientFailure) {
    guard let needed else { throw .null("needed") }
    needed.pointee = bytes.count
    guard let buffer, capacity > 0 else { return }
    bytes.withUnsafeBufferPointer { bytes in
        guard let base = bytes.baseAddress else { return }
        buffer.update(from: base, count: min(bytes.count, capacity))
    }
}
