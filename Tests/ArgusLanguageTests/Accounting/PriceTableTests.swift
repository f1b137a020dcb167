import ArgusHost
import ArgusLanguage
import Foundation
import Testing

@Suite("Prices")
struct PriceTableTests {
    private func table(_ text: String) throws -> PriceTable {
        let path = NSTemporaryDirectory() + "prices-\(UUID().uuidString).yaml"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        return try PriceTable(contentsOf: path)
    }

    @Test("A model's price is of a million tokens; cached ones cost as others where nothing is said")
    func prices() throws {
        let table = try table(
            "currency: EUR\nmodels:\n  a: {prompt: 2, cached: 1, completion: 4}\n  b: {prompt: 2, completion: 4}\n")
        #expect(table.currency == "EUR")
        #expect(table.models["a"]?.cached == 1 && table.models["b"]?.cached == 2 && table.models["c"] == nil)
    }

    @Test("A price below 0 or a key that there is not is refused")
    func refused() {
        #expect(throws: ArgusError.self) { try table("currency: EUR\nmodels:\n  a: {prompt: -2, completion: 4}\n") }
        #expect(throws: ArgusError.self) { try table("currency: EUR\nmodels:\n  a: {prompt: 2, complete: 4}\n") }
        #expect(throws: ArgusError.self) { try table("models: {}\n") }
    }
}
