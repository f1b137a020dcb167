/// Where a tensor's memory lies and its operations run.
///
/// A device that this build of libtorch, or this machine, does not have makes the operation throw.
public struct Device: Sendable, Hashable, CustomStringConvertible {
    /// As libtorch writes it: `cpu`, `cuda:0`.
    public let name: String

    public init(_ name: String) {
        self.name = name
    }

    public static let cpu = Device("cpu")

    public static func cuda(_ index: Int = 0) -> Device { Device("cuda:\(index)") }

    public var description: String { name }

    /// Calls `body` with the device's name for the shim, where null means the CPU.
    func withName<Result>(_ body: (UnsafePointer<CChar>?) -> Result) -> Result {
        self == .cpu ? body(nil) : name.withCString { body($0) }
    }
}
