import ArgusTensor
import Glibc

/// A decoder-only transformer of the Llama family: its weights and its forward pass.
///
/// All sequences of a pass are laid end to end in one matrix, without padding; only attention looks at each for itself.
/// Belongs to one thread at a time, as tensors do.
public final class DecoderModel {
    public let configuration: DecoderConfiguration
    let weights: DecoderWeights
    /// The turning angles' cosines and sines, `[positions, head size / 2]` each, for the positions seen so far.
    private var cosines: Tensor?
    private var sines: Tensor?
    private let frequencies: [Float]
    /// 0 on and below the diagonal, minus infinity above: what tokens of one block see of it.
    private let blockMask: Tensor

    /// Query rows that attention takes at a time: what lies above the diagonal is computed only within a block.
    private static let blockRows = 64

    init(_ configuration: DecoderConfiguration, from source: any WeightSource) throws(LanguageError) {
        self.configuration = configuration
        weights = try DecoderWeights(configuration, from: source)
        frequencies = configuration.rotary.frequencies(headSize: configuration.headSize)
        blockMask = try computing { () throws(TensorError) in try Self.causalMask(Self.blockRows) }
    }

    /// Another reference to the same weights, for another thread.
    init(sharing other: DecoderModel) throws(TensorError) {
        configuration = other.configuration
        weights = try other.weights.shared()
        frequencies = other.frequencies
        blockMask = try other.blockMask.detached()
    }

    private static func causalMask(_ rows: Int) throws(TensorError) -> Tensor {
        var values = [Float](repeating: 0, count: rows * rows)
        for row in 0..<rows {
            for column in (row + 1)..<max(rows, row + 1) { values[row * rows + column] = -.infinity }
        }
        return try Tensor(values, shape: [rows, rows])
    }

    private static func treeMask(_ parents: [Int]) throws(TensorError) -> Tensor {
        let rows = parents.count
        var values = [Float](repeating: -.infinity, count: rows * rows)
        for row in 0..<rows {
            var ancestor = row
            while ancestor >= 0 {
                values[row * rows + ancestor] = 0
                ancestor = parents[ancestor]
            }
        }
        return try Tensor(values, shape: [rows, rows])
    }
}

// MARK: The forward pass

extension DecoderModel {
    /// Computes parts, and the hidden states of the asked rows before the final norm.
    ///
    /// - Parameters:
    ///   - rows: rows of the parts laid end to end.
    ///   - pace: where other threads compute what comes before or after these parts.
    /// - Returns: `[rows, hidden size]`.
    func hiddenStates(
        _ parts: [SequencePart], rows: [Int], pace: LayerPace? = nil
    ) throws(TensorError) -> Tensor {
        try withoutGradient { () throws(TensorError) in
            let (cosine, sine) = try angles(parts.flatMap(\.positions))
            var starts: [Int] = []
            var total = 0
            for part in parts {
                starts.append(total)
                total += part.tokens.count
            }
            let masks = try parts.map { part throws(TensorError) -> Tensor? in
                guard case .tree(let parents) = part.visibility else { return nil }
                return try Self.treeMask(parents)
            }
            let selection = try Tensor(rows)
            var hidden = try weights.embedding.gatheredRows(Tensor(parts.flatMap(\.tokens)))
            for (index, layer) in weights.layers.enumerated() {
                let normed = try hidden.rootMeanSquareNorm(weight: layer.attentionNorm, epsilon: configuration.epsilon)
                let queries = try heads(
                    layer.query(normed), configuration.heads, norm: layer.queryNorm
                ).rotated(cosine: cosine, sine: sine)
                let keys = try heads(
                    layer.key(normed), configuration.keyValueHeads, norm: layer.keyNorm
                ).rotated(cosine: cosine, sine: sine)
                let values = try heads(layer.value(normed), configuration.keyValueHeads, norm: nil)
                for (number, part) in parts.enumerated() {
                    let count = part.tokens.count
                    try part.storage?.write(
                        keys: keys.narrowed(axis: 0, from: starts[number], count: count),
                        values: values.narrowed(axis: 0, from: starts[number], count: count), layer: index, rows: count)
                }
                // In this order: whoever is told of this piece's layer may count on all pieces before it.
                try pace?.following?.wait(layer: index)
                pace?.own.advance()
                var attended: [Tensor] = []
                for (number, part) in parts.enumerated() {
                    attended += try attention(
                        part, layer: index, queries, keys, values, start: starts[number],
                        followed: part.follows.map { (starts[$0], parts[$0].tokens.count) }, mask: masks[number])
                }
                var mixed = attended.count == 1 ? attended[0] : try Tensor.concatenate(attended)
                // After the last layer's attention nobody looks at the other rows.
                if index == weights.layers.count - 1 {
                    mixed = try mixed.gatheredRows(selection)
                    hidden = try hidden.gatheredRows(selection)
                }
                try hidden.addInPlace(layer.attentionOutput(mixed))
                let inner = try hidden.rootMeanSquareNorm(weight: layer.feedForwardNorm, epsilon: configuration.epsilon)
                try hidden.addInPlace(layer.down(layer.gate(inner).gatedSilu(layer.up(inner))))
            }
            for part in parts { part.storage?.advance(by: part.tokens.count) }
            return hidden
        }
    }

