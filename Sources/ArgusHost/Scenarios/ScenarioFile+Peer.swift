/// The environment of a scenario file: a plugin's, or a peer's.
extension ScenarioFile {
    /// - Returns: the id of the environment (empty: the peer's only one), and the peer if there is one.
    static func environment(_ value: YAMLValue) throws(ArgusError) -> (id: String, peer: ScenarioPeer?) {
        guard value.isSection else { return (try environmentId(value), nil) }
        let section = try value.section()
        try section.allow(["peer", "id", "processes", "keys", "server", "allowed"])
        let folder = folder(ofFile: section.file)
        var peer = ScenarioPeer(try addresses(section.required("peer")))
        peer.folder = folder
        if let value = section["processes"] {
            peer.processes = try value.integer(in: 1...256)
            guard peer.addresses.allSatisfy({ if case .command = $0 { true } else { false } }) else {
                throw value.error(
                    "processes of a peer that is running already", expected: "commands, which are started that often",
                    remedy: "a list of addresses under 'peer'")
            }
        }
        func path(_ value: YAMLValue) throws(ArgusError) -> String {
            let path = try value.nonEmptyString()
            return path.hasPrefix("/") ? path : "\(folder)/\(path)"
        }
        if let value = section["keys"] { peer.keys = try path(value) }
        if let value = section["server"] { peer.server = try path(value) }
        if let value = section["allowed"] {
            for item in try value.list() { peer.allowed.append(try path(item)) }
        }
        return (try section["id"].map { value throws(ArgusError) in try environmentId(value) } ?? "", peer)
    }

    static func timeouts(_ section: YAMLSection, into timeouts: inout ScenarioPeer.Timeouts) throws(ArgusError) {
        try section.allow(["start", "step", "heartbeat"])
        if let value = section["start"] { timeouts.start = try value.number(in: 0.1...86_400) }
        if let value = section["step"] { timeouts.step = try value.number(in: 0.01...86_400) }
        if let value = section["heartbeat"] { timeouts.heartbeat = try value.number(in: 0.3...3600) }
    }

    private static func addresses(_ value: YAMLValue) throws(ArgusError) -> [ScenarioPeer.Address] {
        var texts: [YAMLValue] = [value]
        if value.isList { texts = try value.list() }
        guard !texts.isEmpty else {
            throw value.error("no peer", expected: "a command, connect:ENDPOINT or listen:ENDPOINT, or a list of them")
        }
        var addresses: [ScenarioPeer.Address] = []
        for text in texts {
            let address = ScenarioPeer.Address(try text.nonEmptyString())
            switch address {
            case .command: break
            case .connect(let endpoint), .listen(let endpoint):
                guard endpoint.hasPrefix("tcp://") || endpoint.hasPrefix("ipc://") else {
                    throw text.error(
                        "bad address of a peer", expected: "tcp://HOST:PORT or ipc://PATH after the colon",
                        remedy: "'connect:tcp://127.0.0.1:5555'")
                }
            }
            addresses.append(address)
        }
        return addresses
    }

    private static func environmentId(_ value: YAMLValue) throws(ArgusError) -> String {
        let id = try value.string()
        let letters = id.utf8.allSatisfy { DescriptorReader.isLowercaseLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
        guard !id.isEmpty, letters else {
            throw value.error("bad environment id", expected: "an id of a-z, 0-9 and '-', such as 'warehouse'")
        }
        return id
    }

    private static func folder(ofFile file: String) -> String {
        guard let slash = file.lastIndex(of: "/") else { return "." }
        return slash == file.startIndex ? "/" : String(file[..<slash])
    }
}
