import Yams

/// Turns text into a ``YAMLNode``, with one clear error for whatever is wrong with it.
///
/// Aliases and tags are refused: no file of ours needs them, and nested aliases can make a small file stand for billions
/// of nodes. An anchor without aliases means nothing and is ignored.
struct YAMLParsing {
    let text: String
    /// The file's name, for messages.
    let file: String
    let code: ArgusError.Code

    /// The one document of the text.
    func parse() throws(ArgusError) -> YAMLNode {
        try refuseAliases()
        guard let root = try compose(text) else {
            throw ArgusError(
                code, "empty file", at: file, found: "no keys", expected: "lines of the form 'key: value'")
        }
        return try convert(root)
    }

    /// Finds aliases before anything is built from them, even hashes of keys: with every anchor blanked out, each alias
    /// is an undefined one. An anchor's name gives way to the non-specific tag `!`, which may stand in the same places,
    /// so that all else is parsed as in the original.
    private func refuseAliases() throws(ArgusError) {
        guard text.utf8.contains(UInt8(ascii: "&")), text.utf8.contains(UInt8(ascii: "*")) else { return }
        var blanked: [UInt8] = []
        blanked.reserveCapacity(text.utf8.count)
        var bytes = Array(text.utf8)[...]
        while let byte = bytes.popFirst() {
            let name = byte == UInt8(ascii: "&") ? bytes.prefix(while: YAMLParsing.isAnchorByte).count : 0
            blanked.append(name > 0 ? UInt8(ascii: "!") : byte)
            blanked.append(contentsOf: repeatElement(UInt8(ascii: " "), count: name))
            bytes = bytes.dropFirst(name)
        }
        _ = try compose(String(decoding: blanked, as: UTF8.self))
    }

    private static func isAnchorByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    private func compose(_ text: String) throws(ArgusError) -> Node? {
        do {
            // The basic resolver leaves scalars alone; their types are ours to decide (YAMLScalar).
            return try Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot()
        } catch let error as YamlError {
            throw explain(error)
        } catch {
            throw syntaxError(at: nil, found: "\(error)")
        }
    }

    // MARK: Conversion

    private func convert(_ node: Node) throws(ArgusError) -> YAMLNode {
        let line = node.mark?.line ?? 1
        switch node {
        case .scalar(let scalar):
            let plain = scalar.style == .plain || scalar.style == .any
            try refuseTag(scalar.tag, line, allowed: plain ? [] : [Tag(.str).description])
            return YAMLNode(line: line, content: .scalar(scalar.string, plain: plain))
        case .sequence(let sequence):
            try refuseTag(sequence.tag, line)
            var items: [YAMLNode] = []
            for item in sequence { items.append(try convert(item)) }
            return YAMLNode(line: line, content: .list(items))
        case .mapping(let mapping):
            try refuseTag(mapping.tag, line)
            var entries: [YAMLNode.Entry] = []
            for (key, value) in mapping {
                let keyLine = key.mark?.line ?? line
                guard case .scalar(let scalar) = key else {
                    throw ArgusError(
                        code, "bad key", at: "\(file):\(keyLine)", found: "a list or mapping as a key",
                        expected: "a name")
                }
                entries.append(YAMLNode.Entry(key: scalar.string, line: keyLine, value: try convert(value)))
            }
            return YAMLNode(line: line, content: .mapping(entries))
        case .alias: throw aliasError(line)
        }
    }

    private func refuseTag(_ tag: Tag, _ line: Int, allowed: [String] = []) throws(ArgusError) {
        let name = tag.description
        guard name.isEmpty || allowed.contains(name) else {
            throw ArgusError(
                code, "tag in a file", at: "\(file):\(line)", found: "the tag '\(name)'",
                expected: "a value without a tag",
                remedy: "quotes for a string, none for a number")
        }
    }

    // MARK: Errors

    private func explain(_ error: YamlError) -> ArgusError {
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            if problem.contains("tab character") || indentation(of: mark.line).contains("\t") {
                return ArgusError(
                    code, "tab in the indentation", at: "\(file):\(mark.line)", found: "a tab",
                    expected: "spaces (YAML allows no tabs there)", remedy: "two spaces for each level")
            }
            let words = [context.map { "\($0.text) (line \($0.mark.line))" }, problem].compactMap(\.self)
            return syntaxError(at: mark.line, found: words.joined(separator: ": "))
        case .composer(_, let problem, let mark, _):
            if problem.contains("alias") { return aliasError(mark.line) }
            return syntaxError(at: mark.line, found: "a second document after '---'", expected: "one document")
        case .duplicatedKeysInMapping(let duplicates, let context):
            return duplicateError(duplicates.first ?? "", first: context.mark)
        case .reader(let problem, let offset, _, _):
            let line = offset.map { text.prefix($0).count { $0.isNewline } + 1 }
            return syntaxError(at: line, found: problem, expected: "printable text")
        case .memory:
            return syntaxError(at: nil, found: "too many levels of nesting", expected: "at most 1000")
        default:
            return syntaxError(at: nil, found: "\(error)")
        }
    }

    private func syntaxError(at line: Int?, found: String, expected: String = "correct YAML") -> ArgusError {
        ArgusError(
            code, "not YAML", at: line.map { "\(file):\($0)" } ?? file, found: found, expected: expected)
    }

    private func aliasError(_ line: Int) -> ArgusError {
        ArgusError(
            code, "alias in a file", at: "\(file):\(line)", found: "an alias (*name)", expected: "plain values",
            remedy: "writing the value again, or quotes if the * is text")
    }

    /// The parser tells where the key stands first; the second place is looked for in the text, for people.
    private func duplicateError(_ key: String, first: Mark) -> ArgusError {
        let column = first.column - 1
        var second: Int?
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated()
        where index >= first.line && second == nil {
            let start = line.prefix(column)
            if start.allSatisfy({ $0 == " " }), line.dropFirst(column).hasPrefix("\(key):") { second = index + 1 }
        }
        return ArgusError(
            code, "duplicate key", at: "\(file):\(second ?? first.line), key '\(key)'",
            found: second == nil ? "the same key twice in one mapping" : "the same key as on line \(first.line)",
            expected: "each key once", remedy: "removing one of them")
    }

    private func indentation(of line: Int) -> Substring {
        let lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard lines.indices.contains(line - 1) else { return "" }
        return lines[line - 1].prefix { $0 == " " || $0 == "\t" }
    }
}
