import CZeroMQ

/// The libzmq that this program runs with.
public enum ZeroMQ {
    /// A version of libzmq, such as 4.3.4.
    public struct Version: Sendable, Hashable, Comparable, CustomStringConvertible {
        public let major: Int
        public let minor: Int
        public let patch: Int

        public init(major: Int, minor: Int, patch: Int) {
            self.major = major
            self.minor = minor
            self.patch = patch
        }

        public static func < (left: Version, right: Version) -> Bool {
            (left.major, left.minor, left.patch) < (right.major, right.minor, right.patch)
        }

        public var description: String { "\(major).\(minor).\(patch)" }
    }

    /// The version of the loaded library, which may be newer than the headers.
    public static var version: Version {
        var major: Int32 = 0
        var minor: Int32 = 0
        var patch: Int32 = 0
        zmq_version(&major, &minor, &patch)
        return Version(major: Int(major), minor: Int(minor), patch: Int(patch))
    }

    /// Whether the library was built with a capability: `ipc`, `curve`, `gssapi`, `pgm`, `norm`, `draft`, …
    public static func has(_ capability: String) -> Bool { zmq_has(capability) == 1 }
}
