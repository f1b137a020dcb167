import ArgumentParser
import ArgusHost
import ArgusLanguage

/// Where language models' replies are kept, or come from.
struct LanguageArguments: ParsableArguments {
    @Option(
        help: """
            Keep the replies of language models in this file, and use those that are in it. Default: replies.sqlite in \
            --out, if that is given.
            """)
    var cache: String?

    @Option(help: "Ask no model: take all replies from this file, which an earlier run has kept.")
    var replay: String?

    /// The one provider of a command.
    ///
    /// - Parameters: `folder`: of the run's files; `transcript`: where decisions are written for people to read; `threads`:
    ///   of a model in this process, nil: as many as there are cores.
    func provider(
        _ host: EnvironmentHost, folder: String?, transcript: String?, threads: Int? = nil
    ) throws(ArgusError) -> LanguagePolicyProvider {
        if let cache, let replay {
            throw ArgusError(
                .configuration, "two files of replies", at: "--cache and --replay", found: "'\(cache)' and '\(replay)'",
                expected: "one of them", remedy: "'--replay' alone, which asks no model")
        }
        var paths = LanguagePolicyProvider.Paths(host.scenarios)
        paths.cache = cache ?? folder.map { $0 + "/replies.sqlite" }
        paths.replay = replay
        paths.transcript = transcript
        return AvailablePolicies.language(paths, threads: threads)
    }
}
