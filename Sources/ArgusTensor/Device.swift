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

    /// Where tensors are made that name no device: the CPU, unless ``TaskLocal/withValue(_:operation:)`` says otherwise for
    /// the time of an operation. So a whole training moves to a device in one place.
    @TaskLocal public static var current = Device.cpu

    public static func cuda(_ index: Int = 0) -> Device { Device("cuda:\(index)") }

    public var description: String { name }

    /// Calls `body` with the device's name for the shim, where null means the CPU.
    func withName<Result>(_ body: (UnsafePointer<CChar>?) -> Result) -> Result {
        self == .cpu ? body(nil) : name.withCString { body($0) }
    }
}
