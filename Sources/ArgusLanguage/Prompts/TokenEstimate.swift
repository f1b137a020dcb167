/// Tokens of a text where the model's own count is not known: a third of its bytes, more than byte-level tokenizers make
/// of English, so that a budget holds.
enum TokenEstimate {
    static func count(_ text: String) -> Int { (text.utf8.count + 2) / 3 }
}
