import ArgusEnvAPI
import ArgusTrain
import Testing

@Suite("Scaling by bounds")
struct BoundsScalingTests {
    @Test("Wide components come to 0..1, symmetric ones to -1..1 with 0 at 0; others stay")
    func components() {
        let low: [Float] = [0, -20, -10, -.infinity, 3, 50, 0, -1]
        let high: [Float] = [40, 20, 30, 1, 3, 130, 32, 14]
        let scaling = BoundsScaling(size: 8, bounds: Bounds(low: low, high: high))
        let rows: [[Float]] = [low.map { $0.isFinite ? $0 : -9 }, high, [10, 0, 0, 0.5, 3, 90, 7, 2]]
        let expected: [[Float]] = [
            [0, -1, 0, -9, 3, 0, 0, -1], [1, 1, 1, 1, 3, 1, 32, 14], [0.25, 0, 0.25, 0.5, 3, 0.5, 7, 2],
        ]
        // A wider row than there are components, as when an agent id follows.
        var result = [Float](repeating: 7, count: 3 * 10)
        scaling.apply(rows.flatMap { $0 }, rows: 3, into: &result, resultStride: 10)
        for row in 0..<3 {
            #expect(Array(result[10 * row..<10 * row + 8]) == expected[row])
            #expect(result[10 * row + 8] == 7)
        }
    }

    @Test("Without bounds everything stays as it is")
    func noBounds() {
        var result: [Float] = [0, 0]
        BoundsScaling(size: 2, bounds: nil).apply([-40, 3], rows: 1, into: &result, resultStride: 2)
        #expect(result == [-40, 3])
    }
}
