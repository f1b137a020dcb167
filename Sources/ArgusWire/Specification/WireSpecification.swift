public import ArgusEnvAPI

/// Everything fixed about an instance: the frame of a reply to CREATE, and the first frame of JOIN.
public struct WireSpecification: Sendable, Hashable {
    public var specification: EnvironmentSpecification
    /// Lower and upper bound of a reward, one entry each; nil: unbounded.
    public var rewardBounds: Bounds?
    /// True for environments with `argus.text/1`.
    public var offersText: Bool
    /// How far the texts round each observation component; empty: not at all.
    public var textQuanta: [Float]
    /// Scripted policies, the default first.
    public var baselines: [BaselineDescriptor]
    public var metrics: [MetricDescriptor]

    public init(
        _ specification: EnvironmentSpecification, rewardBounds: Bounds? = nil, offersText: Bool = false,
        textQuanta: [Float] = [], baselines: [BaselineDescriptor] = [], metrics: [MetricDescriptor] = []
    ) {
        self.specification = specification
        self.rewardBounds = rewardBounds
        self.offersText = offersText
        self.textQuanta = textQuanta
        self.baselines = baselines
        self.metrics = metrics
    }

    /// Largest sizes that a specification may have: more is a mistake, or an attempt to exhaust memory.
    enum Limit {
        static let agents = 4096
        static let heads = 4096
        static let choices = 65536
        /// Components of a row.
        static let width = 1 << 24
        /// Elements of one copy's rows of one tensor.
        static let copy = 1 << 26
        static let segments = 1 << 20
        static let baselines = 1024
        static let metrics = 4096
        /// Bytes of a baseline's memory.
        static let memory = 1 << 20
    }

    /// The hash of ``encoded()``. Who has received a specification uses ``SpecificationHash/of(_:)`` on the received
    /// bytes instead: other programs may write the same with other spaces.
    public var hash: UInt64 { SpecificationHash.of(encoded()) }
}
