import ArgusHost
import CArgusEnv
import Foundation

/// The plugin or peer as a whole.
let wholeChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "starts", proves: "The library loads, or the peer starts and describes itself, in good time.",
        remedy: "See the reason. To start sooner, do nothing at loading that can be done in create(), and import large "
            + "packages when they are needed.",
        scope: .whole
    ) { subject in
        // Whoever made the subject has started it: this is measured and judged by ``ConformanceStart``.
        .passed("\(subject.source.descriptors.count) environments")
    },
    ConformanceCheck(
        "entry-again", proves: "The entry may be called again and gives the same plugin with the same environments.",
        remedy: "Return the address of one constant struct.", scope: .whole, kinds: [.library]
    ) { subject in
        guard let boundary = subject.plugin, let plugin = boundary.pointer else { return .failed("no plugin") }
        try require(boundary.callEntryAgain() == plugin, "another plugin at the second call of the entry")
        let count = plugin.pointee.environment_count
        for index in 0..<count {
            try require(
                plugin.pointee.descriptor(index) == plugin.pointee.descriptor(index),
                "another descriptor of environment \(index) at the second call")
        }
        try require(plugin.pointee.descriptor(count) == nil, "a descriptor of environment \(count) of \(count)")
        return .passed
    },
    ConformanceCheck(
        "manifest-agrees", proves: "The manifest beside the library says the same as the library.",
        remedy: "Write it anew: argus-env-runner --describe LIBRARY.", scope: .whole, kinds: [.library]
    ) { subject in
        guard let library = subject.source as? PluginLibrary else { return .skipped("not a library") }
        let path = PluginManifest.path(ofLibrary: library.path)
        guard FileManager.default.fileExists(atPath: path) else { return .skipped("no manifest \(path)") }
        try library.requireAgreement(with: try PluginManifest.read(path: path))
        return .passed
    },
]

/// Whether a library or peer took too long to start.
public enum ConformanceStart {
    /// Seconds; nil for a remark that needs no attention.
    public static func judge(_ seconds: Double, kind: ConformanceCheck.Kind, environments: Int) -> ConformanceResult {
        let time = seconds < 1 ? "\(Int((seconds * 1000).rounded())) ms" : "\((seconds * 10).rounded() / 10) s"
        let limit = kind == .library ? 1.0 : 20
        guard seconds > limit else {
            return .passed("\(environments) environment\(environments == 1 ? "" : "s") in \(time)")
        }
        return .warning("it took \(time) to start, expected less than \(Int(limit)) s")
    }
}
