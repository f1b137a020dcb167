/// Reads what a plugin points to.
///
/// The header declares its pointers non-null and its structs sized, so Swift takes both for granted; a plugin in C may
/// leave a pointer out or be built against something else all the same, and must then get an error, not a crash.
struct PluginMemory {
    /// Plugin and environment, for messages.
    let place: String

    /// The struct at `pointer`, if it is there, is as long as this host's and has its required pointers.
    ///
    /// - Parameter pointers: names and places of the fields that must not be NULL.
    func value<Value>(
        _ pointer: UnsafePointer<Value>, _ name: String, pointers: [(name: String, path: PartialKeyPath<Value>)]
    ) throws(ArgusError) -> Value {
        guard !PluginMemory.isNull(pointer) else { throw refused("NULL for \(name)", "a pointer to it") }
        _ = try size(UnsafeRawPointer(pointer), name, Value.self)
        for field in pointers {
            guard let offset = MemoryLayout<Value>.offset(of: field.path) else { continue }
            guard UnsafeRawPointer(pointer).load(fromByteOffset: offset, as: UInt.self) != 0 else {
                throw refused("NULL in the field '\(field.name)' of \(name)", "a pointer")
            }
        }
        return pointer.pointee
    }

    /// The elements of an array of structs, which lie as far apart as the first says that it is long: structs grow at
    /// their end in later minor versions.
    func values<Value>(_ base: UnsafePointer<Value>?, count: UInt32, _ name: String) throws(ArgusError) -> [Value] {
        guard count > 0 else { return [] }
        guard let base, !PluginMemory.isNull(base) else { throw refused("NULL for \(count) \(name)", "an array") }
        guard count <= 1 << 20 else { throw refused("\(count) \(name)", "at most \(1 << 20)") }
        let start = UnsafeRawPointer(base)
        let stride = try size(start, name, Value.self)
        return (0..<Int(count)).map { start.load(fromByteOffset: $0 * stride, as: Value.self) }
    }

    /// A text that must be there.
    func text(_ pointer: UnsafePointer<CChar>, _ name: String) throws(ArgusError) -> String {
        guard !PluginMemory.isNull(pointer) else { throw refused("NULL for \(name)", "a text") }
        return String(cString: pointer)
    }

    /// An array of texts.
    func texts(
        _ base: UnsafePointer<UnsafePointer<CChar>>?, count: UInt32, _ name: String
    ) throws(ArgusError) -> [String] {
        guard count > 0 else { return [] }
        guard let base, !PluginMemory.isNull(base) else { throw refused("NULL for \(count) \(name)", "an array") }
        var texts: [String] = []
        for index in 0..<Int(count) { texts.append(try text(base[index], "entry \(index) of \(name)")) }
        return texts
    }

    /// True for the NULL that a non-optional pointer cannot be but is.
    static func isNull<Value>(_ pointer: UnsafePointer<Value>) -> Bool { UInt(bitPattern: pointer) == 0 }

    /// `struct_size`, with which every struct begins.
    private func size<Value>(_ start: UnsafeRawPointer, _ name: String, _: Value.Type) throws(ArgusError) -> Int {
        let size = Int(start.load(as: UInt32.self))
        let least = MemoryLayout<Value>.size
        guard size >= least, size <= 1 << 16, size % MemoryLayout<Value>.alignment == 0 else {
            throw refused("struct_size \(size) of \(name)", "\(least), its size in argus_env.h, or a later one's")
        }
        return size
    }

    func refused(_ found: String, _ expected: String) -> ArgusError {
        ArgusError(
            .plugin, "plugin breaks argus_env.h", at: place, found: found, expected: expected,
            remedy: "building it against this host's argus_env.h, or telling its author")
    }
}
