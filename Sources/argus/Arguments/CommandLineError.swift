import ArgumentParser
import ArgusEnvAPI
import ArgusHost

/// What the argument parser refuses, in the words of all other errors.
///
/// The parser's errors are private to it; their messages are stable sentences with the names in quotes.
enum CommandLineError {
    /// - Parameters: `parserError`: what the parser threw for `arguments`, which begin with the command's name.
    static func error(for parserError: any Error, arguments: [String]) -> ArgusError {
        let names = Argus.configuration.subcommands.compactMap { $0.configuration.commandName }
        // 'argus help NAME' is about NAME.
        let words = arguments.first == "help" ? Array(arguments.dropFirst()) : arguments
        if let first = words.first, !first.hasPrefix("-"), !names.contains(first) {
            return unknownCommand(first, names)
        }
        let command = arguments.first { names.contains($0) }.map { "argus \($0)" } ?? "argus"
        let message = Argus.message(for: parserError).split(separator: "\n").joined(separator: " ")
        return translated(message, command)
    }

    private static func unknownCommand(_ name: String, _ names: [String]) -> ArgusError {
        ArgusError(
            .configuration, "unknown command", at: "argus", found: "'\(name)'",
            expected: "one of \(names.joined(separator: ", "))",
            remedy: nearestName(to: name, in: names).map { "'argus \($0)'" } ?? "'argus --help'")
    }

    private static func translated(_ message: String, _ command: String) -> ArgusError {
        let quoted = quotedParts(message)
        let subject = quoted.first ?? ""
        let help = "'\(command) --help'"
        func made(
            _ what: String, at place: String, _ found: String, _ expected: String, _ remedy: String? = nil
        ) -> ArgusError {
            ArgusError(.configuration, what, at: place, found: found, expected: expected, remedy: remedy ?? help)
        }
        if message.hasPrefix("Unknown option") {
            let near = message.contains("Did you mean") ? quoted.dropFirst().first.map { "'\($0)'" } : nil
            return made("unknown option", at: command, "'\(subject)'", "an option of '\(command)'", near)
        }
        if message.hasPrefix("Missing value for") {
            return made("missing value", at: optionName(subject), "none", valueName(subject))
        }
        if message.hasPrefix("Missing expected argument") {
            return made("missing argument", at: command, "none", "'\(subject)'")
        }
        if message.hasPrefix("Unexpected argument") || message.contains("unexpected arguments") {
            let found = quoted.map { "'\($0)'" }.joined(separator: ", ")
            return made("unexpected argument", at: command, found, "no more arguments")
        }
        if message.hasPrefix("The value"), quoted.count >= 2 {
            return made("bad value", at: optionName(quoted[1]), "'\(subject)'", "a number in range")
        }
        var words = message
        while words.hasSuffix(".") { words.removeLast() }
        return made("bad arguments", at: command, words, "arguments as the help has them")
    }

    /// `--seed` of `--seed <seed>`.
    private static func optionName(_ usage: String) -> String { usage.split(separator: " ").first.map(String.init) ?? usage }

    /// `a value for <seed>` of `--seed <seed>`.
    private static func valueName(_ usage: String) -> String {
        let parts = usage.split(separator: " ")
        return parts.count > 1 ? String(parts[1]) : "a value"
    }

    private static func quotedParts(_ text: String) -> [String] {
        text.split(separator: "'", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}
