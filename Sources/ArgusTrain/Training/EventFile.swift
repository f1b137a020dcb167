import ArgusHost
import Foundation
import Glibc

/// A TensorBoard event file: `events.out.tfevents.…` in a run's folder, with one scalar a name and step.
///
/// Records are TFRecords (length, masked CRC-32C of it, payload, masked CRC-32C of that; little-endian) of `Event`
/// protocol buffers with a `Summary` of simple values (tensorflow/core/util/event.proto, framework/summary.proto). One
/// file a run: on resuming, what came after the checkpoint is cut off.
final class EventFile {
    private let path: String
    private let file: Int32

    /// Opens a run's event file for appending.
    ///
    /// - Parameter step: events of later steps are dropped, as is a record that was cut short.
    init(folder: String, after step: Int) throws(ArgusError) {
        path = folder + "/events.out.tfevents.0.argus"
        let kept = EventFile.keep(FileManager.default.contents(atPath: path) ?? Data(), upTo: step)
        if kept.isEmpty {
            try AtomicFile.write(EventFile.record(EventFile.event(step: nil, text: "brain.Event:2", [])), to: path)
        } else {
            try AtomicFile.write(kept, to: path)
        }
        file = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard file >= 0 else { throw AtomicFile.failed(path, errno) }
    }

    deinit { close(file) }

    /// Adds scalars, x = environment steps.
    func append(_ scalars: [(name: String, value: Double)], step: Int) throws(ArgusError) {
        let record = EventFile.record(EventFile.event(step: step, text: nil, scalars))
        let problem = record.withUnsafeBytes { AtomicFile.writeAll($0, to: file) }
        guard problem == 0 else { throw AtomicFile.failed(path, problem) }
    }

    // MARK: Records

    private static func record(_ payload: Data) -> Data {
        var header = Data()
        append(UInt64(payload.count), to: &header)
        var record = header
        append(CRC32C.masked(header), to: &record)
        record += payload
        append(CRC32C.masked(payload), to: &record)
        return record
    }

    /// The whole records whose step is at most `step`; records are in order of their steps.
    private static func keep(_ data: Data, upTo step: Int) -> Data {
        let bytes = [UInt8](data)
        var end = 0
        while end + 16 <= bytes.count {
            let length = bytes[end..<end + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard length <= UInt64(bytes.count - end - 16) else { break }
            let payload = bytes[end + 12..<end + 12 + Int(length)]
            if let eventStep = Self.step(of: Array(payload)), eventStep > step { break }
            end += 16 + Int(length)
        }
        return Data(bytes[..<end])
    }

    /// The step of an event as ``event(step:text:_:)`` writes it: field 2 right after the wall time.
    private static func step(of event: [UInt8]) -> Int? {
        guard event.count > 10, event[9] == 0x10 else { return nil }
        var value: UInt64 = 0
        for (index, byte) in event[10...].prefix(10).enumerated() {
            value |= UInt64(byte & 0x7F) << UInt64(7 * index)
            if byte < 0x80 { return Int(truncatingIfNeeded: value) }
        }
        return nil
    }

    // MARK: Protocol buffers

    /// Event {1: double wall_time, 2: int64 step, 3: string file_version, 5: Summary {1: repeated Value {1: string tag,
    /// 2: float simple_value}}}
    private static func event(step: Int?, text: String?, _ scalars: [(name: String, value: Double)]) -> Data {
        var event = Data([0x09])
        append(Date().timeIntervalSince1970.bitPattern, to: &event)
        if let step {
            event.append(0x10)
            appendVariable(UInt64(step), to: &event)
        }
        if let text { appendField(3, Data(text.utf8), to: &event) }
        guard !scalars.isEmpty else { return event }
        var summary = Data()
        for (name, value) in scalars {
            var entry = Data()
            appendField(1, Data(name.utf8), to: &entry)
            entry.append(0x15)
            append(Float(value).bitPattern, to: &entry)
            appendField(1, entry, to: &summary)
        }
        appendField(5, summary, to: &event)
        return event
    }

    private static func appendField(_ number: UInt8, _ content: Data, to data: inout Data) {
        data.append(number << 3 | 2)
        appendVariable(UInt64(content.count), to: &data)
        data += content
    }

    private static func appendVariable(_ value: UInt64, to data: inout Data) {
        var value = value
        while value >= 0x80 {
            data.append(UInt8(truncatingIfNeeded: value) | 0x80)
            value >>= 7
        }
        data.append(UInt8(value))
    }

    private static func append(_ value: some FixedWidthInteger, to data: inout Data) {
        withUnsafeBytes(of: value.littleEndian) { data.append(contentsOf: $0) }
    }
}

/// CRC-32C (Castagnoli polynomial, reflected), as TFRecords mask it.
private enum CRC32C {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    static func masked(_ data: Data) -> UInt32 {
        let sum = ~data.reduce(~UInt32(0)) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 0xFF)] }
        return (sum >> 15 | sum << 17) &+ 0xA282_EAD8
    }
}

extension UpdateRecord {
    /// As TensorBoard shows them.
    var scalars: [(name: String, value: Double)] {
        var scalars = statistics.map { statistic in
            statistic.name.hasPrefix("loss_")
                ? ("loss/\(statistic.name.dropFirst(5))", statistic.value)
                : ("train/\(statistic.name)", statistic.value)
        }
        if let episodeReturn { scalars.append(("train/return_mean", episodeReturn)) }
        scalars.append(("time/steps_per_second", stepsPerSecond))
        return scalars
    }
}

extension EvaluationRecord {
    /// As TensorBoard shows them: means over the episodes.
    var scalars: [(name: String, value: Double)] {
        guard !returns.isEmpty else { return [] }
        var scalars = [("eval_\(mode)/return_mean", returns.mean)]
        for (name, values) in metrics.sorted(by: { $0.key < $1.key }) {
            let defined = values.filter(\.isFinite)
            if !defined.isEmpty { scalars.append(("eval_\(mode)/\(name)", defined.mean)) }
        }
        return scalars
    }
}
