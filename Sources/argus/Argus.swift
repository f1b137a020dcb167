import ArgumentParser
import ArgusHost
import Glibc

/// The command `argus`.
@main
struct Argus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "argus", abstract: "Benchmarks for teams of agents: environments, training, evaluation, reports.",
        discussion: """
            Example:
              argus list
              argus play foraging/8x8-2p-2f-coop --team scripted
              argus bench Scenarios/suites/quick.yaml

            Exit status: 0 good, 1 failed, 2 misuse of the command line, 130 interrupted.
            Environment: ARGUS_HOME, the folder that holds Scenarios/; ARGUS_PLUGIN_PATH, folders and .so files with more \
            environments, separated by ':'; NO_COLOR, no colour.
            """,
        version: "0.1.0",
        subcommands: [
            ListCommand.self, DescribeCommand.self, PlayCommand.self, TrainCommand.self, EvaluateCommand.self,
            BenchCommand.self, ReportCommand.self, VerifyCommand.self, ServeCommand.self, KeysCommand.self,
            ValidateCommand.self, NewCommand.self,
        ])

    static func main() {
        let arguments = Array(CommandLine.arguments.dropFirst())
        if let error = CommandLineError.unknownCommand(in: arguments) {
            error.report()
            Glibc.exit(2)
        }
        var command: any ParsableCommand
        do {
            command = try parseAsRoot()
        } catch {
            guard exitCode(for: error) != .success else {
                print(fullMessage(for: error))
                Glibc.exit(0)
            }
            CommandLineError.error(for: error, arguments: arguments).report()
            Glibc.exit(2)
        }
        // A file that may not grow further is an error of the write, not the end of the process.
        signal(SIGXFSZ, SIG_IGN)
        do {
            try command.run()
            let problem = fflush(nil) == 0 ? StandardStream.lostResult : errno
            guard problem == 0 else {
                let reason = String(cString: strerror(problem)).lowercased()
                throw ArgusError(
                    .output, "cannot write", at: "standard output", found: reason,
                    expected: "somebody that reads it, or room on the disk")
            }
        } catch let error as ArgusError {
            error.report()
            Glibc.exit(error.isMisuse ? 2 : 1)
        } catch {
            // Help that a command asks for itself, and an exit status without words.
            let code = exitCode(for: error).rawValue
            let message = fullMessage(for: error)
            if code == 0 {
                if !message.isEmpty { print(message) }
            } else if !message.isEmpty {
                ErrorOutput.write("\(error)")
            }
            Glibc.exit(code)
        }
    }
}
