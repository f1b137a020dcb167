/// What the pre-tokenizers' patterns tell apart.
enum CharacterClass: UInt8, Sendable {
    /// `\p{L}`
    case letter
    /// `\p{N}`
    case number
    /// `\s` without the two below
    case space
    /// U+000A or U+000D, which also are `\s`
    case newline
    /// Everything else
    case other

    var isWhitespace: Bool { self == .space || self == .newline }

    init(_ scalar: Unicode.Scalar) {
        let value = Int(scalar.value)
        self = value < Self.plane.count ? Self.plane[value] : Self.lookUp(scalar)
    }

    /// The basic multilingual plane, looked up once: the properties are slower to ask for.
    private static let plane: [CharacterClass] = (UInt32(0)..<0x10000).map { value in
        Unicode.Scalar(value).map(lookUp) ?? .other
    }

    private static func lookUp(_ scalar: Unicode.Scalar) -> CharacterClass {
        if scalar == "\n" || scalar == "\r" { return .newline }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: return .letter
        case .decimalNumber, .letterNumber, .otherNumber: return .number
        default: return scalar.properties.isWhitespace ? .space : .other
        }
    }
}
