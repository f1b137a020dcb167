import ArgumentParser
import ArgusHost
import Foundation

/// `argus new`
struct NewCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "new", abstract: "Begin an environment of your own.",
        discussion: """
            Example:
              argus new plugin my-environment --language python
            """,
        subcommands: [Plugin.self])

    /// `argus new plugin`
    struct Plugin: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "plugin", abstract: "Write a small environment that builds, validates and runs as it is.",
            discussion: """
                Example:
                  argus new plugin my-environment --language swift
                  argus new plugin my-environment --language c --out ~/environments/mine

                The project has an environment with text for language models, a scripted policy and metrics, a test, a \
                scenario, a suite that compares policies, and a README with the commands to build, test, validate, \
                play and benchmark it. Nothing is ever overwritten.
                """)

        @Argument(help: "The environment's name: letters, digits, '-' and '_'.")
        var name: String

        @Option(help: "swift, c or python.")
        var language: String?

        @Option(help: "Folder to write into: a new or empty one. Default: NAME, in the current folder.")
        var out: String?

        @Option(help: "Folder of ArgusOrch that the project depends on. Default: ARGUS_HOME, or the command's own.")
        var argus: String?

        func run() throws {
            guard let language else {
                throw ArgusError(
                    .configuration, "missing value", at: "--language", found: "none",
                    expected: "one of \(ProjectLanguage.allCases.map(\.rawValue).joined(separator: ", "))")
            }
            let chosen = try OptionCheck.choice(language, ProjectLanguage.self, "--language")
            let repository = try RepositoryFolder(given: argus)
            let name = try ProjectName(name, language: chosen, taken: repository.domains)
            let template = try ProjectTemplate(language: chosen, repository: repository)
            let folder = out ?? name.name
            let files = try template.write(name, to: folder)
            print("\(name.name): an environment in \(chosen.words), written to \(folder)")
            for file in files { print("  \(file)") }
            print("\nNext, as README.md explains:")
            for line in chosen.nextCommands(name, folder: folder, repository: repository) { print("  \(line)") }
        }
    }
}
