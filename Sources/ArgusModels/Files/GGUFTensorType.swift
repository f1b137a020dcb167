/// The tensor types of GGUF that can be read. A block of a quantised type holds 32 weights.
enum GGUFTensorType: UInt32, Sendable, Hashable, CaseIterable {
    case float32 = 0
    case float16 = 1
    /// Q4_0: a scale
    case fourBit = 2
    /// Q4_1: a scale and a minimum
    case fourBitWithMinimum = 3
    /// Q8_0: a scale
    case eightBit = 8
    case bfloat16 = 30

    /// Weights in a block: rows are whole numbers of blocks.
    var blockCount: Int {
        switch self {
        case .float32, .float16, .bfloat16: 1
        case .fourBit, .fourBitWithMinimum, .eightBit: 32
        }
    }

    /// Bytes of a block.
    var blockSize: Int {
        switch self {
        case .float32: 4
        case .float16, .bfloat16: 2
        case .fourBit: 2 + 16
        case .fourBitWithMinimum: 2 + 2 + 16
        case .eightBit: 2 + 32
        }
    }

    /// Names of ggml's types, so that what is refused is refused by its name.
    static func name(_ code: UInt32) -> String {
        let names: [UInt32: String] = [
            0: "F32", 1: "F16", 2: "Q4_0", 3: "Q4_1", 6: "Q5_0", 7: "Q5_1", 8: "Q8_0", 9: "Q8_1", 10: "Q2_K",
            11: "Q3_K", 12: "Q4_K", 13: "Q5_K", 14: "Q6_K", 15: "Q8_K", 16: "IQ2_XXS", 17: "IQ2_XS", 18: "IQ3_XXS",
            19: "IQ1_S", 20: "IQ4_NL", 21: "IQ3_S", 22: "IQ2_S", 23: "IQ4_XS", 24: "I8", 25: "I16", 26: "I32",
            27: "I64", 28: "F64", 29: "IQ1_M", 30: "BF16", 34: "TQ1_0", 35: "TQ2_0", 39: "MXFP4",
        ]
        return names[code] ?? "type \(code)"
    }

    /// Turns one row of blocks into float32.
    ///
    /// - Parameters:
    ///   - source: as many bytes as the row's blocks have.
    ///   - destination: room for as many weights.
    func dequantise(_ source: UnsafeRawBufferPointer, into destination: UnsafeMutableBufferPointer<Float>) {
        switch self {
        case .float32:
            UnsafeMutableRawBufferPointer(destination).copyMemory(from: source)
        case .float16:
            for index in destination.indices { destination[index] = Self.half(source, 2 * index) }
        case .bfloat16:
            for index in destination.indices {
                let bits = source.loadUnaligned(fromByteOffset: 2 * index, as: UInt16.self)
                destination[index] = Float(bitPattern: UInt32(UInt16(littleEndian: bits)) << 16)
            }
        case .fourBit:
            eachBlock(source, destination) { block, weights in
                let scale = Self.half(block, 0)
                Self.nibbles(block, from: 2, into: weights) { scale * Float(Int32($0) - 8) }
            }
        case .fourBitWithMinimum:
            eachBlock(source, destination) { block, weights in
                let scale = Self.half(block, 0)
                let minimum = Self.half(block, 2)
                Self.nibbles(block, from: 4, into: weights) { scale * Float($0) + minimum }
            }
        case .eightBit:
            eachBlock(source, destination) { block, weights in
                let scale = Self.half(block, 0)
                for index in 0..<32 { weights[index] = scale * Float(Int8(bitPattern: block[2 + index])) }
            }
        }
    }

    @inline(__always)
    private func eachBlock(
        _ source: UnsafeRawBufferPointer, _ destination: UnsafeMutableBufferPointer<Float>,
        _ body: (UnsafeRawBufferPointer, UnsafeMutableBufferPointer<Float>) -> Void
    ) {
        for block in 0..<(destination.count / 32) {
            body(
                UnsafeRawBufferPointer(rebasing: source[(block * blockSize)..<((block + 1) * blockSize)]),
                UnsafeMutableBufferPointer(rebasing: destination[(32 * block)..<(32 * block + 32)]))
        }
    }

    /// Low halves of the 16 bytes are the first 16 weights, high halves the rest.
    @inline(__always)
    private static func nibbles(
        _ block: UnsafeRawBufferPointer, from start: Int, into weights: UnsafeMutableBufferPointer<Float>,
        _ weight: (UInt8) -> Float
    ) {
        for index in 0..<16 {
            let byte = block[start + index]
            weights[index] = weight(byte & 0xF)
            weights[index + 16] = weight(byte >> 4)
        }
    }

    @inline(__always)
    private static func half(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> Float {
        Float(Float16(bitPattern: UInt16(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt16.self))))
    }
}
