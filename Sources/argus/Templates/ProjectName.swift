import ArgusHost

/// The name of a new environment, in the forms that its files need.
struct ProjectName {
    /// As it was given, such as `My_game-2`.
    let name: String
    /// Environment id, such as `my-game-2`.
    let id: String
    /// Swift type and module, or Python class, such as `MyGame2`.
    let type: String
    /// Python module, such as `my_game_2`.
    let module: String

    private static let longest = 40

    /// - Parameter taken: ids of environments that ArgusOrch has.
    /// - Throws: ``ArgusError`` (configuration, misuse) for a name that cannot be used, with one that can.
    init(_ name: String, language: ProjectLanguage, taken: Set<String>) throws(ArgusError) {
        func refused(_ found: String, _ expected: String, try remedy: String) -> ArgusError {
            ArgusError(
                .configuration, "bad name", at: "argus new plugin", found: found, expected: expected,
                remedy: "'\(remedy)'")
        }
        let proposal = Self.proposal(name)
        guard name == proposal else {
            throw refused(
                "'\(Self.printable(name))'",
                "1 to \(Self.longest) letters (a-z), digits, '-' and '_', the first a letter, the last no '-' or '_'",
                try: proposal)
        }
        let words = name.split { $0 == "-" || $0 == "_" }
        self.name = name
        id = String(name.lowercased().map { $0 == "_" ? "-" : $0 })
        type = words.map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
        module = String(name.map { $0 == "-" ? "_" : $0 })
        guard !taken.contains(id) else {
            throw refused("'\(name)'", "a name that no environment of ArgusOrch has", try: "my-\(name)")
        }
        let isReserved =
            switch language {
            case .swift: ReservedNames.swift.contains(type)
            case .c: false
            case .python: ReservedNames.python.contains(module) || ReservedNames.pythonTypes.contains(type)
            }
        guard !isReserved else {
            throw refused(
                "'\(name)', which \(language.words) or this project uses for something else", "a name of its own",
                try: "my-\(name)")
        }
    }

    /// On one line, and not without end.
    private static func printable(_ name: String) -> String {
        String(name.prefix(80).map { $0.isNewline || $0 < " " ? "?" : $0 })
    }

    /// The name itself if it can be used, else the nearest one that can.
    private static func proposal(_ name: String) -> String {
        var words = String(
            name.map { character in
                let isKept = character.isASCII && (character.isLetter || character.isNumber || "-_".contains(character))
                return isKept ? character : "-"
            })
        if words != name {
            // Several bad characters in a row become one hyphen.
            words = words.split(separator: "-").joined(separator: "-")
        }
        while let last = words.last, "-_".contains(last) { words.removeLast() }
        while let first = words.first, "-_".contains(first) { words.removeFirst() }
        if words.isEmpty { return "my-environment" }
        if let first = words.first, !first.isLetter { words = "my-" + words }
        words = String(words.prefix(longest))
        while let last = words.last, "-_".contains(last) { words.removeLast() }
        return words
    }
}
