import Foundation
import Glibc

/// Memory that an environment's process holds.
///
/// For a library, bytes allocated in this process by malloc, which shows small leaks, besides pages in use. For a peer,
/// pages in use by all processes that this one has started.
struct ProcessMemory {
    /// Bytes allocated; nil where it cannot be told.
    var heap: Int?
    /// Bytes of memory in use.
    var resident: Int

    static func now(_ kind: ConformanceCheck.Kind) -> ProcessMemory {
        switch kind {
        case .library: ProcessMemory(heap: heapInUse(), resident: resident(of: getpid()))
        case .peer:
            ProcessMemory(heap: nil, resident: descendants(of: getpid()).map(resident(of:)).reduce(0, +))
        }
    }

    /// Processes that a process has started, and those that they have started.
    static func descendants(of ancestor: pid_t) -> [pid_t] {
        var parents: [pid_t: pid_t] = [:]
        for name in (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? [] {
            guard let process = pid_t(name),
                let text = try? String(contentsOfFile: "/proc/\(name)/stat", encoding: .utf8),
                let end = text.range(of: ") ", options: .backwards)
            else { continue }
            let fields = text[end.upperBound...].split(separator: " ")
            if fields.count > 1, let parent = pid_t(fields[1]) { parents[process] = parent }
        }
        var found: [pid_t] = []
        var waiting = [ancestor]
        while let next = waiting.popLast() {
            let children = parents.filter { $0.value == next }.map(\.key)
            found += children
            waiting += children
        }
        return found
    }

    private static func resident(of process: pid_t) -> Int {
        guard let text = try? String(contentsOfFile: "/proc/\(process)/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        return fields.count > 1 ? (Int(fields[1]) ?? 0) * Int(getpagesize()) : 0
    }

    /// From `malloc_info` of the C library, which is not in Swift's module of it.
    private static func heapInUse() -> Int? {
        guard let symbol = dlsym(UnsafeMutableRawPointer(bitPattern: 0), "malloc_info") else { return nil }
        let information = unsafeBitCast(symbol, to: (@convention(c) (Int32, UnsafeMutablePointer<FILE>) -> Int32).self)
        var bytes: UnsafeMutablePointer<CChar>?
        var size = 0
        guard let file = open_memstream(&bytes, &size) else { return nil }
        let status = information(0, file)
        fclose(file)
        defer { free(bytes) }
        guard status == 0, let bytes else { return nil }
        // The totals of all arenas stand at the end.
        let text = String(cString: bytes)
        func value(_ element: String) -> Int? {
            guard let start = text.range(of: element, options: .backwards),
                let size = text.range(of: "size=\"", range: start.upperBound..<text.endIndex)
            else { return nil }
            return Int(text[size.upperBound...].prefix { $0.isNumber })
        }
        guard let system = value("<system type=\"current\""), let rest = value("<total type=\"rest\""),
            let fast = value("<total type=\"fast\""), let mapped = value("<total type=\"mmap\"")
        else { return nil }
        return system - rest - fast + mapped
    }
}

/// Tells memory that grows for ever from memory that settles.
struct GrowthWatch {
    private let kind: ConformanceCheck.Kind
    private var samples: [ProcessMemory] = []

    init(_ kind: ConformanceCheck.Kind) { self.kind = kind }

    mutating func sample() { samples.append(ProcessMemory.now(kind)) }

    /// What grows at every sample after the first, in words, if it is more than noise; nil: nothing does.
    ///
    /// - Parameters: `rounds`: how much was done between two samples; `unit`: of what, such as `steps`.
    func growth(rounds: Int, _ unit: String) -> String? {
        // Small blocks that are kept for later come and go; pages come in larger pieces.
        if let words = growth(samples.compactMap(\.heap), least: 24_000, rounds, unit, "allocated memory") {
            return words
        }
        return growth(
            samples.map(\.resident), least: kind == .peer ? 3 << 20 : 8 << 20, rounds, unit, "memory in use")
    }

    private func growth(_ values: [Int], least: Int, _ rounds: Int, _ unit: String, _ what: String) -> String? {
        guard values.count > 2, let first = values.first, let last = values.last, last - first > least,
            zip(values, values.dropFirst()).allSatisfy({ $0.1 - $0.0 > least / (values.count * 4) })
        else { return nil }
        let all = rounds * (values.count - 1)
        return "\(what) grew by \(GrowthWatch.words(last - first)) in \(all) \(unit), "
            + "about \(GrowthWatch.words((last - first) / max(1, all))) each, and did not settle"
    }

    private static func words(_ bytes: Int) -> String {
        bytes < 10_000 ? "\(bytes) bytes" : bytes < 10 << 20 ? "\(bytes >> 10) KiB" : "\(bytes >> 20) MiB"
    }
}
