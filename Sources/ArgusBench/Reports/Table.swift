/// Rows and columns of text, for a terminal or Markdown.
struct Table {
    struct Column {
        var title: String
        /// Numbers stand to the right.
        var isNumber = true
    }

    var columns: [Column]
    var rows: [[String]]

    /// Lines in aligned columns. Where they are wider than `width`, the columns that do not fit follow below, with the
    /// first column again: nothing is cut off.
    func lines(width: Int, heading: (String) -> String = { $0 }) -> [String] {
        let widths = columns.indices.map { column in
            ([columns[column].title] + rows.map { $0[column] }).map(\.count).max() ?? 0
        }
        var blocks: [[Int]] = [[0]]
        var used = widths[0]
        for column in columns.indices.dropFirst() {
            if used + 2 + widths[column] > width, blocks[blocks.count - 1].count > 1 {
                blocks.append([0])
                used = widths[0]
            }
            blocks[blocks.count - 1].append(column)
            used += 2 + widths[column]
        }
        return blocks.enumerated().flatMap { place, block in
            let titles = heading(line(columns.map(\.title), block, widths))
            let rule = block.map { String(repeating: "-", count: widths[$0]) }.joined(separator: "  ")
            return (place > 0 ? [""] : []) + [titles, rule] + rows.map { line($0, block, widths) }
        }
    }

    private func line(_ cells: [String], _ block: [Int], _ widths: [Int]) -> String {
        var text = ""
        for column in block {
            let space = String(repeating: " ", count: widths[column] - cells[column].count)
            if column != block[0] { text += "  " }
            text += columns[column].isNumber ? space + cells[column] : cells[column] + space
        }
        while text.last == " " { text.removeLast() }
        return text
    }

    /// A Markdown table (GitHub's).
    var markdown: String {
        let titles = "| " + columns.map { Table.escaped($0.title) }.joined(separator: " | ") + " |"
        let rule = "|" + columns.map { $0.isNumber ? "---:|" : "---|" }.joined()
        let body = rows.map { "| " + $0.map(Table.escaped).joined(separator: " | ") + " |" }
        return ([titles, rule] + body).joined(separator: "\n") + "\n"
    }

    /// Text that stays in its cell and is taken literally.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "|", "*", "_", "`", "\\", "<": result += "\\\(character)"
            case _ where character.isNewline: result += " "
            default: result.append(character)
            }
        }
        return result
    }
}
