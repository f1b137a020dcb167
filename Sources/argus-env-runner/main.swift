import ArgusHost
import Foundation

// The process in which plugins that nobody has looked at yet are loaded, and in which isolated ones run: a crash here is
// not the host's.

let usage = """
    usage: argus-env-runner --describe LIBRARY
           argus-env-runner --serve LIBRARY

    --describe   loads a plugin library and prints its manifest as YAML
    --serve      serves its environments to the host that started this process (address in ARGUS_ENDPOINT)

    example: argus-env-runner --describe .build/release/libWarehouse.so

    """

let arguments = CommandLine.arguments.dropFirst()
if arguments.contains("--help") || arguments.contains("-h") {
    print(usage, terminator: "")
    exit(0)
}
guard arguments.count == 2, let mode = arguments.first, ["--describe", "--serve"].contains(mode),
    let library = arguments.last
else {
    StandardStream.error.write(usage)
    exit(2)
}
do {
    if mode == "--describe" {
        print(try PluginLibrary(path: library).manifest().yaml(), terminator: "")
    } else {
        try IsolatedLibrary.serve(library)
    }
} catch {
    StandardStream.error.write("error: \(error)\n")
    exit(1)
}
