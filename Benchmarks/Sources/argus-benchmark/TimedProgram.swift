import Foundation

/// A Python program that does something whenever it is asked, and tells a number of it.
final class TimedProgram {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()

    /// The environment with this id of the package rware.
    convenience init(package id: String) throws {
        try self.init(script: "reference/rware_speed.py", arguments: [id])
    }

    /// - Parameters: `script`: a file or a package in `Benchmarks`; `python`: another one than the launcher's.
    init(script: String, arguments: [String], python: String? = nil) throws {
        let environment = ProcessInfo.processInfo.environment
        guard let python = python ?? environment["ARGUS_PYTHON"], let home = environment["ARGUS_HOME"] else {
            throw BenchmarkError("ARGUS_PYTHON and ARGUS_HOME must be set: run script/benchmark")
        }
        process.executableURL = URL(fileURLWithPath: python)
        // A folder is a package, run as a module.
        let path = URL(fileURLWithPath: home + "/Benchmarks/" + script)
        if script.hasSuffix(".py") {
            process.arguments = [path.path] + arguments
        } else {
            process.currentDirectoryURL = path.deletingLastPathComponent()
            process.arguments = ["-m", path.lastPathComponent] + arguments
        }
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        guard line() == "ready" else { throw BenchmarkError("\(script) did not start") }
    }

    deinit {
        if process.isRunning { process.terminate() }
    }

    /// Environment steps a second over about `seconds`.
    func stepsPerSecond(over seconds: Double) throws -> Double {
        try ask("\(seconds)")
    }

    /// Seconds that it takes to do its task so many times.
    func seconds(for count: Int) throws -> Double { try ask("\(count)") }

    private func ask(_ question: String) throws -> Double {
        input.fileHandleForWriting.write(Data("\(question)\n".utf8))
        guard let number = Double(line()) else { throw BenchmarkError("the Python program stopped") }
        return number
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
