import ArgusBench

/// Rows and columns of text that fit a width: columns of words are wrapped.
struct TextTable {
    struct Column {
        var title: String
        /// Numbers stand to the right.
        var isNumber = false
        /// May be broken into several lines.
        var wraps = false

        static func words(_ title: String) -> Column { Column(title: title, wraps: true) }
        static func number(_ title: String) -> Column { Column(title: title, isNumber: true) }
        static func name(_ title: String) -> Column { Column(title: title) }
    }

    /// No wrapping column gets narrower than this or its longest word.
    private static let narrowest = 14

    var columns: [Column]
    var rows: [[String]]

    /// Columns that are empty in every row are left out.
    func lines(width limit: Int, heading: (String) -> String = { $0 }) -> [String] {
        let shown = columns.indices.filter { column in rows.contains { !$0[column].isEmpty } }
        guard !shown.isEmpty else { return [] }
        let widths = widths(shown, limit)
        func line(_ cells: [String]) -> String {
            var text = ""
            for (place, cell) in cells.enumerated() {
                let space = String(repeating: " ", count: max(0, widths[place] - cell.count))
                text += (place > 0 ? "  " : "") + (columns[shown[place]].isNumber ? space + cell : cell + space)
            }
            while text.last == " " { text.removeLast() }
            return text
        }
        var lines = [heading(line(shown.map { columns[$0].title }))]
        lines.append(widths.map { String(repeating: "-", count: $0) }.joined(separator: "  "))
        for row in rows {
            let cells = shown.indices.map { place in
                columns[shown[place]].wraps
                    ? WrappedText.lines(row[shown[place]], width: widths[place]) : [row[shown[place]]]
            }
            for part in 0..<(cells.map(\.count).max() ?? 0) {
                lines.append(line(cells.map { part < $0.count ? $0[part] : "" }))
            }
        }
        return lines
    }

    private func widths(_ shown: [Int], _ limit: Int) -> [Int] {
        var widths = shown.map { column in
            ([columns[column].title] + rows.map { $0[column] }).map(\.count).max() ?? 0
        }
        let least = shown.map { column in
            let words = ([columns[column].title] + rows.map { $0[column] }).flatMap { $0.split(separator: " ") }
            return max(TextTable.narrowest, words.map(\.count).max() ?? 0)
        }
        // The widest column of words gives way, again and again, until all fit.
        while widths.reduce(2 * (widths.count - 1), +) > limit {
            let flexible = shown.indices.filter { columns[shown[$0]].wraps && widths[$0] > least[$0] }
            guard let widest = flexible.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
        }
        return widths
    }
}
