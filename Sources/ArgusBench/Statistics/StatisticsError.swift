/// Why a statistic could not be computed: the data or the settings do not allow it.
public struct StatisticsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What kind of fault it is; more kinds may be added.
    public struct Code: RawRepresentable, Sendable, Hashable {
        /// The stable name of the code.
        public let rawValue: String

        /// A code by its stable name.
        public init(rawValue: String) {
            self.rawValue = rawValue
        }

        /// There is no value to compute from.
        public static let empty = Code(rawValue: "empty")
        /// A value is NaN, infinite, or too large to be squared and summed.
        public static let unusableValue = Code(rawValue: "unusable-value")
        /// Two inputs that belong together differ in size.
        public static let shapeMismatch = Code(rawValue: "shape-mismatch")
        /// A setting (confidence, repetitions, threshold, …) is outside its range.
        public static let invalidSetting = Code(rawValue: "invalid-setting")
    }

    /// What kind of fault it is.
    public let code: Code
    /// What was found, what was expected, and where.
    public let message: String

    /// The message.
    public var description: String { message }

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }
}

/// The largest magnitude that every statistic here can square and sum without overflow.
private let largestMagnitude = 1e150

/// Checks that there are values and that each is finite and of a magnitude that can be squared and summed.
///
/// - Parameters:
///   - values: What to check.
///   - subject: What the values are, for the message ("episode returns").
func requireUsable(_ values: [Double], _ subject: String) throws(StatisticsError) {
    guard !values.isEmpty else {
        throw StatisticsError(.empty, "\(subject): found no value, expected at least one.")
    }
    for (index, value) in values.enumerated() where !(value.magnitude <= largestMagnitude) {
        throw StatisticsError(
            .unusableValue,
            "\(subject), value \(index): found \(value), expected a finite number of magnitude at most "
                + "\(largestMagnitude). Leave failed episodes out before the statistics, and report their number."
        )
    }
}

/// Checks that a confidence level lies strictly between 0 and 1.
func requireConfidence(_ confidence: Double) throws(StatisticsError) {
    guard confidence > 0, confidence < 1 else {
        throw StatisticsError(
            .invalidSetting,
            "confidence: found \(confidence), expected a number strictly between 0 and 1, as 0.95."
        )
    }
}
