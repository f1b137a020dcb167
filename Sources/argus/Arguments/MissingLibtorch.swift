import ArgusHost

/// What to say in a build without libtorch.
enum MissingLibtorch {
    /// - Parameter place: what needed it.
    static func error(for place: String) -> ArgusError {
        ArgusError(
            .training, "libtorch is missing", at: place, found: "a build without it", expected: "one with libtorch",
            remedy: "./argus, which sets it up, or 'LIBTORCH=DIR swift build -c release' with an unpacked libtorch")
    }
}
