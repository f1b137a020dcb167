/// What a new environment is written in. The raw value names the template's folder.
enum ProjectLanguage: String, CaseIterable {
    case swift
    case c
    case python

    var words: String {
        switch self {
        case .swift: "Swift"
        case .c: "C"
        case .python: "Python"
        }
    }

    /// Files of ArgusOrch that a project gets a copy of: path in ArgusOrch, path in the project.
    var copies: [(source: String, target: String)] {
        switch self {
        case .swift: [(".swift-format", ".swift-format")]
        case .c: [("Sources/CArgusEnv/include/argus_env.h", "argus_env.h")]
        case .python: []
        }
    }

    /// From the current folder to the first episode.
    func nextCommands(_ name: ProjectName, folder: String, repository: RepositoryFolder) -> [String] {
        let argus = (repository.path + "/argus").shellWord
        let play = "\(argus) play \(name.name).yaml --team scripted"
        let steps =
            switch self {
            case .swift:
                [
                    "swift build -c release", "\(argus) validate .build/release/lib\(name.type).so",
                    "ARGUS_PLUGIN_PATH=.build/release/lib\(name.type).so \(play)",
                ]
            case .c: ["make test", "ARGUS_PLUGIN_PATH=lib\(name.name).so \(play)"]
            case .python:
                [
                    "python -m pip install -r requirements.txt", "python -m pytest",
                    "\(argus) validate --peer \"python \(name.module).py\"", play,
                ]
            }
        return ["cd \(folder.shellWord)"] + steps
    }
}
