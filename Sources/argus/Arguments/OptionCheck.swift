import ArgusEnvAPI
import ArgusHost

/// Checks of options' values, with errors that name the option.
enum OptionCheck {
    static func atLeastOne(_ value: Int, _ option: String) throws(ArgusError) -> Int {
        try inRange(value, 1...1_000_000_000, option)
    }

    static func inRange(_ value: Int, _ range: ClosedRange<Int>, _ option: String) throws(ArgusError) -> Int {
        guard range.contains(value) else {
            throw ArgusError(
                .configuration, "value out of range", at: option, found: "\(value)",
                expected: "\(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    static func nonNegative(_ value: Double, _ option: String) throws(ArgusError) -> Double {
        guard value >= 0, value.isFinite else {
            throw ArgusError(
                .configuration, "value out of range", at: option, found: "\(value)", expected: "a number of at least 0")
        }
        return value
    }

    /// One of a few words.
    static func choice<Choice: RawRepresentable & CaseIterable>(
        _ text: String, _ type: Choice.Type, _ place: String
    ) throws(ArgusError) -> Choice where Choice.RawValue == String {
        if let choice = Choice(rawValue: text) { return choice }
        let names = Choice.allCases.map(\.rawValue)
        throw ArgusError(
            .configuration, "unknown value", at: place, found: "'\(text)'",
            expected: "one of \(names.joined(separator: ", "))",
            remedy: nearestName(to: text, in: names).map { "'\($0)'" })
    }
}
