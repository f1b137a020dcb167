import ArgusEnvAPI
import ArgusTrain
import Testing

@Suite("Scaling by bounds")
struct BoundsScalingTests {
    @Test("Components come to 0..1, symmetric ones to -1..1 with 0 at 0, those without usable bounds stay")
    func components() {
        let low: [Float] = [0, -2, -1, -.infinity, 3, 5]
        let high: [Float] = [4, 2, 3, 1, 3, 7]
        let scaling = BoundsScaling(size: 6, bounds: Bounds(low: low, high: high), narrowRange: 0)
        let rows: [[Float]] = [low.map { $0.isFinite ? $0 : -9 }, high, [1, 0, 0, 0.5, 3, 6]]
        let expected: [[Float]] = [[0, -1, 0, -9, 3, 0], [1, 1, 1, 1, 3, 1], [0.25, 0, 0.25, 0.5, 3, 0.5]]
        // A wider row than there are components, as when an agent id follows.
        var result = [Float](repeating: 7, count: 3 * 8)
        scaling.apply(rows.flatMap { $0 }, rows: 3, into: &result, resultStride: 8)
        for row in 0..<3 {
            #expect(Array(result[8 * row..<8 * row + 6]) == expected[row])
            #expect(result[8 * row + 6] == 7)
        }
    }

    @Test("Components whose bounds are at most so far apart stay as they are")
    func narrowComponents() {
        let bounds = Bounds(low: [0, -1, -16, 0, -17], high: [32, 14, 16, 33, 17])
        let scaling = BoundsScaling(size: 5, bounds: bounds, narrowRange: 32)
        var result = [Float](repeating: 7, count: 5)
        scaling.apply([7, 2, -16, 33, -17], rows: 1, into: &result, resultStride: 5)
        #expect(result == [7, 2, -16, 1, -1])
    }

    @Test("What was left as it is can be mapped afterwards, in rows with other components between them")
    func narrowComponentsAfterwards() {
        let bounds = Bounds(low: [0, -1, -16, 0, -17], high: [32, 14, 16, 33, 17])
        let values: [Float] = [7, 2, -16, 33, -17]
        func scaled(_ values: [Float], _ scaling: BoundsScaling) -> [Float] {
            var result = [Float](repeating: 7, count: values.count)
            scaling.apply(values, rows: 1, into: &result, resultStride: values.count)
            return result
        }
        let some = scaled(values, BoundsScaling(size: 5, bounds: bounds, narrowRange: 32))
        let all = scaled(values, BoundsScaling(size: 5, bounds: bounds, narrowRange: 0))
        let rest = BoundsScaling.narrow(size: 5, bounds: bounds, narrowRange: 32).repeated(2, others: 1)
        #expect(scaled(some + [9] + some + [8], rest) == all + [9] + all + [8])
    }

    @Test("Without bounds everything stays as it is")
    func noBounds() {
        var result: [Float] = [0, 0]
        BoundsScaling(size: 2, bounds: nil, narrowRange: 0).apply([-40, 3], rows: 1, into: &result, resultStride: 2)
        #expect(result == [-40, 3])
    }
}
