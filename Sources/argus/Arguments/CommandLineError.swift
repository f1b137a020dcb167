import ArgumentParser
import ArgusEnvAPI
import ArgusHost

/// What the argument parser refuses, in the words of all other errors.
///
/// The parser's errors are private to it; their messages are stable sentences with the names in quotes.
enum CommandLineError {
    private static var commands: [String] {
        Argus.configuration.subcommands.compactMap { $0.configuration.commandName }
    }

    /// A command that there is not, in `argus NAME …` or `argus help NAME`; nil when there is.
    static func unknownCommand(in arguments: [String]) -> ArgusError? {
        let words = arguments.first == "help" ? Array(arguments.dropFirst()) : arguments
        guard let name = words.first, !name.hasPrefix("-"), !commands.contains(name), name != "help" else { return nil }
        return ArgusError(
            .configuration, "unknown command", at: "argus", found: "'\(name)'",
            expected: "one of \(commands.joined(separator: ", "))",
            remedy: nearestName(to: name, in: commands).map { "'argus \($0)'" } ?? "'argus --help'")
    }

    /// - Parameters: `parserError`: what the parser threw for `arguments`, which begin with the command's name.
    static func error(for parserError: any Error, arguments: [String]) -> ArgusError {
        let names = commands
        let command = arguments.first { names.contains($0) }.map { "argus \($0)" } ?? "argus"
        let message = Argus.message(for: parserError).split(separator: "\n").joined(separator: " ")
        return translated(message, command, arguments)
    }

    private static func translated(_ message: String, _ command: String, _ arguments: [String]) -> ArgusError {
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
            // The parser takes "-1" for an option.
            let option = optionName(subject)
            let next = arguments.firstIndex(of: option).map { arguments[($0 + 1)...].first ?? "" } ?? ""
            guard Double(next) == nil else {
                return made("bad value", at: option, "'\(next)'", "a number of at least 0")
            }
            return made("missing value", at: option, "none", valueName(subject))
        }
        if message.hasPrefix("Missing expected argument") {
            return made("missing argument", at: command, "none", "'\(subject)'")
        }
        if message.hasPrefix("Unexpected argument") || message.contains("unexpected arguments") {
            let found = quoted.map { "'\($0)'" }.joined(separator: ", ")
            return made("unexpected argument", at: command, found, "no more arguments")
        }
        if message.hasPrefix("The value"), quoted.count >= 2 {
            // All options that the parser converts are numbers; the others are checked by the commands.
            let option = optionName(quoted[1])
            let isFraction = ["--delay", "--tolerance"].contains(option)
            return made(
                "bad value", at: option, "'\(subject)'", isFraction ? "a number" : "a whole number of at least 0")
        }
        var words = message
        while words.hasSuffix(".") { words.removeLast() }
        return made("bad arguments", at: command, words, "arguments as the help has them")
    }

    /// `--seed` of `--seed <seed>`.
    private static func optionName(_ usage: String) -> String {
        usage.split(separator: " ").first.map(String.init) ?? usage
    }

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
