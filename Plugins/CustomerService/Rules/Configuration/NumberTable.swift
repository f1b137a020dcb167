import ArgusEnvAPI

/// Lists and matrices of numbers as a scenario writes them.
///
/// Rows are separated by `;` (or line ends), numbers by spaces or commas. `3x` before a row repeats it three times. One
/// number stands for a whole row of that number, one row for a whole matrix of that row.
enum NumberTable {
    /// Reads one number a column.
    static func list(
        _ text: String, columns: Int, in range: ClosedRange<Double>, parameter: String
    ) throws(ParameterError) -> [Double] {
        try matrix(text, rows: 1, columns: columns, in: range, parameter: parameter)
    }

    /// Reads `rows` × `columns` numbers, row by row.
    static func matrix(
        _ text: String, rows: Int, columns: Int, in range: ClosedRange<Double>, parameter: String
    ) throws(ParameterError) -> [Double] {
        var table: [[Double]] = []
        for line in text.split(whereSeparator: { $0 == ";" || $0.isNewline }) {
            var words = line.split(whereSeparator: { $0 == " " || $0 == "," || $0 == "\t" })
            var repetitions = 1
            if let first = words.first, first.hasSuffix("x"), let count = Int(first.dropLast()) {
                guard (1...rows).contains(count) else {
                    throw ParameterError(
                        parameter: parameter, found: "a row that is repeated \(count) times",
                        expected: "1 to \(rows) times",
                        remedy: "'\(rows)x'")
                }
                repetitions = count
                words.removeFirst()
            }
            if words.isEmpty { continue }
            var numbers = try words.map { (word) throws(ParameterError) in try number(word, in: range, parameter) }
            if numbers.count == 1 { numbers = Array(repeating: numbers[0], count: columns) }
            guard numbers.count == columns else {
                throw ParameterError(
                    parameter: parameter, found: "\(numbers.count) numbers in a row", expected: "1 or \(columns)",
                    remedy: "'\(Array(repeating: "\(words[0])", count: columns).joined(separator: " "))'")
            }
            for _ in 0..<repetitions where table.count <= rows { table.append(numbers) }
        }
        if table.count == 1 { table = Array(repeating: table[0], count: rows) }
        guard table.count == rows else {
            let found = table.count > rows ? "more than \(rows)" : "\(table.count)"
            throw ParameterError(
                parameter: parameter, found: "\(found) rows", expected: rows == 1 ? "1" : "1 or \(rows)",
                remedy: "rows separated by ';', '3x 1 0' for three equal ones")
        }
        return Array(table.joined())
    }

    /// Reads a list of any length from 1 to `longest`.
    static func list(
        _ text: String, longest: Int, in range: ClosedRange<Double>, parameter: String
    ) throws(ParameterError) -> [Double] {
        let words = text.split(whereSeparator: { $0 == " " || $0 == "," || $0.isWhitespace })
        guard (1...longest).contains(words.count) else {
            throw ParameterError(
                parameter: parameter, found: "\(words.count) numbers", expected: "1 to \(longest)", remedy: "'1'")
        }
        return try words.map { (word) throws(ParameterError) in try number(word, in: range, parameter) }
    }

    private static func number(
        _ word: Substring, in range: ClosedRange<Double>, _ parameter: String
    ) throws(ParameterError) -> Double {
        guard let number = Double(word), range.contains(number) else {
            throw ParameterError(
                parameter: parameter, found: "'\(word)'",
                expected: "a number from \(range.lowerBound) to \(range.upperBound)",
                remedy: "'\(min(range.upperBound, max(range.lowerBound, 1)))'")
        }
        return number
    }
}
