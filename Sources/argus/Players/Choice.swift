import Foundation

/// A legal choice, as a person may name it: its number, its words, or a beginning of them that no other has.
struct Choice: Equatable {
    var number: Int
    var words: String

    enum Match: Equatable {
        case none
        case one(Choice)
        case several([Choice])
    }

    static func named(_ answer: String, among choices: [Choice]) -> Match {
        if let number = Int(answer) { return choices.first { $0.number == number }.map(Match.one) ?? .none }
        let wanted = folded(answer)
        guard !wanted.isEmpty else { return .none }
        if let choice = choices.first(where: { folded($0.words) == wanted }) { return .one(choice) }
        let fitting = choices.filter { folded($0.words).hasPrefix(wanted) }
        return fitting.count > 1 ? .several(fitting) : fitting.first.map(Match.one) ?? .none
    }

    private static func folded(_ words: String) -> String {
        words.split(whereSeparator: \.isWhitespace).joined(separator: " ").lowercased()
    }
}
