import ArgusHost
import Foundation

// The process in which plugins that nobody has looked at yet are loaded: a crash here is not the host's.

let usage = """
    usage: argus-env-runner --describe LIBRARY

    Loads a plugin library and prints its manifest as YAML.

    example: argus-env-runner --describe .build/release/libWarehouse.so

    """

let arguments = CommandLine.arguments.dropFirst()
if arguments.contains("--help") || arguments.contains("-h") {
    print(usage, terminator: "")
    exit(0)
}
guard arguments.count == 2, arguments.first == "--describe", let library = arguments.last else {
    FileHandle.standardError.write(Data(usage.utf8))
    exit(2)
}
do {
    print(try PluginLibrary(path: library).manifest().yaml(), terminator: "")
} catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    exit(1)
}
