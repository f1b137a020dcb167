import ArgusEnvAPI

/// Who plays whom, as given by `--team` or a suite's `team:`.
///
/// Items are separated by commas: `POLICY` for all agents, or `AGENT=POLICY`, where `*` stands for the rest. What stands
/// before the first `=` is an agent only if it matches `[A-Za-z0-9_*]+`. A comma or space inside a policy needs double
/// quotes, around the policy or a part of it; in quotes everything stands for itself. Spaces around items are ignored.
public struct TeamSpecification: Sendable, Hashable, CustomStringConvertible {
    public struct Item: Sendable, Hashable {
        /// Nil: all agents. May be `*` or hold a `*` as in `robot_*`.
        public var agent: String?
        public var policy: String
    }

    public var items: [Item]

    /// Parses the texts of one or several `--team` options.
    public init(_ texts: [String]) throws(ArgusError) {
        var items: [Item] = []
        for text in texts {
            for piece in try TeamSpecification.split(text) {
                items.append(try TeamSpecification.item(piece, in: text))
            }
        }
        guard !items.isEmpty else {
            throw ArgusError(
                .configuration, "empty team", at: "--team", found: "nothing", expected: "POLICY or AGENT=POLICY",
                remedy: "'--team random'")
        }
        self.items = items
    }

    /// One policy for all agents.
    public init(policy: String) { items = [Item(agent: nil, policy: policy)] }

    public var description: String {
        items.map { item in
            // Without quotes `a=b` would be read as agent a with policy b.
            let policy =
                TeamSpecification.needsQuotes(item.policy)
                    || item.agent == nil && TeamSpecification.agentEnd(item.policy) != nil
                ? "\"\(item.policy)\"" : item.policy
            return item.agent.map { "\($0)=\(policy)" } ?? policy
        }.joined(separator: ",")
    }

    /// The policy of each agent, in the agents' order.
    public func policies(for agents: [String]) throws(ArgusError) -> [String] {
        var assigned = [String?](repeating: nil, count: agents.count)
        for item in items {
            guard let pattern = item.agent, pattern != "*" else { continue }
            let matches = agents.indices.filter { TeamSpecification.matches(pattern, agents[$0]) }
            guard !matches.isEmpty else {
                throw ArgusError(
                    .configuration, "unknown agent", at: "team '\(self)'", found: "'\(pattern)'",
                    expected: "one of \(agents.joined(separator: ", ")), or *",
                    remedy: nearestName(to: pattern, in: agents).map { "'\($0)'" })
            }
            for index in matches {
                guard assigned[index] == nil else { throw conflict(agents[index]) }
                assigned[index] = item.policy
            }
        }
        let rest = items.filter { $0.agent == nil || $0.agent == "*" }
        guard rest.count <= 1 else { throw conflict("the rest of the agents") }
        var policies: [String] = []
        for (index, policy) in assigned.enumerated() {
            guard let policy = policy ?? rest.first?.policy else {
                throw ArgusError(
                    .configuration, "agent without a policy", at: "team '\(self)'", found: "none for \(agents[index])",
                    expected: "one for every agent", remedy: "adding '*=random'")
            }
            policies.append(policy)
        }
        return policies
    }

    /// Whether some policy is a language model.
    public var usesLanguageModels: Bool { items.contains { $0.policy.hasPrefix("llm:") } }

    /// The first agent's policy from this team, all others' from `partner`: who plays well with strangers?
    ///
    /// - Throws: ``ArgusError`` (configuration) for a team that does not fit the agents, and where there is but one.
    public func crossed(with partner: TeamSpecification, agents: [String]) throws(ArgusError) -> TeamSpecification {
        guard agents.count > 1 else {
            throw ArgusError(
                .configuration, "nobody to be crossed with", at: "team '\(self)'", found: "one agent",
                expected: "two or more", remedy: "a scenario with more agents")
        }
        var crossed = self
        let own = try policies(for: agents)
        let others = try partner.policies(for: agents)
        crossed.items = agents.indices.map { Item(agent: agents[$0], policy: $0 == 0 ? own[0] : others[$0]) }
        return crossed
    }

    private func conflict(_ who: String) -> ArgusError {
        ArgusError(
            .configuration, "two policies for one agent", at: "team '\(self)'", found: "two for \(who)",
            expected: "one")
    }

    /// Splits at commas outside double quotes.
    private static func split(_ text: String) throws(ArgusError) -> [String] {
        var pieces = [""]
        var quoted = false
        for character in text {
            if character == "\"" {
                quoted.toggle()
                pieces[pieces.count - 1].append(character)
            } else if character == "," && !quoted {
                pieces.append("")
            } else {
                pieces[pieces.count - 1].append(character)
            }
        }
        guard !quoted else {
            throw ArgusError(
                .configuration, "unfinished quote", at: "team '\(text)'", found: "an opening \" alone",
                expected: "a closing \"")
        }
        return pieces
    }

    private static func item(_ piece: String, in text: String) throws(ArgusError) -> Item {
        let trimmed = piece.trimming { $0.isWhitespace }
        var agent: String?
        var rest = trimmed
        if let equals = agentEnd(trimmed) {
            agent = String(trimmed[..<equals])
            rest = trimmed[trimmed.index(after: equals)...]
        }
        var policy = ""
        var quoted = false
        var hasBareSpace = false
        for character in rest {
            if character == "\"" {
                quoted.toggle()
            } else {
                hasBareSpace = hasBareSpace || !quoted && character.isWhitespace
                policy.append(character)
            }
        }
        guard !policy.isEmpty, !hasBareSpace else {
            throw ArgusError(
                .configuration, "bad team item", at: "team '\(text)'",
                found: hasBareSpace ? "a space outside double quotes in '\(trimmed)'" : "'\(trimmed)'",
                expected: "POLICY or AGENT=POLICY", remedy: "'--team random' or '--team \"robot_0=random,*=scripted\"'")
        }
        return Item(agent: agent, policy: policy)
    }

    /// Where the `=` after an agent is; nil when the item names none.
    private static func agentEnd(_ item: some StringProtocol) -> String.Index? {
        guard let equals = item.firstIndex(of: "="), equals != item.startIndex else { return nil }
        let isAgent = item[..<equals].utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) || $0 == UInt8(ascii: "_")
                || $0 == UInt8(ascii: "*")
        }
        return isAgent ? equals : nil
    }

    private static func needsQuotes(_ policy: String) -> Bool { policy.contains { $0 == "," || $0.isWhitespace } }

    /// `*` in a pattern stands for any characters.
    private static func matches(_ pattern: String, _ name: String) -> Bool {
        func match(_ pattern: Substring, _ name: Substring) -> Bool {
            guard let first = pattern.first else { return name.isEmpty }
            if first == "*" {
                return match(pattern.dropFirst(), name) || (!name.isEmpty && match(pattern, name.dropFirst()))
            }
            return name.first == first && match(pattern.dropFirst(), name.dropFirst())
        }
        return match(pattern[...], name[...])
    }
}

extension String {
    /// Without the characters at both ends for which `isTrimmed` holds.
    fileprivate func trimming(_ isTrimmed: (Character) -> Bool) -> Substring {
        guard let first = firstIndex(where: { !isTrimmed($0) }), let last = lastIndex(where: { !isTrimmed($0) }) else {
            return ""
        }
        return self[first...last]
    }
}
