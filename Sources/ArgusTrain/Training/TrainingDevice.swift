public import ArgusHost
import ArgusTensor
import Foundation

/// Where networks act and learn. Environments, rollouts and replay stay in the machine's memory; what a network is shown
/// is copied to it.
public struct TrainingDevice: Sendable {
    /// As libtorch calls it: `cpu`, `cuda`, `cuda:1`.
    public let name: String

    private var device: Device { Device(name) }

    /// - Throws: ``ArgusError`` where this libtorch or this machine does not have it.
    public init(named name: String) throws(ArgusError) {
        try Libtorch.require()
        self.name = name
        do {
            _ = try Tensor.zeros([1], device: device).item()
        } catch {
            throw ArgusError(
                .configuration, "device not available", at: "--device",
                found: "'\(name)': \(error.message.firstSentence)",
                expected: "cpu, or cuda (cuda:1 for the second GPU) with a GPU and a libtorch that is built for it",
                remedy: "'--device cpu', or LIBTORCH=DIR and building again")
        }
    }

    /// Runs `body` so that every tensor that it makes lies there.
    public func run<Result>(_ body: () throws -> Result) rethrows -> Result {
        try Device.$current.withValue(device, operation: body)
    }
}

extension String {
    /// libtorch goes on with lists of kernels and traces.
    fileprivate var firstSentence: Substring {
        self[..<(range(of: ". ")?.lowerBound ?? firstIndex(of: "\n") ?? endIndex)]
    }
}
