import CTorch

extension Tensor {
    /// A tensor with every element `value`.
    public static func full(
        _ value: Double, shape: [Int], type: ScalarType = .float32, device: Device = .current
    ) throws(TensorError) -> Tensor {
        try make { output in
            shape.withInt64 { sizes, rank in
                device.withName { ctorch_full(sizes, rank, type.code, $0, value, output) }
            }
        }
    }

    public static func zeros(
        _ shape: [Int], type: ScalarType = .float32, device: Device = .current
    ) throws(TensorError) -> Tensor {
        try full(0, shape: shape, type: type, device: device)
    }

    public static func ones(
        _ shape: [Int], type: ScalarType = .float32, device: Device = .current
    ) throws(TensorError) -> Tensor {
        try full(1, shape: shape, type: type, device: device)
    }

    /// A tensor with one element and no axes.
    public static func scalar(_ value: Double, type: ScalarType = .float32) throws(TensorError) -> Tensor {
        try full(value, shape: [], type: type)
    }

    /// Copies values, row-major; without a shape they make a vector. Throws if the shape has another element count.
    public convenience init<Element: TensorElement>(
        _ values: [Element], shape: [Int]? = nil, device: Device = .current
    ) throws(TensorError) {
        let handle = try Tensor.makeHandle { output in
            values.withUnsafeBytes { bytes in
                (shape ?? [values.count]).withInt64 { sizes, rank in
                    device.withName { name in
                        ctorch_from_data(
                            bytes.baseAddress, bytes.count, sizes, rank, Element.scalarType.code, name, output)
                    }
                }
            }
        }
        self.init(owning: handle)
    }

    /// Copies the bytes of row-major elements. Throws unless there are exactly as many as the shape needs.
    public static func copying(
        _ bytes: UnsafeRawBufferPointer, shape: [Int], type: ScalarType, device: Device = .current
    ) throws(TensorError) -> Tensor {
        try make { output in
            shape.withInt64 { sizes, rank in
                device.withName { name in
                    ctorch_from_data(bytes.baseAddress, bytes.count, sizes, rank, type.code, name, output)
                }
            }
        }
    }

    /// A tensor over the caller's row-major memory, without copying; where ``Device/current`` is not the CPU, a copy there.
    ///
    /// The caller keeps the memory alive, and aligned to the element size, until this tensor, all views of it and
    /// every gradient graph that it went into are gone. Changes on either side are seen on the other.
    public static func borrowing(
        _ memory: UnsafeMutableRawPointer, shape: [Int], type: ScalarType
    ) throws(TensorError) -> Tensor {
        let borrowed = try make { output in
            shape.withInt64 { sizes, rank in ctorch_borrow(memory, sizes, rank, type.code, output) }
        }
        let device = Device.current
        return device == .cpu ? borrowed : try borrowed.to(device)
    }

    /// A float32 matrix whose shorter side is orthonormal, times `gain` (Saxe et al. 2014, "Exact solutions to the
    /// nonlinear dynamics of learning in deep linear neural networks"). Its randomness comes from `generator` alone.
    public static func orthogonal(
        rows: Int, columns: Int, gain: Double, using generator: inout some RandomNumberGenerator,
        device: Device = .current
    ) throws(TensorError) -> Tensor {
        guard rows > 0, columns > 0 else {
            throw TensorError(
                code: .invalidArgument,
                message: "orthogonal matrix: found \(rows) rows and \(columns) columns, expected at least 1 of each")
        }
        let normals = standardNormals(count: rows * columns, using: &generator)
        return try make { output in
            normals.withUnsafeBufferPointer {
                ctorch_orthogonal($0.baseAddress, Int64(rows), Int64(columns), gain, output)
            }
        }.to(device)
    }
}
