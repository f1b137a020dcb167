import ArgusEnvAPI
import FoundationEssentials

/// Saving and continuing an episode. Bytes may come from anywhere, so what they say is checked against the rules.
extension __Type__ {
    public func snapshot() throws -> [UInt8] {
        let encoder = JSONEncoder()
        // Without this the order of the keys varies, and equal states have different snapshots.
        encoder.outputFormatting = .sortedKeys
        return [UInt8](try encoder.encode(state))
    }

    public mutating func restore(_ bytes: [UInt8]) throws {
        let restored = try JSONDecoder().decode(State.self, from: Data(bytes))
        let cells = 0..<length
        guard restored.workers.count == 2, restored.workers.allSatisfy({ cells.contains($0.cell) }),
            cells.contains(restored.button), (0...Int(UInt32.max)).contains(restored.pressedAlone)
        else { throw EpisodeFailure("snapshot: found an impossible state, expected one of \(length) cells") }
        state = restored
    }
}
