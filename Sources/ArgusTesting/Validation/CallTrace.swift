import Foundation
import Glibc

/// The call into an environment that goes on, kept where another process can read it: it tells where a crash or a hang
/// was.
///
/// Unchecked: one thread writes, as a check has one; a reader in another process sees at worst the call before.
public final class CallTrace: @unchecked Sendable {
    /// What was called.
    public enum Call: UInt32, Sendable {
        case none, start, specification, create, bind, reset, step, text, save, load, baseline, render, metrics, destroy
        case host, wire

        var words: String {
            switch self {
            case .none: "before the first call"
            case .start: "while it was loaded or started"
            case .host: "while the host stepped it"
            case .wire: "while it was spoken to over the wire"
            case .text: "in a function of argus.text/1"
            case .baseline: "in a function of argus.baseline/1"
            default: "in \(self)()"
            }
        }
    }

    /// What was read back.
    public struct Entry: Sendable {
        public var call: Call
        /// Episode and step of the first copy that was played; nil if none was.
        public var seed: UInt64?
        public var step: Int?
        /// Calls made so far.
        public var calls: Int
        /// Seconds since the call began.
        public var age: Double

        /// Such as `in step()`.
        public var words: String { call.words }
    }

    public static let shared = CallTrace()

    private static let size = 48
    private var memory: UnsafeMutableRawPointer

    private init() {
        memory = .allocate(byteCount: CallTrace.size, alignment: 8)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: CallTrace.size)
    }

    /// From now on notes go to this file, which stays after a crash.
    public func keep(in path: String) {
        let file = open(path, O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else { return }
        defer { close(file) }
        guard ftruncate(file, off_t(CallTrace.size)) == 0,
            let mapped = mmap(nil, CallTrace.size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), mapped != MAP_FAILED
        else { return }
        memory = mapped
    }

    func note(_ call: Call) {
        memory.storeBytes(of: call.rawValue, as: UInt32.self)
        let calls = memory.load(fromByteOffset: 24, as: Int.self)
        memory.storeBytes(of: calls &+ 1, toByteOffset: 24, as: Int.self)
        memory.storeBytes(of: CallTrace.seconds(), toByteOffset: 32, as: Double.self)
    }

    func note(seed: UInt64, step: Int) {
        memory.storeBytes(of: 1, toByteOffset: 4, as: UInt32.self)
        memory.storeBytes(of: seed, toByteOffset: 8, as: UInt64.self)
        memory.storeBytes(of: step, toByteOffset: 16, as: Int.self)
    }

    /// What another process has noted in a file; nil if there is none.
    public static func read(_ path: String) -> Entry? {
        guard let data = FileManager.default.contents(atPath: path), data.count == size else { return nil }
        return data.withUnsafeBytes { bytes in
            let hasSeed = bytes.load(fromByteOffset: 4, as: UInt32.self) != 0
            return Entry(
                call: Call(rawValue: bytes.load(as: UInt32.self)) ?? .none,
                seed: hasSeed ? bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self) : nil,
                step: hasSeed ? bytes.loadUnaligned(fromByteOffset: 16, as: Int.self) : nil,
                calls: bytes.loadUnaligned(fromByteOffset: 24, as: Int.self),
                age: max(0, seconds() - bytes.loadUnaligned(fromByteOffset: 32, as: Double.self)))
        }
    }

    /// The same clock in all processes of a machine.
    private static func seconds() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
    }
}
