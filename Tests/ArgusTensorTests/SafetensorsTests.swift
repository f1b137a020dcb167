import ArgusTensor
import Foundation
import Testing

struct SafetensorsTests {
    /// A file from a header and data, with the right length in front.
    private func file(_ header: String, data: [UInt8]) -> [UInt8] {
        let json = Array(header.utf8)
        return (0..<8).map { UInt8(truncatingIfNeeded: json.count >> (8 * $0)) } + json + data
    }

    private func temporaryPath() -> String {
        FileManager.default.temporaryDirectory.appendingPathComponent("\(UUID().uuidString).safetensors").path
    }

    @Test("Every element type, empty and scalar shapes, odd names and metadata survive a round trip")
    func roundTrip() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let tensors: [(name: String, tensor: Tensor)] = [
            ("bytes", try Tensor([1, 2, 255] as [UInt8])),
            ("flags", try Tensor([1, -1] as [Float]).greater(than: 0)),
            ("weights \"quoted\" \\ \n é", try Tensor([1.5, -2.25, 3, 4, 5, .infinity] as [Float], shape: [2, 3])),
            ("double", try Tensor([.pi] as [Double], shape: [1, 1, 1])),
            ("long", try Tensor([Int64.min, Int64.max])),
            ("int", try Tensor([Int32.min, 7])),
            ("scalar", try Tensor.scalar(0.25)),
            ("empty", try Tensor.zeros([0, 4])),
            ("transposed", try Tensor([1, 2, 3, 4] as [Float], shape: [2, 2]).transposed()),
        ]
        try SafetensorsFile.write(tensors: tensors, metadata: ["format": "argus", "ü": "\t\"x\""], to: path)
        let file = try SafetensorsFile(contentsOf: path)
        #expect(file.metadata == ["format": "argus", "ü": "\t\"x\""])
        #expect(file.entries.count == tensors.count)
        for (name, tensor) in tensors {
            let read = try file.tensor(name)
            #expect(read.shape == tensor.shape)
            #expect(read.scalarType == tensor.scalarType)
            #expect(try read.values(as: Double.self) == tensor.values(as: Double.self))
        }
        #expect(try file.tensor("long").values(as: Int64.self) == [Int64.min, Int64.max])
    }

    @Test("The same tensors give the same bytes, and writing replaces the old file whole")
    func deterministicAndAtomic() throws {
        let path = temporaryPath()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let many = SafetensorsFile.Content(
            name: "a", type: .uint8, shape: [1000], bytes: Array(repeating: 1, count: 1000))
        let few = SafetensorsFile.Content(name: "b", type: .float32, shape: [1], bytes: [0, 0, 128, 63])
        try SafetensorsFile.write([many, few], metadata: ["x": "1", "a": "2"], to: path)
        let first = try Data(contentsOf: URL(fileURLWithPath: path))
        try SafetensorsFile.write([many, few], metadata: ["a": "2", "x": "1"], to: path)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == first)
        try SafetensorsFile.write([few], to: path)
        let file = try SafetensorsFile(contentsOf: path)
        #expect(file.entries.map(\.name) == ["b"])
        #expect(try file.tensor("b").item() == 1)
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        let name = URL(fileURLWithPath: path).lastPathComponent
        let leftOver = try FileManager.default.contentsOfDirectory(atPath: directory)
            .filter { $0.contains(name) && $0 != name }
        #expect(leftOver.isEmpty)
    }

    @Test("Paths that cannot be read or written are errors that name them")
    func unreachablePaths() {
        #expect { try SafetensorsFile(contentsOf: "/nonexistent/x.safetensors") } throws: {
            ($0 as? TensorError)?.code == .fileAccess && "\($0)".contains("/nonexistent/x.safetensors")
        }
        #expect { try SafetensorsFile(contentsOf: "/") } throws: { ($0 as? TensorError)?.code == .fileAccess }
        #expect { try SafetensorsFile.write([], to: "/nonexistent/x.safetensors") } throws: {
            ($0 as? TensorError)?.code == .fileAccess
        }
    }

    @Test("What cannot be written is refused before anything is written")
    func invalidContent() {
        let path = temporaryPath()
        let good = SafetensorsFile.Content(name: "a", type: .uint8, shape: [1], bytes: [1])
        let short = SafetensorsFile.Content(name: "b", type: .float32, shape: [2], bytes: [1])
        let reserved = SafetensorsFile.Content(name: "__metadata__", type: .uint8, shape: [1], bytes: [1])
        for content in [[good, good], [short], [reserved]] {
            #expect { try SafetensorsFile.write(content, to: path) } throws: {
                ($0 as? TensorError)?.code == .invalidArgument
            }
        }
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    private static let data: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 64]
    private static let first = #""a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#
    private static let second = #""b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#

    @Test("A good file written by hand is accepted")
    func goodFile() throws {
        let bytes = file("{\(Self.second),\(Self.first)}  ", data: Self.data)
        let read = try SafetensorsFile(bytes: bytes, source: "hand")
        #expect(read.entries.map(\.name) == ["a", "b"])
        #expect(try read.tensor("b").item() == 2)
        #expect { try read.tensor("c") } throws: { "\($0)".contains("hand: tensor 'c' is missing") }
    }

    /// What is wrong, the header, and a part of the message.
    private static let hostile: [(what: String, header: String, message: String)] = [
        ("not JSON", "{\(first)", "not valid"),
        ("an array", "[\(first)]", "begin with '{'"),
        ("leading space", " {\(first),\(second)}", "begin with '{'"),
        ("text after the object", "{\(first),\(second)}x", "not valid"),
        ("unknown dtype", #"{"a":{"dtype":"F31","shape":[1],"data_offsets":[0,8]}}"#, "'F31'"),
        ("dtype is a number", #"{"a":{"dtype":3,"shape":[1],"data_offsets":[0,8]}}"#, "a.dtype"),
        ("missing shape", #"{"a":{"dtype":"F32","data_offsets":[0,8]}}"#, "shape"),
        ("extra key", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":1}}"#, "'x'"),
        ("negative size", #"{"a":{"dtype":"F32","shape":[-2,-1],"data_offsets":[0,8]}}"#, "[-2, -1]"),
        ("fractional size", #"{"a":{"dtype":"F32","shape":[1.5],"data_offsets":[0,8]}}"#, "shape"),
        (
            "overflowing shape", #"{"a":{"dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,8]}}"#,
            "product"
        ),
        ("size beyond 64 bits", #"{"a":{"dtype":"F32","shape":[99999999999999999999],"data_offsets":[0,8]}}"#, "shape"),
        (
            "shape against bytes", #"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#,
            "found 8 bytes, expected 12"
        ),
        ("one offset", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, "data_offsets"),
        ("negative offset", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-8,0]}}"#, "data_offsets"),
        ("reversed offsets", #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, "data_offsets"),
        ("offset beyond the end", #"{"a":{"dtype":"F32","shape":[4],"data_offsets":[0,16]}}"#, "0...8"),
        ("overlap", #"{\#(first),"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "overlaps"),
        ("gap", "{\(second)}", "gap"),
        ("uncovered end", "{\(first)}", "found 8 bytes of data, expected the 4"),
        ("no tensors, but data", "{}", "found 8 bytes of data"),
        ("duplicate name", #"{\#(first),\#(second),\#(first)}"#, "'a' twice"),
        (
            "duplicate name, escaped",
            #"{\#(first),\#(second),"\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}"#, "twice"
        ),
        ("duplicate dtype", #"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "'dtype' twice"),
        ("metadata not text", #"{"__metadata__":{"x":1},\#(first),\#(second)}"#, "__metadata__"),
        ("bool out of range", #"{"a":{"dtype":"BOOL","shape":[8],"data_offsets":[0,8]}}"#, "BOOL"),
        ("null", #"{"a":null,\#(second)}"#, "'a'"),
        (
            "deep nesting", "{\"a\":" + String(repeating: "[", count: 600) + String(repeating: "]", count: 600) + "}",
            "not valid"
        ),
    ]

    @Test("A hostile header is refused with a message that names file and fault", arguments: hostile)
    func hostileHeader(what: String, header: String, message: String) {
        #expect(what.isEmpty == false)
        #expect {
            try SafetensorsFile(bytes: file(header, data: Self.data), source: "evil.safetensors")
        } throws: { error in
            let text = "\(error)"
            let isRight = text.contains("evil.safetensors") && text.contains(message)
            if !isRight { Issue.record("\(what): \(text)") }
            return isRight && (error as? TensorError)?.code == .fileFormat
        }
    }

    @Test("A file cut short anywhere is refused")
    func cutShort() {
        let whole = file("{\(Self.first),\(Self.second)}", data: Self.data)
        for length in 0..<whole.count {
            #expect(throws: TensorError.self) {
                try SafetensorsFile(bytes: Array(whole.prefix(length)), source: "cut")
            }
        }
        #expect(throws: TensorError.self) { try SafetensorsFile(bytes: whole + [0], source: "long") }
    }

    @Test("A huge header length is refused without asking for memory")
    func hugeLength() {
        for length: UInt64 in [UInt64.max, 1 << 63, 1 << 40, 100_000_001] {
            let bytes =
                (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * UInt64($0))) }
                + [UInt8](repeating: 32, count: 64)
            #expect(throws: TensorError.self) { try SafetensorsFile(bytes: bytes, source: "huge") }
        }
    }

    @Test("A flipped bit in the header is refused, or gives a file whose tensors can all be read")
    func flippedBits() throws {
        let whole = file("{\(Self.first),\(Self.second)}", data: Self.data)
        for bit in 0..<((whole.count - Self.data.count) * 8) {
            var damaged = whole
            damaged[bit / 8] ^= UInt8(1 << (bit % 8))
            do throws(TensorError) {
                let file = try SafetensorsFile(bytes: damaged, source: "flipped")
                _ = try file.tensors()
            } catch {
                #expect(error.code == .fileFormat)
            }
        }
    }
}
