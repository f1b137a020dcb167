import ArgusHost
import ArgusLanguage
import Foundation

#if ARGUS_TRAIN
import ArgusTrain
#endif

/// The kinds of policies that this build can play.
enum AvailablePolicies {
    /// - Parameter language: A command's own, since it keeps replies and counts what they cost.
    static func providers(_ language: LanguagePolicyProvider) -> [any PolicyProvider] {
        #if ARGUS_TRAIN
        [RandomPolicyProvider(), ScriptedPolicyProvider(), RunPolicyProvider(), PeerPolicyProvider(), language]
        #else
        [RandomPolicyProvider(), ScriptedPolicyProvider(), RunPolicyWithoutLibtorch(), PeerPolicyProvider(), language]
        #endif
    }

    /// Language models, those of this process where the build has any.
    ///
    /// - Parameter threads: of such a model; nil: as many as there are cores.
    static func language(
        _ paths: LanguagePolicyProvider.Paths, threads: Int? = nil
    ) -> LanguagePolicyProvider {
        #if ARGUS_TRAIN
        LanguagePolicyProvider(
            paths,
            localModels: { reference throws(ArgusError) in
                try InProcessModel(reference, isReplay: paths.replay != nil, threads: threads ?? Machine.cores)
            }, channels: { HostChannel($0) })
        #else
        LanguagePolicyProvider(paths, channels: { HostChannel($0) })
        #endif
    }

    private static let names = ["random", "scripted", "run", "peer", "llm"]

    /// Refuses people where nobody watches.
    static func check(_ team: TeamSpecification, allowsHumans: Bool) throws(ArgusError) {
        guard !allowsHumans else { return }
        for item in team.items where item.policy.prefix(while: { $0 != ":" }) == "human" {
            throw ArgusError(
                .policy, "a person cannot play here", at: "team '\(team)'", found: "'\(item.policy)'",
                expected: "one of \(names.joined(separator: ", "))", remedy: "'argus play SCENARIO --team human'")
        }
    }
}

#if !ARGUS_TRAIN
/// `run:DIR` in a build without libtorch.
private struct RunPolicyWithoutLibtorch: PolicyProvider {
    let name = "run"

    func makePolicies(
        argument: String?, agents: [Int], environment: VectorEnvironment, settings: PolicySettings
    ) throws(ArgusError) -> [TeamMember] {
        throw MissingLibtorch.error(for: "policy run:\(argument ?? "DIR")")
    }
}
#endif
