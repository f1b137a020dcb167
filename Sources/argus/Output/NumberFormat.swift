import Foundation

/// Numbers for people.
enum NumberFormat {
    /// With about three significant decimals and no trailing zeros; `-` for what is not a number.
    static func short(_ value: Double) -> String {
        guard !value.isNaN else { return "-" }
        guard value.isFinite else { return value < 0 ? "-inf" : "inf" }
        if value == value.rounded(), value.magnitude < 1e15 { return "\(Int(value))" }
        return String(format: "%.4g", value)
    }

    static func fixed(_ value: Double, _ decimals: Int = 3) -> String {
        value.isFinite ? String(format: "%.\(decimals)f", value) : "-"
    }

    /// `1,234,567`.
    static func grouped(_ value: Double) -> String {
        guard value.isFinite, value.magnitude < 1e15 else { return "-" }
        var text = ""
        for (place, digit) in String(Int(value.rounded()).magnitude).reversed().enumerated() {
            if place > 0, place.isMultiple(of: 3) { text.append(",") }
            text.append(digit)
        }
        return (value < 0 ? "-" : "") + String(text.reversed())
    }
}
