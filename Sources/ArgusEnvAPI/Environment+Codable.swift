#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A `Codable` environment gets its snapshot from its coding. Environments that are snapshot often write their own.
extension Environment where Self: Codable {
    public func snapshot() throws -> [UInt8] {
        let encoder = JSONEncoder()
        // Equal states give equal bytes.
        encoder.outputFormatting = .sortedKeys
        return [UInt8](try encoder.encode(self))
    }

    public mutating func restore(_ bytes: [UInt8]) throws {
        let restored = try JSONDecoder().decode(Self.self, from: Data(bytes))
        guard accepts(restored) else {
            throw RulesError(.snapshot, "the state does not fit this environment's parameters")
        }
        self = restored
    }
}
