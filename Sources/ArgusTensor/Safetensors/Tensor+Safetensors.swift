extension SafetensorsFile.ElementType {
    /// The tensors' name for this type.
    public var scalarType: ScalarType {
        switch self {
        case .float64: .float64
        case .float32: .float32
        case .int64: .int64
        case .int32: .int32
        case .uint8: .uint8
        case .bool: .bool
        case .float16: .float16
        case .bfloat16: .bfloat16
        }
    }

    public init(_ type: ScalarType) {
        switch type {
        case .float64: self = .float64
        case .float32: self = .float32
        case .int64: self = .int64
        case .int32: self = .int32
        case .uint8: self = .uint8
        case .bool: self = .bool
        case .float16: self = .float16
        case .bfloat16: self = .bfloat16
        }
    }
}

extension SafetensorsFile {
    /// Writes tensors, from whatever device, atomically.
    public static func write(
        tensors: [(name: String, tensor: Tensor)], metadata: [String: String] = [:], to path: String
    ) throws(TensorError) {
        try write(contents(of: tensors), metadata: metadata, to: path)
    }

    /// Tensors, from whatever device, as arrays to be written.
    public static func contents(of tensors: [(name: String, tensor: Tensor)]) throws(TensorError) -> [Content] {
        var arrays: [Content] = []
        for (name, tensor) in tensors {
            arrays.append(
                Content(
                    name: name, type: ElementType(tensor.scalarType), shape: tensor.shape, bytes: try tensor.bytes()))
        }
        return arrays
    }

    /// A copy of the array named `name` as a tensor; throws if there is none.
    public func tensor(_ name: String) throws(TensorError) -> Tensor {
        guard let entry = entry(named: name) else {
            throw TensorError(code: .fileFormat, message: "\(source): tensor '\(name)' is missing")
        }
        return try tensor(entry)
    }

    /// All arrays as tensors by name.
    public func tensors() throws(TensorError) -> [String: Tensor] {
        var result: [String: Tensor] = [:]
        for entry in entries { result[entry.name] = try tensor(entry) }
        return result
    }

    private func tensor(_ entry: Entry) throws(TensorError) -> Tensor {
        try withBytes(of: entry) { bytes throws(TensorError) in
            try Tensor.copying(bytes, shape: entry.shape, type: entry.type.scalarType)
        }
    }
}
