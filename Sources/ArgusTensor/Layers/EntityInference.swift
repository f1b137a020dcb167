import CTorch

/// The first and the last layer of a network that treats things of one kind alike, as ``NetworkInference`` takes them.
public struct EntityInference: InferenceLayer {
    /// `count` things of `width` numbers of the input from `offset` on, with e = f(second(f(input(thing) + context(own))))
    /// and, for output k from `firstOutput` on, choice(activation(entity(e of thing k) + context(h))).
    public struct Kind {
        public var offset: Int
        public var width: Int
        public var count: Int
        /// nil where no output is about these things.
        public var firstOutput: Int?
        public var input: Linear
        public var context: Linear?
        public var norm: LayerNorm?
        public var second: Linear
        public var secondNorm: LayerNorm?
        /// As ``Tensor/attentionPooled(score:)`` takes it.
        public var score: Tensor
        public var output: (entity: Linear, context: Linear, choice: Linear)?

        public init(
            offset: Int, width: Int, count: Int, firstOutput: Int?, input: Linear, context: Linear?, norm: LayerNorm?,
            second: Linear, secondNorm: LayerNorm?, score: Tensor,
            output: (entity: Linear, context: Linear, choice: Linear)?
        ) {
            self.offset = offset
            self.width = width
            self.count = count
            self.firstOutput = firstOutput
            self.input = input
            self.context = context
            self.norm = norm
            self.second = second
            self.secondNorm = secondNorm
            self.score = score
            self.output = output
        }
    }

    private let activation: Activation
    private let placement: LayerNormPlacement
    /// Lists for the shim, made once: a list for each call would be an allocation. Their handles live as long as `layers`.
    private let kindHandles: [ctorch_entity_kind]
    private let ownInputRanges: [ctorch_range]
    private let ownOutputRanges: [ctorch_range]
    private let layers: (kinds: [Kind], join: Linear, joinNorm: LayerNorm?, ownOutput: Linear?)

    /// - Parameters:
    ///   - ownInputs: numbers of the input that belong to no thing, in order; what kinds' `context` sees.
    ///   - ownOutputs: outputs that are about no thing, in order: what `ownOutput` makes of h.
    ///   - join: makes h of the input's own numbers and each kind's pooled things.
    public init(
        kinds: [Kind], ownInputs: [Range<Int>], ownOutputs: [Range<Int>], join: Linear, joinNorm: LayerNorm?,
        ownOutput: Linear?, activation: Activation, layerNorm placement: LayerNormPlacement
    ) {
        self.activation = activation
        self.placement = placement
        layers = (kinds, join, joinNorm, ownOutput)
        kindHandles = kinds.map { kind in
            ctorch_entity_kind(
                offset: Int64(kind.offset), width: Int64(kind.width), count: Int64(kind.count),
                first_output: kind.output == nil ? -1 : Int64(kind.firstOutput ?? -1),
                input: ctorch_affine(kind.input), context: ctorch_affine(kind.context), norm: ctorch_affine(kind.norm),
                second: ctorch_affine(kind.second), second_norm: ctorch_affine(kind.secondNorm),
                score: kind.score.handle, output_entity: ctorch_affine(kind.output?.entity),
                output_context: ctorch_affine(kind.output?.context), choice: ctorch_affine(kind.output?.choice))
        }
        func ranges(_ ranges: [Range<Int>]) -> [ctorch_range] {
            ranges.map { ctorch_range(first: Int64($0.lowerBound), count: Int64($0.count)) }
        }
        ownInputRanges = ranges(ownInputs)
        ownOutputRanges = ranges(ownOutputs)
    }

    func withHandles(_ body: (UnsafePointer<ctorch_entity_layers>) -> Int32) -> Int32 {
        kindHandles.withUnsafeBufferPointer { kinds in
            ownInputRanges.withUnsafeBufferPointer { ownInputs in
                ownOutputRanges.withUnsafeBufferPointer { ownOutputs in
                    var entities = ctorch_entity_layers(
                        kinds: kinds.baseAddress, own_inputs: ownInputs.baseAddress,
                        own_outputs: ownOutputs.baseAddress, kind_count: Int32(clamping: kinds.count),
                        own_input_count: Int32(clamping: ownInputs.count),
                        own_output_count: Int32(clamping: ownOutputs.count), join: ctorch_affine(layers.join),
                        join_norm: ctorch_affine(layers.joinNorm), own_output: ctorch_affine(layers.ownOutput),
                        activation: activation.code, norm: placement.code, epsilon: LayerNorm.epsilon)
                    return withExtendedLifetime(self) { body(&entities) }
                }
            }
        }
    }
}
