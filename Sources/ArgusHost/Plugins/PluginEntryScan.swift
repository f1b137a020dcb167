import Foundation

/// Tells cheaply whether a library may be a plugin: whether the name of a plugin's entry is among its strings. Nothing is
/// loaded or run.
enum PluginEntryScan {
    /// True when the file contains `argus_plugin_entry_v` and a digit as a string of its own, as a table of exported
    /// symbols does.
    static func mayExportEntry(_ path: String) -> Bool {
        guard let data = try? Data(contentsOf: URL(fileURLWithPath: path), options: .alwaysMapped) else { return false }
        let name = Array("\0argus_plugin_entry_v".utf8)
        return data.withUnsafeBytes { bytes in
            var start = 0
            while let found = firstOccurrence(of: name, in: bytes, from: start) {
                let end = found + name.count
                if end + 1 < bytes.count, (48...57).contains(bytes[end]), bytes[end + 1] == 0 { return true }
                start = found + 1
            }
            return false
        }
    }

    /// Horspool's search: skips by the distance of the window's last byte from the end of the name.
    private static func firstOccurrence(of name: [UInt8], in bytes: UnsafeRawBufferPointer, from start: Int) -> Int? {
        var skip = [Int](repeating: name.count, count: 256)
        for (index, byte) in name.dropLast().enumerated() { skip[Int(byte)] = name.count - 1 - index }
        var position = start
        while position + name.count <= bytes.count {
            let last = bytes[position + name.count - 1]
            if last == name[name.count - 1], bytes[position..<position + name.count].elementsEqual(name) {
                return position
            }
            position += skip[Int(last)]
        }
        return nil
    }
}
