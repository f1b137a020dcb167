import ArgusEnvAPI

/// A picture of the centre for people: a line a queue, a line an expert, what has been achieved.
extension CustomerServiceEnvironment {
    public func renderText(color: Bool) -> String {
        let paint = Paint(isOn: color)
        let width = max(9, configuration.kinds.map(\.rawValue.count).max() ?? 0)
        var lines = [header(paint), ""]
        for queue in 0..<configuration.kindCount { lines.append(queueLine(queue, width, paint)) }
        lines.append("")
        for expert in 0..<configuration.experts { lines.append(expertLine(expert, width, paint)) }
        return lines.map { line in String(line.reversed().drop { $0 == " " }.reversed()) + "\n" }.joined()
    }

    private func header(_ paint: Paint) -> String {
        let tally = centre.tally
        var text = paint.bold(Self.clock(centre.now))
        if configuration.day.isFinite { text += " of \(Self.clock(configuration.day))" }
        text += "   resolved \(paint.green("\(tally.resolved)"))   unresolved \(tally.served - tally.resolved)"
        text += "   gave up \(paint.red("\(tally.abandoned)"))"
        if tally.blocked > 0 { text += "   engaged \(paint.red("\(tally.blocked)"))" }
        text += "   transfers \(tally.transfers)   in the centre \(centre.contactsInSystem)"
        return text
    }

    /// A dot for each contact, red beyond the target; the first one's wait and words.
    private func queueLine(_ queue: Int, _ width: Int, _ paint: Paint) -> String {
        let line = centre.lines[queue]
        let shown = min(Int(line.count), 12)
        let late = min(Int(line.late), shown)
        var text = "  " + Self.padded(configuration.kinds[queue].rawValue, width) + " "
        text += paint.red(String(repeating: "●", count: late)) + String(repeating: "○", count: shown - late)
        text += String(repeating: " ", count: 12 - shown) + (Int(line.count) > shown ? "+" : " ")
        guard line.first >= 0 else { return text + " -" }
        let contact = centre.contacts[Int(line.first)]
        text += " " + Self.padded(Self.clock(centre.now - contact.joined), 6)
        let kind = configuration.kinds[Int(contact.kind)]
        let words = spoken(contact)
        let room = 97 - width - 22 - kind.rawValue.count - 3
        let cut = words.count > room ? words.prefix(max(0, room - 1)) + "…" : words[...]
        return text + paint.faint(String(cut)) + " [\(kind)]"
    }

    private func spoken(_ contact: Contact) -> String {
        if contact.isKnown { return "(passed on)" }
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: layout.size) { row in
            row.initialize(repeating: 0)
            for kind in 0..<layout.kinds {
                row[layout.held + kind] = Float(contact.scores.values[kind]) / Float(IntentScores.unit)
            }
            let held = ExpertView(layout, UnsafeBufferPointer(row)).held
            return "\"" + CustomerVoice.sentence(held, configuration.kinds) + "\""
        }
    }

    private func expertLine(_ number: Int, _ width: Int, _ paint: Paint) -> String {
        let expert = centre.experts[number]
        let name = Self.padded("expert_\(number)", 10)
        let kind = expert.contact >= 0 ? configuration.kinds[Int(centre.contacts[Int(expert.contact)].kind)] : nil
        let what = kind.map { " \($0)" } ?? ""
        let activity =
            switch expert.activity {
            case .free: centre.decides(number) ? paint.yellow("free, decides") : paint.green("free")
            case .holding: paint.yellow("has\(what), decides")
            case .triage: "finds out what it is:\(what)"
            case .answering: "answers\(what)"
            case .consulting: "answers\(what) with expert_\(expert.partner)"
            case .assisting: "helps expert_\(expert.partner)"
            case .transferring: "transfers\(what) to \(configuration.kinds[Int(expert.destination)])"
            }
        let ends = centre.timers.time(of: expert.activity == .assisting ? Int(expert.partner) : number)
        let rest = ends.isFinite ? paint.faint("  \(Self.clock(ends - centre.now)) left") : ""
        return "  \(name) \(activity)\(rest)"
    }

    /// Minutes and seconds, hours before them if there are any.
    private static func clock(_ seconds: Double) -> String {
        let whole = seconds < 1e15 ? Int(seconds) : 0
        let (minutes, second) = whole.quotientAndRemainder(dividingBy: 60)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        if minutes < 60 { return "\(minutes):\(two(second))" }
        return "\(minutes / 60):\(two(minutes % 60)):\(two(second))"
    }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private struct Paint {
        let isOn: Bool

        func bold(_ text: String) -> String { paint(text, "1") }
        func faint(_ text: String) -> String { paint(text, "2") }
        func red(_ text: String) -> String { paint(text, "31") }
        func green(_ text: String) -> String { paint(text, "32") }
        func yellow(_ text: String) -> String { paint(text, "33") }

        private func paint(_ text: String, _ code: String) -> String {
            isOn && !text.isEmpty ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
        }
    }
}
