/// Who a side of a connection is.
public enum WireRole: String, Sendable, Hashable, CaseIterable {
    case driver
    case environment
    case policy
}

/// What each side says of itself in HELLO and WELCOME.
public struct PeerIdentity: Sendable, Hashable {
    public var role: WireRole
    /// Of the program, for messages.
    public var name: String
    public var version: String
    /// Process number, for messages; nil when not said.
    public var pid: Int?
    /// What the side can do beyond the minimum, such as `argus.text/1` of a policy.
    public var capabilities: [String]
    public var limits: WireLimits

    public init(
        role: WireRole, name: String, version: String, pid: Int? = nil, capabilities: [String] = [],
        limits: WireLimits = .standard
    ) {
        self.role = role
        self.name = name
        self.version = version
        self.pid = pid
        self.capabilities = capabilities
        self.limits = limits
    }

    init(_ fields: JSONFields) throws(WireError) {
        let name = try fields.string("role")
        guard let role = WireRole(rawValue: name) else {
            throw WireError(
                .role,
                "key 'role' of \(fields.place): found '\(name.prefix(40))', expected driver, environment or policy")
        }
        self.role = role
        self.name = try fields.optionalString("name") ?? ""
        version = try fields.optionalString("version") ?? ""
        pid = try fields.optionalInteger("pid", 0...Int.max)
        capabilities = try fields.optionalStrings("capabilities") ?? []
        limits = .standard
        if let given = try fields.optionalObject("limits") {
            limits.frame = try given.optionalInteger("frame", 64...Int.max) ?? limits.frame
            limits.instances = try given.optionalInteger("instances", 1...Int.max) ?? limits.instances
        }
    }

    func json(_ key: String, _ value: JSONValue) -> JSONValue {
        var members: [String: JSONValue] = [
            key: value, "role": .string(role.rawValue), "name": .string(name), "version": .string(version),
            "capabilities": .array(capabilities.map(JSONValue.string)),
            "limits": ["frame": .integer(limits.frame), "instances": .integer(limits.instances)],
        ]
        if let pid { members["pid"] = .integer(pid) }
        return .object(members)
    }

    /// The capabilities that both sides have.
    public func common(with other: PeerIdentity) -> Set<String> {
        Set(capabilities).intersection(other.capabilities)
    }
}

/// Meta of HELLO.
public struct Hello: WireMeta {
    public static let place = "meta of HELLO"
    /// Major versions that the sender speaks.
    public var majors: [Int]
    public var identity: PeerIdentity

    public init(_ identity: PeerIdentity, majors: [Int] = [Int(WireHeader.major)]) {
        self.identity = identity
        self.majors = majors
    }

    public init(_ fields: JSONFields) throws(WireError) {
        majors = try fields.integers("majors", 0...65535)
        identity = try PeerIdentity(fields)
    }

    public var json: JSONValue { identity.json("majors", .array(majors.map(JSONValue.integer))) }

    /// The binding side's answer.
    ///
    /// - Throws: code `version` or `role`, for REFUSE.
    public func welcome(by own: PeerIdentity) throws(WireError) -> Welcome {
        guard majors.contains(Int(WireHeader.major)) else {
            throw WireError(
                .version, "HELLO speaks the major versions \(majors), expected \(WireHeader.major) among them")
        }
        try requireDriver(own.role, identity.role)
        return Welcome(own)
    }
}

/// Meta of WELCOME.
public struct Welcome: WireMeta {
    public static let place = "meta of WELCOME"
    /// The major version chosen.
    public var major: Int
    public var identity: PeerIdentity

    public init(_ identity: PeerIdentity, major: Int = Int(WireHeader.major)) {
        self.identity = identity
        self.major = major
    }

    public init(_ fields: JSONFields) throws(WireError) {
        major = try fields.integer("major", 0...65535)
        identity = try PeerIdentity(fields)
    }

    public var json: JSONValue { identity.json("major", .integer(major)) }

    /// Checks that the connecting side can go on with this answer.
    ///
    /// - Throws: code `version` or `role`.
    public func check(for own: PeerIdentity) throws(WireError) {
        guard major == Int(WireHeader.major) else {
            throw WireError(.version, "WELCOME has chosen major version \(major), expected \(WireHeader.major)")
        }
        try requireDriver(identity.role, own.role)
    }
}

/// One of two sides is a driver, and one only.
private func requireDriver(_ first: WireRole, _ second: WireRole) throws(WireError) {
    guard (first == .driver) != (second == .driver) else {
        throw WireError(
            .role, "the two sides are \(first.rawValue) and \(second.rawValue), expected a driver and another")
    }
}
