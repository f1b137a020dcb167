import Glibc

/// What can be told of a library's file without loading it. The loader itself dies of a file that is cut short.
enum LibraryFormat {
    /// - Throws: ``ArgusError`` (plugin) for a file that is no complete ELF library for this machine.
    static func check(_ path: String) throws(ArgusError) {
        func refused(_ found: String, _ expected: String = "a shared library for this machine (.so)") -> ArgusError {
            ArgusError(.plugin, "cannot load plugin", at: path, found: found, expected: expected)
        }
        // Without O_NONBLOCK a named pipe would wait for a writer.
        let file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard file >= 0 else {
            throw refused(String(cString: strerror(errno)).lowercased(), "a readable shared library")
        }
        defer { close(file) }
        let header = bytes(of: file, at: 0, count: 64)
        guard header.count == 64, header[0..<4].elementsEqual([0x7F, 0x45, 0x4C, 0x46]) else {
            throw refused("a file that is not an ELF library")
        }
        // Byte 4 is the class (2: 64 bit), byte 16 the type (3: shared object), byte 18 the machine.
        #if arch(x86_64)
        let machine: UInt64 = 62
        #else
        let machine: UInt64 = 183
        #endif
        guard header[4] == 2, number(header, 16, 2) == 3, number(header, 18, 2) == machine else {
            throw refused("an ELF file for another machine or of another kind")
        }
        // The program headers say which parts of the file are mapped into memory.
        let entrySize = number(header, 54, 2)
        let table = bytes(of: file, at: number(header, 32, 8), count: entrySize * number(header, 56, 2))
        let size = UInt64(max(0, lseek(file, 0, SEEK_END)))
        guard entrySize >= 56, UInt64(table.count) == entrySize * number(header, 56, 2) else {
            throw refused("an ELF file that is cut short or damaged")
        }
        for start in stride(from: 0, to: table.count, by: Int(entrySize)) {
            // 1: a segment that is loaded; then its place in the file and its size there.
            guard number(table, start, 4) == 1 else { continue }
            let (end, overflow) = number(table, start + 8, 8).addingReportingOverflow(number(table, start + 32, 8))
            guard !overflow, end <= size else {
                throw refused("a file of \(size) bytes that is cut short", "a complete library (\(end) bytes or more)")
            }
        }
    }

    /// As many of `count` bytes as the file has.
    private static func bytes(of file: Int32, at offset: UInt64, count: UInt64) -> [UInt8] {
        guard offset < 1 << 62, count < 1 << 24 else { return [] }
        var bytes = [UInt8](repeating: 0, count: Int(count))
        let found = pread(file, &bytes, bytes.count, off_t(offset))
        return Array(bytes.prefix(max(0, found)))
    }

    /// A little-endian number.
    private static func number(_ bytes: [UInt8], _ offset: Int, _ size: Int) -> UInt64 {
        bytes[offset..<offset + size].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}
