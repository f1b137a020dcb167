import FoundationEssentials

/// Looks for keys that stand twice in one JSON object, which a decoder into dictionaries would silently drop.
enum JSONKeys {
    /// The first key that its object has twice, or nil. `json` must already be known to be valid JSON.
    static func firstDuplicate(in json: [UInt8]) -> String? {
        // One set of keys for each open object; arrays get one that stays empty.
        var seen: [Set<String>] = []
        var latest: String?
        var index = 0
        while index < json.count {
            switch json[index] {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                seen.append([])
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                _ = seen.popLast()
            case UInt8(ascii: "\""):
                let end = endOfString(in: json, from: index)
                latest = decoded(json[index..<end])
                index = end
                continue
            case UInt8(ascii: ":"):
                if let key = latest, !seen.isEmpty, !seen[seen.count - 1].insert(key).inserted { return key }
            default:
                break
            }
            index += 1
        }
        return nil
    }

    /// The index after the closing quote of the string that opens at `start`.
    private static func endOfString(in json: [UInt8], from start: Int) -> Int {
        var index = start + 1
        while index < json.count, json[index] != UInt8(ascii: "\"") {
            index += json[index] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(index + 1, json.count)
    }

    /// A string with its escapes resolved, so that two spellings of one key are one key.
    private static func decoded(_ literal: ArraySlice<UInt8>) -> String {
        let plain = String(decoding: literal.dropFirst().dropLast(), as: UTF8.self)
        guard literal.contains(UInt8(ascii: "\\")) else { return plain }
        let wrapped = Data([UInt8(ascii: "[")] + literal + [UInt8(ascii: "]")])
        return (try? JSONDecoder().decode([String].self, from: wrapped))?.first ?? plain
    }
}
