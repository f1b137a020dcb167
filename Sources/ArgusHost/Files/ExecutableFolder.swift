import Glibc

/// Where the running program is.
public enum ExecutableFolder {
    /// The folder that holds the shared library with this code, such as the one that Python loads, else the running
    /// executable (links resolved); nil where `/proc` is not mounted.
    public static let path: String? = {
        let program = FileStatus.resolved(library ?? "/proc/self/exe")
        guard program != "/proc/self/exe", let slash = program.lastIndex(of: "/") else { return nil }
        return slash == program.startIndex ? "/" : String(program[..<slash])
    }()

    /// The shared library that this code is part of; nil when it is linked into the executable.
    private static var library: String? {
        // Foundation reads no more than a page of such a file.
        guard let file = fopen("/proc/self/maps", "re") else { return nil }
        defer { fclose(file) }
        let here = UInt(bitPattern: #dsohandle)
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, file) > 0, let text = line {
            // `begin-end permissions offset device inode path`; a path may hold spaces.
            let fields = String(cString: text).split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
            let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard ends.count == 2, ends[0] <= here, here < ends[1] else { continue }
            guard fields.count == 6, let start = fields[5].firstIndex(of: "/") else { return nil }
            let path = fields[5][start...].prefix { $0 != "\n" }
            return path.hasSuffix(".so") ? String(path) : nil
        }
        return nil
    }
}
