import ArgusTensor

/// The weights of a GGUF file. F32 tensors are used where they are mapped, but for queries and keys of Llama, whose rows
/// are put back in order; all others are turned into float32.
struct GGUFWeights: WeightSource {
    let file: GGUFFile
    let configuration: DecoderConfiguration

    var place: String { file.path }

    func tensor(_ weight: DecoderWeightName, shape: [Int]) throws(LanguageError) -> Tensor {
        let name = weight.gguf
        guard let entry = file.entries[name] else {
            throw LanguageError(.fileFormat, "tensor '\(name)' (\(place)): found none, expected \(shape)")
        }
        guard entry.shape == shape else {
            throw LanguageError(.fileFormat, "tensor '\(name)' (\(place)): found \(entry.shape), expected \(shape)")
        }
        let isPermuted = configuration.family == .llama && (weight.part == .query || weight.part == .key)
        if entry.type == .float32, !isPermuted {
            return try computing { () throws(TensorError) in
                try file.file.tensor(at: entry.range.lowerBound, shape: shape, type: .float32)
            }
        }
        let rows = weight.isBias ? shape[0] : shape.dropLast().reduce(1, *)
        let columns = entry.count / rows
        let values = file.file.withBytes { bytes in
            dequantised(entry, UnsafeRawBufferPointer(rebasing: bytes[entry.range]), rows, columns, isPermuted)
        }
        return try computing { () throws(TensorError) in try Tensor(values, shape: shape) }
    }

    private func dequantised(
        _ entry: GGUFFile.Entry, _ bytes: UnsafeRawBufferPointer, _ rows: Int, _ columns: Int, _ isPermuted: Bool
    ) -> [Float] {
        let rowSize = bytes.count / rows
        let headSize = configuration.headSize
        return [Float](unsafeUninitializedCapacity: rows * columns) { buffer, count in
            for row in 0..<rows {
                // llama.cpp turns neighbouring entries as pairs, transformers entries half a head apart.
                let (head, within) = row.quotientAndRemainder(dividingBy: headSize)
                let target =
                    isPermuted ? head * headSize + within % 2 * (headSize / 2) + within / 2 : row
                entry.type.dequantise(
                    UnsafeRawBufferPointer(rebasing: bytes[(row * rowSize)..<((row + 1) * rowSize)]),
                    into: UnsafeMutableBufferPointer(rebasing: buffer[(target * columns)..<((target + 1) * columns)]))
            }
            count = rows * columns
        }
    }
}
