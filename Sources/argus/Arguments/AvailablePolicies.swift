import ArgusHost

#if ARGUS_TRAIN
import ArgusTrain
#endif

/// The kinds of policies that this build can play.
enum AvailablePolicies {
    static var providers: [any PolicyProvider] {
        #if ARGUS_TRAIN
        [RandomPolicyProvider(), ScriptedPolicyProvider(), RunPolicyProvider(), PeerPolicyProvider()]
        #else
        [RandomPolicyProvider(), ScriptedPolicyProvider(), RunPolicyWithoutLibtorch(), PeerPolicyProvider()]
        #endif
    }

    /// Refuses kinds of policies that a later version brings, so that nobody looks for a misspelling, and people where
    /// nobody watches.
    static func check(_ team: TeamSpecification, allowsHumans: Bool) throws(ArgusError) {
        for item in team.items {
            let name = String(item.policy.prefix { $0 != ":" })
            if name == "human", !allowsHumans {
                throw ArgusError(
                    .policy, "a person cannot play here", at: "team '\(team)'", found: "'\(item.policy)'",
                    expected: "one of \(providers.map(\.name).joined(separator: ", "))",
                    remedy: "'argus play SCENARIO --team human'")
            }
            guard name == "llm" else { continue }
            throw ArgusError(
                .policy, "policy is not available in this version", at: "team '\(team)'", found: "'\(item.policy)'",
                expected: "one of \(providers.map(\.name).joined(separator: ", "))", remedy: "'--team scripted'")
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
