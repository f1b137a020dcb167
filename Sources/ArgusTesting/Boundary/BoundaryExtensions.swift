import ArgusEnvAPI
import CArgusEnv

/// The extensions of an instance, by the header.
extension BoundaryInstance {
    func find<Value>(_ id: String, as type: Value.Type) -> Value? {
        pointer.pointee.get_extension(pointer, id)?.assumingMemoryBound(to: Value.self).pointee
    }

    var text: argus_text? { find(ARGUS_TEXT_V1, as: argus_text.self) }
    var snapshot: argus_snapshot? { find(ARGUS_SNAPSHOT_V1, as: argus_snapshot.self) }
    var baselines: argus_baselines? { find(ARGUS_BASELINE_V1, as: argus_baselines.self) }
    var render: argus_render? { find(ARGUS_RENDER_V1, as: argus_render.self) }
    var metrics: argus_metrics? { find(ARGUS_METRICS_V1, as: argus_metrics.self) }

    func rules(_ text: argus_text, agent: Int) throws -> String {
        try words("rules", .text) { text.rules(pointer, UInt32(agent), $0, $1, $2) }
    }

    func situation(_ text: argus_text, copy: Int, agent: Int) throws -> String {
        try words("situation", .text) { text.situation(pointer, UInt32(copy), UInt32(agent), $0, $1, $2) }
    }

    func action(_ text: argus_text, copy: Int, agent: Int, choice: Int) throws -> String {
        try words("action", .text) { text.action(pointer, UInt32(copy), UInt32(agent), UInt32(choice), $0, $1, $2) }
    }

    func picture(_ render: argus_render, copy: Int, color: Bool) throws -> String {
        try words("render", .render) { render.text(pointer, UInt32(copy), color ? 1 : 0, $0, $1, $2) }
    }

    func save(_ snapshot: argus_snapshot, copy: Int) throws -> [UInt8] {
        CallTrace.shared.note(.save)
        var bytes: [UInt8] = []
        for _ in 0..<3 {
            var needed = 0
            let capacity = bytes.count
            let status = bytes.withUnsafeMutableBufferPointer {
                snapshot.save(pointer, UInt32(copy), $0.baseAddress, capacity, &needed)
            }
            try succeed("save", status)
            if needed <= capacity { return Array(bytes[..<needed]) }
            bytes = Array(repeating: 0, count: needed)
        }
        throw ConformanceFailure("save: the size grows from call to call")
    }

    func load(_ snapshot: argus_snapshot, copy: Int, _ bytes: [UInt8]) -> argus_status {
        CallTrace.shared.note(.load)
        // The header wants a pointer also for no bytes.
        return snapshot.load(pointer, UInt32(copy), bytes.isEmpty ? [0] : bytes, bytes.count, nil)
    }

    func values(_ metrics: argus_metrics, copy: Int) throws -> [Double] {
        CallTrace.shared.note(.metrics)
        // Poisoned, so that a value that is not written shows.
        var values = Array(repeating: -Double.infinity, count: Int(metrics.count) + 1)
        try succeed("metrics", metrics.values(pointer, UInt32(copy), &values))
        try require(values.removeLast() == -.infinity, "metrics: more than \(metrics.count) values were written")
        return values
    }

    /// A text of unknown size. A short buffer must give its beginning and the whole size.
    private func words(
        _ call: String, _ noted: CallTrace.Call,
        _ body: (UnsafeMutablePointer<CChar>?, Int, UnsafeMutablePointer<Int>) -> argus_status
    ) throws -> String {
        var needed = 0
        CallTrace.shared.note(noted)
        try succeed(call, body(nil, 0, &needed))
        try require(needed >= 0 && needed < 1 << 28, "\(call): a text of \(needed) bytes")
        var bytes = [CChar](repeating: 0x7E, count: needed + 1)
        var again = 0
        try succeed(call, body(&bytes, needed, &again))
        try require(again == needed, "\(call): \(needed) bytes needed at first, \(again) at the second call")
        try require(bytes.removeLast() == 0x7E, "\(call): more than `capacity` bytes were written")
        let text = String(validating: bytes.map(UInt8.init(bitPattern:)), as: UTF8.self)
        guard let text else { throw ConformanceFailure("\(call): a text that is not UTF-8") }
        return text
    }
}
