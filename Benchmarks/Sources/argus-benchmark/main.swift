import Foundation

let usage = """
    usage: script/benchmark [stepping] [boundary] [client] [wire] [training] [language] [skirmish] [--rounds N] [--steps N] [--out FILE]

    Our speed beside that of the references, as ratios that both sides' turns in one run give. Without a name all but skirmish run.

      stepping   the warehouse through the host against the Python package rware
      boundary   an environment from its plugin library against the same linked statically
      client     the Python package argus_env against the same native batch, and against rware
      wire       an environment in a Python peer against a bare pyzmq echo of the same frames, and isolated libraries
      training   MAPPO end to end, where its time goes, and how far it is from the arithmetic bound; and every algorithm
                 against a loop in PyTorch, which must be installed (ARGUS_TORCH_PYTHON)
      language   SmolLM2-135M in process against llama.cpp's server, and scoring with a shared prompt
      skirmish   battles through the host against SMAX in jaxmarl, which must be installed (ARGUS_JAXMARL_PYTHON)

      --out FILE writes each round's training rates as JSON

    example: script/benchmark stepping --rounds 20

    """

var names: [String] = []
var rounds = 20
var steps = 300_000
var file: String?
var arguments = CommandLine.arguments.dropFirst()
while let argument = arguments.popFirst() {
    switch argument {
    case "--help", "-h":
        print(usage, terminator: "")
        exit(0)
    case "--rounds", "--steps":
        guard let text = arguments.popFirst(), let value = Int(text), value > 0 else {
            FileHandle.standardError.write(Data("error: bad value (\(argument)): expected a positive integer.\n".utf8))
            exit(2)
        }
        if argument == "--rounds" { rounds = value } else { steps = value }
    case "--out":
        guard let path = arguments.popFirst() else {
            FileHandle.standardError.write(Data("error: bad value (--out): expected a file.\n".utf8))
            exit(2)
        }
        file = path
    case "stepping", "boundary", "client", "wire", "training", "language", "skirmish": names.append(argument)
    default:
        FileHandle.standardError.write(
            Data("error: unknown argument (argus-benchmark): found '\(argument)'.\n\(usage)".utf8))
        exit(2)
    }
}
do {
    if names.isEmpty || names.contains("stepping") { try benchmarkStepping(rounds: rounds) }
    if names.isEmpty || names.contains("boundary") { try benchmarkBoundary(rounds: rounds) }
    if names.isEmpty || names.contains("client") { try benchmarkClient(rounds: rounds) }
    if names.isEmpty || names.contains("wire") { try benchmarkWire(rounds: rounds) }
    if names.isEmpty || names.contains("training") { try benchmarkTraining(rounds: rounds, steps: steps, file: file) }
    if names.isEmpty || names.contains("language") { try benchmarkLanguage(rounds: rounds) }
    if names.contains("skirmish") { try benchmarkSkirmish(rounds: rounds) }
} catch {
    FileHandle.standardError.write(Data("error: \(error)\n".utf8))
    exit(1)
}