    /// The logits `[rows, vocabulary]` of hidden states `[rows, hidden size]`.
    func logits(_ hidden: Tensor) throws(TensorError) -> Tensor {
        try withoutGradient { () throws(TensorError) in
            try hidden.rootMeanSquareNorm(weight: weights.finalNorm, epsilon: configuration.epsilon)
                .linearForInference(weight: weights.output)
        }
    }

    private func heads(_ projected: Tensor, _ count: Int, norm: Tensor?) throws(TensorError) -> Tensor {
        let heads = try projected.reshaped(to: [-1, count, configuration.headSize])
        guard let norm else { return heads }
        return try heads.rootMeanSquareNorm(weight: norm, epsilon: configuration.epsilon)
    }

    /// Attention of one part in one layer, in blocks of rows.
    private func attention(
        _ part: SequencePart, layer: Int, _ queries: Tensor, _ keys: Tensor, _ values: Tensor, start: Int,
        followed: (start: Int, count: Int)?, mask: Tensor?
    ) throws(TensorError) -> [Tensor] {
        let count = part.tokens.count
        let queries = try queries.narrowed(axis: 0, from: start, count: count)
        let newKeys = try keys.narrowed(axis: 0, from: start, count: count)
        let newValues = try values.narrowed(axis: 0, from: start, count: count)
        var allKeys: [Tensor] = []
        var allValues: [Tensor] = []
        for segment in part.context {
            allKeys.append(try segment.keys(layer: layer))
            allValues.append(try segment.values(layer: layer))
        }
        if let storage = part.storage, storage.count > 0 {
            allKeys.append(try storage.keys(layer: layer))
            allValues.append(try storage.values(layer: layer))
        }
        if let followed {
            allKeys.append(try keys.narrowed(axis: 0, from: followed.start, count: followed.count))
            allValues.append(try values.narrowed(axis: 0, from: followed.start, count: followed.count))
        }
        let scale = 1 / Double(configuration.headSize).squareRoot()
        if let mask {
            return [
                try queries.groupedAttention(
                    keys: allKeys + [newKeys], values: allValues + [newValues], mask: mask, scale: scale)
            ]
        }
        var blocks: [Tensor] = []
        for first in stride(from: 0, to: count, by: Self.blockRows) {
            let rows = min(Self.blockRows, count - first)
            let mask =
                rows == 1
                ? nil : try blockMask.narrowed(axis: 0, from: 0, count: rows).narrowed(axis: 1, from: 0, count: rows)
            let block = try queries.narrowed(axis: 0, from: first, count: rows).groupedAttention(
                keys: allKeys + [newKeys.narrowed(axis: 0, from: 0, count: first + rows)],
                values: allValues + [newValues.narrowed(axis: 0, from: 0, count: first + rows)], mask: mask,
                scale: scale)
            blocks.append(block)
        }
        return blocks
    }

    /// Cosines and sines at these positions.
    private func angles(_ positions: [Int]) throws(TensorError) -> (Tensor, Tensor) {
        let needed = (positions.max() ?? 0) + 1
        if cosines == nil || cosines?.shape[0] ?? 0 < needed {
            // With some to spare, so that growing sequences do not ask for a new table every time.
            let length = min(max(needed, configuration.maximumPositions), needed + 1024)
            var cosine: [Float] = []
            var sine: [Float] = []
            for position in 0..<length {
                for frequency in frequencies {
                    let angle = Double(Float(position) * frequency)
                    cosine.append(Float(cos(angle)))
                    sine.append(Float(sin(angle)))
                }
            }
            cosines = try Tensor(cosine, shape: [length, frequencies.count])
            sines = try Tensor(sine, shape: [length, frequencies.count])
        }
        guard let cosines, let sines else {
            throw TensorError(code: .internalError, message: "the table of angles is missing")
        }
        let rows = try Tensor(positions)
        return (try cosines.gatheredRows(rows), try sines.gatheredRows(rows))
    }
}
