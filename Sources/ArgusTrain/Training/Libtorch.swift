public import ArgusHost
import ArgusTensor

/// The library behind every network, which is loaded when the first of them is needed.
public enum Libtorch {
    /// - Throws: ``ArgusError`` when it is not where it was when this was built.
    public static func require() throws(ArgusError) {
        do {
            try TorchInfo.load()
        } catch {
            throw ArgusError(
                .training, "libtorch cannot be loaded", at: "libCTorchLibrary.so", found: error.message,
                expected: "it beside the command, and libtorch where it was at the build", remedy: "building again")
        }
    }
}
