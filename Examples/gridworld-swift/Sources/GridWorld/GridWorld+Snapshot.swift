import ArgusEnvAPI
import FoundationEssentials

/// Saving and continuing an episode. Bytes may come from anywhere, so what they say is checked against the rules.
extension GridWorld {
    public func snapshot() throws -> [UInt8] {
        let encoder = JSONEncoder()
        // Without this the order of the keys varies, and equal states have different snapshots.
        encoder.outputFormatting = .sortedKeys
        return [UInt8](try encoder.encode(state))
    }

    public mutating func restore(_ bytes: [UInt8]) throws {
        let restored = try JSONDecoder().decode(State.self, from: Data(bytes))
        let count = state.walkers.count
        guard restored.walkers.count == count, restored.pads.count == count,
            (restored.walkers + restored.pads).allSatisfy(contains),
            restored.pads.indices.allSatisfy({ !restored.pads[..<$0].contains(restored.pads[$0]) }),
            (0...Int(UInt32.max)).contains(restored.shared)
        else { throw SnapshotError() }
        state = restored
    }

    public mutating func reseedChance(_ seed: UInt64) {
        state.random = SplitMix64(seed: seed)
    }
}

struct SnapshotError: Error, CustomStringConvertible {
    let description = "snapshot: found an impossible state, expected a state of this grid and these walkers"
}
