/// The numbers of actions: four moves, `stop`, then one attack for each unit of the other team.
enum SkirmishAction {
    static let north: Int32 = 0
    static let east: Int32 = 1
    static let south: Int32 = 2
    static let west: Int32 = 3
    static let stop: Int32 = 4
    static let firstAttack: Int32 = 5

    static let moveNames = ["north", "east", "south", "west"]

    /// The length of the reference's moves, which it makes by turning a diagonal.
    static let moveLength: Float = 0.99999994

    /// Direction of a move, y growing to the north; nothing for all other actions.
    @inline(__always)
    static func direction(_ action: Int32) -> SIMD2<Float> {
        switch action {
        case north: SIMD2(0, moveLength)
        case east: SIMD2(moveLength, 0)
        case south: SIMD2(0, -moveLength)
        case west: SIMD2(-moveLength, 0)
        default: SIMD2(0, 0)
        }
    }

    /// The move that leads furthest along a way; ties: the first.
    @inline(__always)
    static func move(towards way: SIMD2<Float>) -> Int32 {
        var action = north
        var best = way.y
        if way.x > best { (action, best) = (east, way.x) }
        if -way.y > best { (action, best) = (south, -way.y) }
        if -way.x > best { action = west }
        return action
    }
}
