import Foundation

/// The Python package, stepped by a process of its own whenever it is asked.
final class ReferencePackage {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// The package's environment with this id.
    convenience init(id: String) throws { try self.init(script: "rware_speed.py", arguments: [id]) }

    /// - Parameter script: in `Benchmarks/reference`.
    init(script: String, arguments: [String]) throws {
        let environment = ProcessInfo.processInfo.environment
        guard let python = environment["ARGUS_PYTHON"], let home = environment["ARGUS_HOME"] else {
            throw BenchmarkError("ARGUS_PYTHON and ARGUS_HOME must be set: run script/benchmark")
        }
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = [home + "/Benchmarks/reference/" + script] + arguments
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        guard line() == "ready" else { throw BenchmarkError("the reference package did not start") }
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// Environment steps a second over about `seconds`.
    func stepsPerSecond(over seconds: Double) throws -> Double {
        input.fileHandleForWriting.write(Data("\(seconds)\n".utf8))
        guard let rate = Double(line()) else { throw BenchmarkError("the reference package stopped") }
        return rate
    }

    private func line() -> String {
        var bytes: [UInt8] = []
        while let byte = try? output.fileHandleForReading.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
            bytes.append(byte)
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

struct BenchmarkError: Error, CustomStringConvertible {
    let description: String
    init(_ description: String) { self.description = description }
}
