import CZeroMQ

/// What a socket asks of its peers, and shows them. It holds for all of the socket's endpoints.
public enum SocketSecurity: Sendable {
    /// Neither encryption nor authentication: for loopback, private folders and `inproc`.
    case none
    /// CURVE, the side that decides who may connect (whether it binds or connects).
    case curveServer(CurveServer)
    /// CURVE, the side that knows the server's public key.
    case curveClient(CurveClient)

    func apply(to socket: UnsafeMutableRawPointer) throws(ZeroMQError) {
        switch self {
        case .none: return
        case .curveServer(let server):
            try set(ZMQ_ZAP_DOMAIN, "ZAP_DOMAIN", server.domain, on: socket)
            // Without this, libzmq would let everybody in while there is no handler. The option has no number in the
            // headers of a release, but the libraries have it; the handler is there in any case.
            var on: Int32 = 1
            zmq_setsockopt(socket, 93, &on, MemoryLayout<Int32>.size)
            try withUnsafeBytes(of: &on) { bytes throws(ZeroMQError) in
                try setSocketOption(ZMQ_CURVE_SERVER, "CURVE_SERVER", UnsafeRawBufferPointer(bytes), on: socket)
            }
            try set(ZMQ_CURVE_SECRETKEY, "CURVE_SECRETKEY", server.keys.secretKey.text, on: socket)
        case .curveClient(let client):
            try set(ZMQ_CURVE_SERVERKEY, "CURVE_SERVERKEY", client.serverKey.text, on: socket)
            try set(ZMQ_CURVE_PUBLICKEY, "CURVE_PUBLICKEY", client.keys.publicKey.text, on: socket)
            try set(ZMQ_CURVE_SECRETKEY, "CURVE_SECRETKEY", client.keys.secretKey.text, on: socket)
        }
    }

    private func set(
        _ option: Int32, _ name: String, _ text: String, on socket: UnsafeMutableRawPointer
    ) throws(ZeroMQError) {
        guard zmq_setsockopt(socket, option, text, text.utf8.count) == 0 else {
            throw ZeroMQError.latest("zmq_setsockopt(ZMQ_\(name))")
        }
    }
}

/// The keys of a side that knows whom it talks to.
public struct CurveClient: Sendable, Hashable {
    public let keys: KeyPair
    /// The server's public key; another server's connection fails.
    public let serverKey: PublicKey

    public init(keys: KeyPair, serverKey: PublicKey) {
        self.keys = keys
        self.serverKey = serverKey
    }
}
