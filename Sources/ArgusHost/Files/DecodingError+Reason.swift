extension DecodingError {
    /// What was found instead of what was to be decoded, as people say it, with the path to it.
    public static func reason(_ error: any Error) -> String {
        func path(_ keys: [any CodingKey]) -> String {
            keys.reduce("") { text, key in
                key.intValue.map { "\(text)[\($0)]" } ?? (text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)")
            }
        }
        switch error {
        case DecodingError.keyNotFound(let key, let context):
            return "no '\(path(context.codingPath + [key]))'"
        case DecodingError.typeMismatch(let type, let context):
            return "something else than \(words(type)) in '\(path(context.codingPath))'"
        case DecodingError.valueNotFound(let type, let context):
            return "null where \(words(type)) belongs, in '\(path(context.codingPath))'"
        case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
            return "a bad value in '\(path(context.codingPath))'"
        default: return "text that is not JSON, or was cut short"
        }
    }

    private static func words(_ type: Any.Type) -> String {
        switch type {
        case is Bool.Type: "true or false"
        case is String.Type: "a string"
        case is Double.Type, is Float.Type: "a number"
        case is any FixedWidthInteger.Type: "a whole number"
        case is [String: Any].Type: "an object"
        default: "a list"
        }
    }
}
