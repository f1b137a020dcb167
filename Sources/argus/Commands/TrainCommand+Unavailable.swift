#if !ARGUS_TRAIN
import ArgumentParser
import ArgusHost

/// `argus train` in a build without libtorch: says what is missing.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Train an algorithm on a scenario (needs libtorch, which this build lacks).",
        discussion: """
            Example:
              ./argus train foraging/8x8-2p-2f-coop --algorithm mappo --steps 1e6

            The launcher ./argus sets up libtorch and builds with it; 'LIBTORCH=DIR swift build -c release' builds with \
            a libtorch that is already there.
            """)

    @Argument(parsing: .captureForPassthrough, help: "As in a build with libtorch.")
    var arguments: [String] = []

    func run() throws {
        if arguments.contains("--help") || arguments.contains("-h") { throw CleanExit.helpRequest(self) }
        throw MissingLibtorch.error(for: "command 'train'")
    }
}
#endif
