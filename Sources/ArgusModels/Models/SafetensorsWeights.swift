import ArgusTensor
import FoundationEssentials

/// The weights of a Hugging Face folder: `model.safetensors`, or the shards that `model.safetensors.index.json` lists.
///
/// F32 tensors are used where they are mapped; F16 and BF16 are converted.
struct SafetensorsWeights: WeightSource {
    let place: String
    private let files: [(mapping: MappedFile, file: SafetensorsFile)]
    private let indices: [String: Int]

    init(folder: String) throws(LanguageError) {
        place = folder
        let single = "\(folder)/model.safetensors"
        let index = "\(folder)/model.safetensors.index.json"
        var paths = [single]
        if !FileManager.default.fileExists(atPath: single) {
            guard FileManager.default.fileExists(atPath: index) else {
                throw LanguageError(
                    .fileAccess,
                    "weights (\(folder)): found neither model.safetensors nor model.safetensors.index.json, "
                        + "expected one of them")
            }
            let mapped = try computing { () throws(TensorError) in try MappedFile(index) }
            let map = try JSONFile.decode(ShardIndex.self, from: mapped.withBytes { Data($0) }, source: index).weightMap
            let names = Set(map.values).sorted()
            // A name from the file must not lead out of the folder.
            if let bad = names.first(where: { $0.contains("/") || !$0.hasSuffix(".safetensors") }) {
                throw LanguageError(
                    .fileFormat,
                    "weight_map (\(index)): found the file '\(bad)', expected NAME.safetensors in its folder")
            }
            paths = names.map { "\(folder)/\($0)" }
        }
        var files: [(mapping: MappedFile, file: SafetensorsFile)] = []
        var indices: [String: Int] = [:]
        for path in paths {
            try computing { () throws(TensorError) in
                let mapping = try MappedFile(path)
                let file = try SafetensorsFile(mapping: mapping)
                for entry in file.entries { indices[entry.name] = files.count }
                files.append((mapping, file))
            }
        }
        self.files = files
        self.indices = indices
    }

    private struct ShardIndex: Decodable {
        let weightMap: [String: String]

        private enum CodingKeys: String, CodingKey {
            case weightMap = "weight_map"
        }
    }

    func tensor(_ weight: DecoderWeightName, shape: [Int]) throws(LanguageError) -> Tensor {
        let name = weight.huggingFace
        guard let index = indices[name], let entry = files[index].file.entry(named: name) else {
            throw LanguageError(.fileFormat, "tensor '\(name)' (\(place)): found none, expected \(shape)")
        }
        guard entry.shape == shape else {
            throw LanguageError(.fileFormat, "tensor '\(name)' (\(place)): found \(entry.shape), expected \(shape)")
        }
        guard [.float32, .float16, .bfloat16].contains(entry.type) else {
            throw LanguageError(
                .unsupported, "tensor '\(name)' (\(place)): found \(entry.type.rawValue), expected F32, F16 or BF16")
        }
        let (mapping, file) = files[index]
        return try computing { () throws(TensorError) in
            try mapping.tensor(
                at: file.dataStart + entry.range.lowerBound, shape: shape, type: entry.type.scalarType
            ).to(.float32)
        }
    }
}
