import FoundationEssentials

/// Reading JSON files into types, with errors that name the file and the place in it.
enum JSONFile {
    /// Larger than any such file that is known; keeps a wrong file from being read whole.
    static let largest = 1 << 28

    static func decode<Value: Decodable>(
        _ type: Value.Type, from bytes: Data, source: String
    ) throws(LanguageError) -> Value {
        guard bytes.count <= largest else {
            throw LanguageError(
                .fileFormat, "JSON file (\(source)): found \(bytes.count) bytes, expected at most \(largest)")
        }
        do {
            return try JSONDecoder().decode(type, from: bytes)
        } catch let error as DecodingError {
            throw LanguageError(.fileFormat, "JSON file (\(source)): \(describe(error))")
        } catch {
            throw LanguageError(.fileFormat, "JSON file (\(source)): found something that is not valid JSON")
        }
    }

    private static func describe(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return place(context.codingPath, context.debugDescription)
        case .keyNotFound(let key, let context):
            return place(context.codingPath, "the key '\(key.stringValue)' is missing")
        @unknown default:
            return "it cannot be decoded"
        }
    }

    private static func place(_ path: [any CodingKey], _ what: String) -> String {
        let keys = path.map { $0.intValue.map(String.init) ?? $0.stringValue }.joined(separator: ".")
        return keys.isEmpty ? what : "'\(keys)': \(what)"
    }
}
