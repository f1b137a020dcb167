import ArgumentParser
import ArgusHost
import ArgusZeroMQ

/// `argus keys`
struct KeysCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys", abstract: "CURVE keys, for peers and servers on other machines.",
        discussion: """
            Example:
              argus keys new server
            """,
        subcommands: [New.self])

    /// `argus keys new`
    struct New: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "new", abstract: "Write a new key pair: NAME.key (secret, mode 0600) and NAME.pub.",
            discussion: """
                Example:
                  argus keys new server
                  argus keys new client
                  argus serve warehouse/tiny-2ag --bind tcp://10.0.0.5:5555 --keys server.key --allow client.pub

                Each side keeps its own NAME.key and gives its NAME.pub to the other. Files are never overwritten.
                """)

        @Argument(help: "Path of the files, without their endings.")
        var name: String

        func run() throws {
            let files: KeyFile.Paths
            do {
                files = try KeyFile.create(name, keys: try KeyPair.generate())
            } catch let error as ConfigurationError {
                throw ArgusError(error, .output)
            }
            print("\(files.secret)  secret: for this side alone\n\(files.public)  public: for the other side")
        }
    }
}
