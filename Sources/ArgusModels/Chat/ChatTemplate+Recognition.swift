extension ChatTemplate {
    /// Recognises the template that comes with a model: text in the template language Jinja.
    ///
    /// Known are ChatML as SmolLM2 and many others have it, with a default system message or without, and that of
    /// Llama 3. A template that says anything else is refused: rendering it nearly right would be worse.
    /// - Parameters:
    ///   - jinja: the template.
    ///   - beginning: the text of the token that begins a text, which templates call `bos_token`.
    public init(recognising jinja: String, beginning: String?, source: String) throws(LanguageError) {
        let (skeleton, literals) = Self.skeleton(jinja)
        let systemOpening = "<|im_start|>system\n"
        let systemClosing = "<|im_end|>\n"
        if skeleton == Self.plainChatML, literals == Self.plainChatMLLiterals {
            self = .chatML(defaultSystem: nil)
        } else if skeleton == Self.defaultedChatML, literals.count == Self.plainChatMLLiterals.count + 3,
            literals[0] == "role", literals[1] == "system", literals[2].hasPrefix(systemOpening),
            literals[2].hasSuffix(systemClosing), Array(literals.dropFirst(3)) == Self.plainChatMLLiterals
        {
            self = .chatML(
                defaultSystem: String(literals[2].dropFirst(systemOpening.count).dropLast(systemClosing.count)))
        } else if skeleton == Self.llama3, literals == Self.llama3Literals, let beginning {
            self = .llama3(beginning: beginning)
        } else {
            throw LanguageError(
                .unsupported,
                "chat template (\(source)): found '\(jinja.prefix(60))…', expected that of SmolLM2, plain "
                    + "ChatML or that of Llama 3")
        }
    }

    /// The statements with `$` for each string, and the strings.
    private static let plainChatML =
        "{%for message in messages%}{{$+message[$]+$+message[$]+$+$}}{%endfor%}{%if add_generation_prompt%}{{$}}{%endif%}"
    private static let plainChatMLLiterals = [
        "<|im_start|>", "role", "\n", "content", "<|im_end|>", "\n", "<|im_start|>assistant\n",
    ]
    private static let defaultedChatML =
        "{%for message in messages%}{%if loop.first and messages[0][$]!=$%}{{$}}{%endif%}"
        + plainChatML.dropFirst("{%for message in messages%}".count)
    private static let llama3 =
        "{%set loop_messages=messages%}{%for message in loop_messages%}"
        + "{%set content=$+message[$]+$+message[$]|trim+$%}{%if loop.index0==0%}{%set content=bos_token+content%}{%endif%}"
        + "{{content}}{%endfor%}{%if add_generation_prompt%}{{$}}{%endif%}"
    private static let llama3Literals = [
        "<|start_header_id|>", "role", "<|end_header_id|>\n\n", "content", "<|eot_id|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\n",
    ]

    /// Takes the strings out, and the white space that says nothing: inside of statements, where it separates no words.
    private static func skeleton(_ jinja: String) -> (skeleton: String, literals: [String]) {
        var skeleton = ""
        var literals: [String] = []
        var scalars = jinja.unicodeScalars[...]
        var isInside = false
        var isSpaced = false
        func isWord(_ scalar: Unicode.Scalar?) -> Bool {
            guard let scalar else { return false }
            return scalar == "_" || scalar.properties.isAlphabetic || scalar.properties.numericType != nil
        }
        while let scalar = scalars.popFirst() {
            if isInside, scalar == "'" || scalar == "\"" {
                var literal = ""
                while let next = scalars.popFirst(), next != scalar {
                    if next == "\\", let escaped = scalars.popFirst() {
                        literal.unicodeScalars.append(escaped == "n" ? "\n" : escaped == "t" ? "\t" : escaped)
                    } else {
                        literal.unicodeScalars.append(next)
                    }
                }
                literals.append(literal)
                skeleton += "$"
                isSpaced = false
                continue
            }
            if isInside, scalar == " " || scalar == "\n" {
                isSpaced = true
                continue
            }
            if isSpaced, isWord(scalar), isWord(skeleton.unicodeScalars.last) { skeleton += " " }
            isSpaced = false
            skeleton.unicodeScalars.append(scalar)
            if scalar == "%" || scalar == "{", skeleton.hasSuffix("{%") || skeleton.hasSuffix("{{") { isInside = true }
            if scalar == "}", skeleton.hasSuffix("%}") || skeleton.hasSuffix("}}") { isInside = false }
        }
        return (skeleton, literals)
    }
}
