import ArgusEnvAPI
public import ArgusHost
import Foundation

/// What a language model is told, as a file says it: texts with slots, and how much of each section at most.
public struct PromptTemplate: Sendable, Hashable {
    /// Tokens at most.
    public struct Budgets: Sendable, Hashable {
        public var total = 2048
        public var rules = 1200
        public var situation = 400
        public var history = 500
        public var messages = 300
    }

    public var name: String
    /// Decisions that are remembered.
    public var history: Int
    public var budgets: Budgets
    var system: TemplateText
    var user: TemplateText
    var historyLine: TemplateText
    var messageLine: TemplateText
    var actionLine: TemplateText
    var sending: TemplateText
    var formats: [ActingMode: String]
    /// How a reply begins in front of the words that are scored.
    public var replyStart: String
    var again: TemplateText

    /// - Throws: ``ArgusError``: (file) for a file that cannot be read, (configuration) for an unknown key or slot, a slot
    ///   that is missing, or one that would make the static part change.
    public init(contentsOf path: String) throws(ArgusError) {
        try self.init(text: try TextFile.read(path), file: path)
    }

    /// - Parameter file: What messages call it.
    public init(text: String, file: String) throws(ArgusError) {
        let root = try YAMLSection(text: text, file: file)
        try root.allow([
            "prompt", "version", "history", "budgets", "system", "user", "history_line", "message_line", "action_line",
            "sending", "formats", "reply", "again",
        ])
        name = try root.required("prompt").nonEmptyString()
        _ = try root.integer("version", in: 1...1)
        history = try root["history"]?.integer(in: 0...1000) ?? 0
        budgets = try PromptTemplate.budgets(root)
        system = try TemplateText(
            root.required("system"), slots: ["agent", "rules", "format", "sending"], needs: ["rules"])
        user = try TemplateText(
            root.required("user"), slots: ["situation", "actions", "history", "messages", "agent"],
            needs: ["situation", "actions"])
        historyLine = try TemplateText(
            root.required("history_line"), slots: ["situation", "action"], needs: ["action"])
        messageLine = try TemplateText(root.required("message_line"), slots: ["from", "text"], needs: ["text"])
        actionLine = try TemplateText(root.required("action_line"), slots: ["number", "words"], needs: ["words"])
        sending = try TemplateText(root.required("sending"), slots: ["characters"], needs: [])
        again = try TemplateText(root.required("again"), slots: ["problem"], needs: [])
        let formats = try root.section("formats")
        try formats.allow(ActingMode.allCases.map(\.rawValue))
        self.formats = [:]
        for mode in ActingMode.allCases { self.formats[mode] = try formats.string(mode.rawValue) }
        replyStart = try root.string("reply")
    }

    private static func budgets(_ root: YAMLSection) throws(ArgusError) -> Budgets {
        var budgets = Budgets()
        guard let section = try root["budgets"]?.section() else { return budgets }
        try section.allow(["total", "rules", "situation", "history", "messages"])
        let range = 0...10_000_000
        if let value = section["total"] { budgets.total = try value.integer(in: range) }
        if let value = section["rules"] { budgets.rules = try value.integer(in: range) }
        if let value = section["situation"] { budgets.situation = try value.integer(in: range) }
        if let value = section["history"] { budgets.history = try value.integer(in: range) }
        if let value = section["messages"] { budgets.messages = try value.integer(in: range) }
        return budgets
    }

    /// What a model is told whose reply was none, before it is asked once more.
    public func again(problem: String) -> String { again.filled(["problem": problem]) }
}
