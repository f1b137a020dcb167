import ArgusZeroMQ
import Glibc
import Testing

@Suite struct EndpointTests {
    @Test func endpointsAreReadAndWrittenBack() throws {
        #expect(try Endpoint("tcp://127.0.0.1:5555", for: .bind).address == .tcp(host: "127.0.0.1", port: 5555))
        #expect(try Endpoint("tcp://127.0.0.1:0", for: .bind).description == "tcp://127.0.0.1:*")
        #expect(try Endpoint("tcp://*:*", for: .bind).address == .tcp(host: "*", port: nil))
        #expect(try Endpoint("tcp://node-3.lab:80", for: .connect).address == .tcp(host: "node-3.lab", port: 80))
        #expect(try Endpoint("ipc://run/x.sock", for: .bind).address == .ipc(path: "run/x.sock"))
        #expect(try Endpoint("inproc://a", for: .connect).description == "inproc://a")
    }

    @Test(arguments: [
        ("127.0.0.1:5555", "no '://'"), ("tcp://", "nothing"), ("udp://127.0.0.1:1", "transport 'udp'"),
        ("tcp://127.0.0.1", "no port"), ("tcp://localhost:5555", "host 'localhost'"), ("tcp://:5555", "no host"),
        ("tcp://127.0.0.1:65536", "port '65536'"), ("tcp://127.0.0.1:-1", "port"), ("tcp://127.0.0.1:", "port ''"),
        ("tcp://[::1]:5555", "IPv6"), ("tcp://127.0.0.01:1", "host"), ("tcp://1.2.3:1", "host"),
        ("tcp://127.0.0.1;1.2.3.4:1", "host"), ("ipc://*", "path '*'"), ("ipc://a\u{0}b", "control"),
        ("ipc:///" + String(repeating: "a", count: 107), "108 bytes"), ("ipc://@", "no name"),
    ])
    func whatCannotBeBoundIsRefusedInWords(text: String, found: String) {
        let error = #expect(throws: ConfigurationError.self) { try Endpoint(text, for: .bind) }
        #expect(error?.place == text)
        #expect(error?.found.contains(found) == true, "\(error.map { "\($0)" } ?? "")")
    }

    @Test(arguments: ["tcp://127.0.0.1:*", "tcp://*:5", "tcp://127.0.0.1:0", "tcp://a b:5", "tcp://300.1.1.1:5"])
    func whatCannotBeConnectedToIsRefused(text: String) {
        #expect(throws: ConfigurationError.self) { try Endpoint(text, for: .connect) }
    }

    @Test func onlyLoopbackAndThisUsersSocketsArePrivate() throws {
        let folder = try PrivateFolder()
        for text in ["tcp://127.0.0.1:1", "tcp://127.200.3.4:*", "ipc://\(folder.path)/x", "inproc://x"] {
            let endpoint = try Endpoint(text, for: .bind)
            #expect(endpoint.isPrivate)
            try Endpoint.requireKeysBeyondLoopback(bind: endpoint, hasKeys: false)
        }
        for text in ["ipc:///tmp/x", "ipc://@x", "ipc:///no/such/folder/x"] {
            #expect(try !Endpoint(text, for: .bind).isPrivate)
        }
        #expect(try Endpoint("tcp://localhost:1", for: .connect).isPrivate)
        #expect(try !Endpoint("tcp://127.0.0.1.example.org:1", for: .connect).isPrivate)
        for text in ["tcp://0.0.0.0:5555", "tcp://*:5555", "tcp://10.0.0.1:5555", "tcp://128.0.0.1:5555"] {
            let endpoint = try Endpoint(text, for: .bind)
            #expect(!endpoint.isPrivate)
            try Endpoint.requireKeysBeyondLoopback(bind: endpoint, hasKeys: true)
            let error = #expect(throws: ConfigurationError.self) {
                try Endpoint.requireKeysBeyondLoopback(bind: endpoint, hasKeys: false)
            }
            #expect(
                error.map { "\($0)" }
                    == "cannot bind where others can be (\(text)): found no CURVE keys, expected keys for any address "
                    + "but loopback and ipc in a folder of mode 0700. Try 'argus keys new NAME' on each side and passing the files, "
                    + "or tcp://127.0.0.1:5555.")
        }
    }

    @Test func aPrivateFolderIsForItsOwnerAloneAndGoesAway() throws {
        let path: String
        do {
            let folder = try PrivateFolder()
            path = folder.path
            var status = stat()
            #expect(stat(path, &status) == 0)
            #expect(status.st_mode & 0o777 == 0o700)
            let socket = try Socket(.router, context: Context())
            try socket.bind(try folder.endpoint("a.sock", for: .bind))
            #expect(access(path + "/a.sock", F_OK) == 0)
            #expect(throws: ConfigurationError.self) { try folder.endpoint("../a", for: .bind) }
            #expect(throws: ConfigurationError.self) {
                try folder.endpoint(String(repeating: "a", count: 107), for: .bind)
            }
        }
        #expect(access(path, F_OK) != 0)
    }

    @Test func aPathThatSomebodyListensAtIsNotTakenOver() throws {
        let folder = try PrivateFolder()
        let endpoint = try folder.endpoint("one", for: .bind)
        let context = Context()
        do {
            let first = try Socket(.router, context: context)
            try first.bind(endpoint)
            let second = try Socket(.router, context: context)
            #expect(code { try second.bind(endpoint) } == .addressInUse)
        }
        // What a crash leaves behind is no obstacle.
        let left = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array("\(folder.path)/two".utf8)) }
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(left, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(status == 0)
        close(left)
        let third = try Socket(.router, context: context)
        try third.bind(try folder.endpoint("two", for: .bind))
    }
}
