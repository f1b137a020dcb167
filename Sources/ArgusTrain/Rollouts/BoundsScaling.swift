package import ArgusEnvAPI

/// Maps components with wide bounds to 0..1, and those between -b and b to -1..1, where 0 (nothing there, straight ahead)
/// stays 0; components without usable bounds, and with narrow ones, stay as they are.
///
/// A network has to tell a grid's cell from the next one, which takes longer the smaller the difference between them is:
/// Documentation/settings.md, "Cells as they are".
package struct BoundsScaling: Sendable, Hashable, Codable {
    /// result = value × scale + shift, one entry a component.
    let scale: [Float]
    let shift: [Float]

    /// - Parameter narrowRange: the widest bounds that are narrow, high less low.
    package init(size: Int, bounds: Bounds?, narrowRange: Double) {
        self.init(size: size, bounds: bounds) { $0 > narrowRange }
    }

    /// What ``init(size:bounds:narrowRange:)`` leaves as it is, mapped likewise, and nothing else.
    package static func narrow(size: Int, bounds: Bounds?, narrowRange: Double) -> BoundsScaling {
        BoundsScaling(size: size, bounds: bounds) { $0 <= narrowRange }
    }

    private init(scale: [Float], shift: [Float]) {
        self.scale = scale
        self.shift = shift
    }

    private init(size: Int, bounds: Bounds?, where isMapped: (_ range: Double) -> Bool) {
        var scale = [Float](repeating: 1, count: size)
        var shift = [Float](repeating: 0, count: size)
        if let bounds {
            for index in 0..<size {
                let range = bounds.high[index] - bounds.low[index]
                // Bounds that are infinite or that meet (nearly) tell no scale.
                guard range.isFinite, range > 0, (1 / range).isFinite, isMapped(Double(range)) else { continue }
                let isSymmetric = bounds.low[index] == -bounds.high[index]
                scale[index] = isSymmetric ? 1 / bounds.high[index] : 1 / range
                shift[index] = isSymmetric ? 0 : -bounds.low[index] / range
            }
        }
        self.init(scale: scale, shift: shift)
    }

    /// Whether everything stays as it is.
    var isIdentity: Bool { scale.allSatisfy { $0 == 1 } && shift.allSatisfy { $0 == 0 } }

    /// For `count` such rows one after the other, each with `others` more components, which stay as they are.
    package func repeated(_ count: Int, others: Int) -> BoundsScaling {
        func rows(_ row: [Float], _ other: Float) -> [Float] {
            Array(repeatElement(row + Array(repeating: other, count: others), count: count).joined())
        }
        return BoundsScaling(scale: rows(scale, 1), shift: rows(shift, 0))
    }

    /// Whether all components have bounds.
    static func coversAll(_ bounds: Bounds?) -> Bool {
        guard let bounds else { return false }
        return zip(bounds.low, bounds.high).allSatisfy { ($1 - $0).isFinite }
    }

    /// Writes `rows` contiguous rows, `resultStride` elements apart.
    package func apply(
        _ values: UnsafePointer<Float>, rows: Int, into result: UnsafeMutablePointer<Float>, resultStride: Int
    ) {
        let size = scale.count
        scale.withUnsafeBufferPointer { scale in
            shift.withUnsafeBufferPointer { shift in
                guard let scale = scale.baseAddress, let shift = shift.baseAddress else { return }
                for row in 0..<rows {
                    let source = values + row * size
                    let target = result + row * resultStride
                    for index in 0..<size { target[index] = source[index] * scale[index] + shift[index] }
                }
            }
        }
    }
}
