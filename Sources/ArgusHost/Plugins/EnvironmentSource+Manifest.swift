import ArgusEnvAPI

extension EnvironmentSource {
    /// Refuses a manifest that was written for another library than this: what was listed would not be what runs.
    public func requireAgreement(with manifest: PluginManifest) throws(ArgusError) {
        func disagrees(_ what: String, _ listed: String, _ real: String) -> ArgusError {
            ArgusError(
                .plugin, "manifest disagrees with its library", at: PluginManifest.path(ofLibrary: place),
                found: "\(what) \(listed)", expected: "\(real), as the library says",
                remedy: "writing it anew with argus-env-runner --describe \(place)")
        }
        let listed = manifest.environments.map(\.descriptor)
        guard listed.map(\.id) == descriptors.map(\.id) else {
            let ids = { (list: [EnvironmentDescriptor]) in list.map(\.id).joined(separator: ", ") }
            throw disagrees("environments", ids(listed), ids(descriptors))
        }
        for (old, new) in zip(listed, descriptors) {
            guard old.version == new.version else {
                throw disagrees("version of '\(new.id)'", "'\(old.version)'", "'\(new.version)'")
            }
            guard old.parameters == new.parameters else {
                let changed =
                    new.parameters.first { !old.parameters.contains($0) }?.name
                    ?? old.parameters.first { !new.parameters.contains($0) }?.name ?? "their order"
                throw disagrees("parameters of '\(new.id)'", "that differ in '\(changed)'", "the same")
            }
            guard old.capabilities == new.capabilities else {
                let names = { (set: Set<Capability>) in set.map(\.rawValue).sorted().joined(separator: ", ") }
                throw disagrees("capabilities of '\(new.id)'", names(old.capabilities), names(new.capabilities))
            }
        }
    }
}
