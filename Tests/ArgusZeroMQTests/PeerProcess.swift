import Foundation
import Glibc

/// A peer in another process: it speaks just enough ZMTP 3.0 to be connected and to answer heartbeats, from Python's
/// own library alone, so that it can be stopped and killed.
final class PeerProcess {
    private let process = Process()

    /// Connects to `endpoint` (`tcp://127.0.0.1:PORT` or `ipc://PATH`).
    init(connectingTo endpoint: String) throws {
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", PeerProcess.program, endpoint]
        try process.run()
    }

    deinit {
        process.terminationHandler = nil
        if process.isRunning { send(SIGKILL) }
        process.waitUntilExit()
    }

    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }

    private static let program = """
        import socket, struct, sys
        kind, address = sys.argv[1].split("://")
        if kind == "ipc":
            peer = socket.socket(socket.AF_UNIX)
            peer.connect(address)
        else:
            host, port = address.split(":")
            peer = socket.create_connection((host, int(port)))

        def read(count):
            data = b""
            while len(data) < count:
                part = peer.recv(count - len(data))
                if not part:
                    sys.exit(0)
                data += part
            return data

        def command(body):
            peer.sendall(bytes([4, len(body)]) + body)

        peer.sendall(b"\\xff" + bytes(8) + b"\\x7f\\x03\\x00" + b"NULL".ljust(20, b"\\0") + bytes(32))
        read(64)
        name, value = b"Socket-Type", b"DEALER"
        command(b"\\x05READY" + bytes([len(name)]) + name + struct.pack(">I", len(value)) + value)
        while True:
            flags = read(1)[0]
            size = struct.unpack(">Q", read(8))[0] if flags & 2 else read(1)[0]
            body = read(size)
            if flags & 4 and body.startswith(b"\\x04PING"):
                command(b"\\x04PONG" + body[7:])
        """
}
