import Foundation

/// Numbers for people.
enum NumberText {
    /// With so many decimals; `-` for what is not finite.
    static func fixed(_ value: Double, _ decimals: Int) -> String {
        guard value.isFinite else { return "-" }
        let text = String(format: "%.\(decimals)f", value)
        // -0.00 is 0.00.
        let isZero = !text.contains { ("1"..."9").contains($0) }
        return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
    }

    /// With about three significant digits.
    static func short(_ value: Double) -> String { fixed(value, decimals(for: value.magnitude)) }

    /// Decimals for a column whose largest value has this magnitude.
    static func decimals(for magnitude: Double) -> Int {
        switch magnitude {
        case 1000...: 0
        case 100...: 1
        case 10...: 2
        default: 3
        }
    }

    /// A whole number in groups of three: `1,234,567`.
    static func grouped(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e18 else { return "-" }
        return grouped(Int(value.rounded()))
    }

    /// Of a second: whole from 10 on; language models make less than one step.
    static func rate(_ value: Double) -> String { value < 10 ? short(value) : grouped(value) }

    static func grouped(_ value: Int) -> String {
        var text = ""
        for (place, digit) in String(value.magnitude).reversed().enumerated() {
            if place > 0, place.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }

    /// `p = 0.012`, or `p < 0.001`; one decimal more where rounding would hide on which side of 0.05 it is.
    static func probability(_ value: Double) -> String {
        value < 0.001 ? "p < 0.001" : "p = \(fixed(value, abs(value - 0.05) < 0.0005 ? 4 : 3))"
    }

    /// `12 MB`.
    static func bytes(_ count: Int) -> String {
        switch Double(count) {
        case 1e9...: "\(fixed(Double(count) / 1e9, 1)) GB"
        case 1e6...: "\(fixed(Double(count) / 1e6, 1)) MB"
        default: "\(grouped((count + 999) / 1000)) kB"
        }
    }

    /// The shortest text that reads back as the same number; empty for what is not finite, as in CSV.
    static func exact(_ value: Double?) -> String {
        guard let value, value.isFinite else { return "" }
        return value == value.rounded() && value.magnitude < 1e15 ? "\(Int(value))" : "\(value)"
    }
}
