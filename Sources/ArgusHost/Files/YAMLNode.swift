/// One node of a parsed YAML document, with the line it stands on. No aliases or tags.
struct YAMLNode: Sendable, Hashable {
    enum Content: Sendable, Hashable {
        /// `plain`: written without quotes, so that it may be a number, a boolean or null.
        case scalar(String, plain: Bool)
        case list([YAMLNode])
        case mapping([Entry])
    }

    struct Entry: Sendable, Hashable {
        var key: String
        var line: Int
        var value: YAMLNode
    }

    /// Counted from 1.
    var line: Int
    var content: Content

    /// In words, for messages.
    var description: String {
        switch content {
        case .list: "a list"
        case .mapping: "a mapping (keys and values)"
        case .scalar(let text, false): "the string '\(text.prefix(80))'"
        case .scalar(let text, true):
            switch YAMLScalar(plain: text) {
            case .null: "nothing"
            case .integer, .number, .hugeInteger: "the number \(text.prefix(80))"
            case .boolean: "the boolean \(text)"
            case .string: "the string '\(text.prefix(80))'"
            }
        }
    }
}
