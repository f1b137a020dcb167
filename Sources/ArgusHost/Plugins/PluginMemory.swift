/// Reads what a plugin points to.
///
/// The header declares its pointers non-null and its structs sized, so Swift takes both for granted; a plugin in C may
/// leave a pointer out or be built against something else all the same, and must then get an error, not a crash.
struct PluginMemory {
    /// Plugin and environment, for messages.
    let place: String

    /// Names and places of a struct's fields that must not be NULL.
    typealias RequiredFields<Value> = [(name: String, path: PartialKeyPath<Value>)]

    /// The struct at `pointer`, if it is there, is as long as this host's and has its required pointers.
    func value<Value>(
        _ pointer: UnsafePointer<Value>, _ name: String, pointers: RequiredFields<Value>
    ) throws(ArgusError) -> Value {
        guard !PluginMemory.isNull(pointer) else { throw refused("NULL for \(name)", "a pointer to it") }
        let start = UnsafeRawPointer(pointer)
        _ = try size(start, name, Value.self)
        try requireFields(start, name, pointers)
        return pointer.pointee
    }

    /// The elements of an array of structs, which lie as far apart as the first says that it is long: structs grow at
    /// their end in later minor versions.
    func values<Value>(
        _ base: UnsafePointer<Value>?, count: UInt32, _ name: String, pointers: RequiredFields<Value>
    ) throws(ArgusError) -> [Value] {
        guard count > 0 else { return [] }
        guard let base, !PluginMemory.isNull(base) else { throw refused("NULL for \(count) \(name)s", "an array") }
        guard count <= 1 << 20 else { throw refused("\(count) \(name)s", "at most \(1 << 20)") }
        let start = UnsafeRawPointer(base)
        let stride = try size(start, "\(name) 0", Value.self)
        var values: [Value] = []
        for index in 0..<Int(count) {
            // Before it becomes a value: one that has a NULL where none may be is taken for nil by optionals and loops.
            try requireFields(start + index * stride, "\(name) \(index)", pointers)
            values.append(start.load(fromByteOffset: index * stride, as: Value.self))
        }
        return values
    }

    /// An array of texts.
    func texts(
        _ base: UnsafePointer<UnsafePointer<CChar>>?, count: UInt32, _ name: String
    ) throws(ArgusError) -> [String] {
        guard count > 0 else { return [] }
        guard let base, !PluginMemory.isNull(base) else { throw refused("NULL for \(count) \(name)", "an array") }
        let start = UnsafeRawPointer(base)
        var texts: [String] = []
        for index in 0..<Int(count) {
            let address = start.load(fromByteOffset: index * MemoryLayout<UInt>.size, as: UInt.self)
            guard let text = UnsafePointer<CChar>(bitPattern: address) else {
                throw refused("NULL for entry \(index) of \(name)", "a text")
            }
            texts.append(String(cString: text))
        }
        return texts
    }

    private func requireFields<Value>(
        _ start: UnsafeRawPointer, _ name: String, _ fields: RequiredFields<Value>
    ) throws(ArgusError) {
        for field in fields {
            guard let offset = MemoryLayout<Value>.offset(of: field.path) else { continue }
            guard start.load(fromByteOffset: offset, as: UInt.self) != 0 else {
                throw refused("NULL in the field '\(field.name)' of \(name)", "a pointer")
            }
        }
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
