/// As JSON, with the keys of a scenario's file: in recordings and for clients.
extension Communication: Codable {
    enum CodingKeys: String, CodingKey {
        case topology, symbols, characters, delay, loss, shuffle
        case perStep = "per_step"
        case perEpisode = "per_episode"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        func integer(_ key: CodingKeys, _ range: ClosedRange<Int>) throws -> Int {
            let value = try values.decode(Int.self, forKey: key)
            guard range.contains(value) else {
                throw refused(key, "not from \(range.lowerBound) to \(range.upperBound)")
            }
            return value
        }
        func refused(_ key: CodingKeys, _ words: String) -> DecodingError {
            .dataCorruptedError(forKey: key, in: values, debugDescription: words)
        }
        self.init()
        topology = try values.decode(Topology.self, forKey: .topology)
        symbols = try integer(.symbols, 0...Communication.symbolLimit)
        characters = try integer(.characters, 0...Communication.characterLimit)
        perStep = try values.decodeNil(forKey: .perStep) ? nil : integer(.perStep, 1...Communication.perStepLimit)
        perEpisode =
            try values.decodeNil(forKey: .perEpisode) ? nil : integer(.perEpisode, 1...Communication.perEpisodeLimit)
        delay = try integer(.delay, 1...Communication.delayLimit)
        loss = try values.decode(Double.self, forKey: .loss)
        shuffle = try values.decode(Bool.self, forKey: .shuffle)
        guard (0...1).contains(loss) else { throw refused(.loss, "not a probability") }
        guard symbols > 0 || characters > 0 else { throw refused(.symbols, "neither symbols nor characters") }
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(topology, forKey: .topology)
        try values.encode(symbols, forKey: .symbols)
        try values.encode(characters, forKey: .characters)
        // Null: no limit.
        try values.encode(perStep, forKey: .perStep)
        try values.encode(perEpisode, forKey: .perEpisode)
        try values.encode(delay, forKey: .delay)
        try values.encode(loss, forKey: .loss)
        try values.encode(shuffle, forKey: .shuffle)
    }
}

extension Communication.Topology: Codable {
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let lists = try? value.decode([[Communication.AgentReference]].self) {
            self = .receivers(lists)
            return
        }
        switch try value.decode(String.self) {
        case "all": self = .all
        case "ring": self = .ring
        case "star": self = .star
        default:
            throw DecodingError.dataCorruptedError(in: value, debugDescription: "neither all, ring, star nor lists")
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        if case .receivers(let lists) = self { try value.encode(lists) } else { try value.encode(description) }
    }
}

extension Communication.AgentReference: Codable {
    public init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let index = try? value.decode(Int.self) {
            self = .index(index)
        } else {
            self = .name(try value.decode(String.self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var value = encoder.singleValueContainer()
        switch self {
        case .index(let index): try value.encode(index)
        case .name(let name): try value.encode(name)
        }
    }
}
