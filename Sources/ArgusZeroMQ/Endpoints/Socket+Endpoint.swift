import Glibc

extension Socket {
    /// Waits for connections at `endpoint`, unless somebody is already there.
    ///
    /// libzmq would take over the path of an `ipc` socket that is in use, and its owner would wait for ever.
    ///
    /// - Returns: the address to connect to.
    /// - Throws: ``ZeroMQError`` (addressInUse, addressNotAvailable, …).
    @discardableResult
    public func bind(_ endpoint: Endpoint) throws(ZeroMQError) -> String {
        if case .ipc(let path) = endpoint.address, somebodyListens(at: path) {
            throw ZeroMQError(.addressInUse, call: "zmq_bind", endpoint: "\(endpoint)")
        }
        return try bind("\(endpoint)")
    }

    /// Connects to `endpoint`, now or when somebody is there.
    public func connect(_ endpoint: Endpoint) throws(ZeroMQError) { try connect("\(endpoint)") }
}

/// Whether a connection to the socket in the file system comes about.
private func somebodyListens(at path: String) -> Bool {
    let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    let bytes = Array(path.utf8)
    // "@name" stands for a socket without a file, whose name begins with a zero byte; such a bind fails by itself.
    guard bytes.first != UInt8(ascii: "@"), bytes.count < MemoryLayout.size(ofValue: address.sun_path) else {
        return false
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
    return withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
            Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
        }
    }
}
