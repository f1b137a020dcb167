import ArgusHost
import ArgusTensor

/// A safetensors file whose metadata has a checksum of everything else in it, so that a flipped bit is noticed.
enum CheckedFile {
    private static let key = "checksum"

    static func write(
        tensors: [(name: String, tensor: Tensor)], metadata: [String: String], to path: String
    ) throws(TensorError) {
        let arrays = try SafetensorsFile.contents(of: tensors)
        var checksum = hash(of: metadata)
        for array in arrays.sorted(by: { $0.name < $1.name }) {
            checksum = hash(array.name, array.type, array.shape, continuing: checksum)
            checksum = Fingerprint.fnv1a64(array.bytes, continuing: checksum)
        }
        var metadata = metadata
        metadata[key] = Fingerprint.text(checksum)
        try SafetensorsFile.write(arrays, metadata: metadata, to: path)
    }

    /// - Throws: ``TensorError`` (file format) when the content is not what its checksum says. A file without one, as earlier
    ///   versions wrote them, is taken as it is.
    static func read(_ path: String) throws(TensorError) -> SafetensorsFile {
        let file = try SafetensorsFile(contentsOf: path)
        guard let expected = file.metadata[key] else { return file }
        var checksum = hash(of: file.metadata.filter { $0.key != key })
        for entry in file.entries.sorted(by: { $0.name < $1.name }) {
            checksum = hash(entry.name, entry.type, entry.shape, continuing: checksum)
            checksum = file.withBytes(of: entry) { Fingerprint.fnv1a64($0, continuing: checksum) }
        }
        let found = Fingerprint.text(checksum)
        guard found == expected else {
            throw TensorError(
                code: .fileFormat, message: "\(path): found checksum \(found), expected \(expected): damaged")
        }
        return file
    }

    private static func hash(of metadata: [String: String]) -> UInt64 {
        metadata.sorted { $0.key < $1.key }.reduce(Fingerprint.empty) { hash, pair in
            // Each text ends with a byte that none has.
            [pair.key, pair.value].reduce(hash) { Fingerprint.fnv1a64(Array($1.utf8) + [0xFF], continuing: $0) }
        }
    }

    private static func hash(
        _ name: String, _ type: SafetensorsFile.ElementType, _ shape: [Int], continuing hash: UInt64
    ) -> UInt64 {
        Fingerprint.fnv1a64("\(name) \(type.rawValue) \(shape)".utf8, continuing: hash)
    }
}
