/// What fixes the rules of a contact centre. Times in seconds, rates per second.
///
/// Kinds and queues have the same numbers; tables are row by row: `speeds[expert * kindCount + kind]`.
public struct ServiceConfiguration: Sendable, Hashable {
    /// How long an answer takes, relative to its mean.
    public enum HandlingDistribution: Sendable, Hashable {
        case exponential
        /// With this standard deviation of the logarithm.
        case logNormal(sigma: Double)
    }

    /// The largest number of kinds.
    public static let kindLimit = 8
    /// The largest number of experts.
    public static let expertLimit = 64
    /// The largest number of telephone lines.
    public static let lineLimit = 2000

    // MARK: Customers

    public let kinds: [ContactKind]
    /// Mean arrivals per second of each kind, before `profile`.
    public let arrivalRates: [Double]
    /// Factors of the arrival rates in equal parts of the day, one after the other.
    public let profile: [Double]
    /// Seconds after which the episode ends; infinite: never.
    public let day: Double
    /// Contacts that wait when the episode begins.
    public let backlog: Int
    /// Most contacts in the centre, waiting or not; who calls when all lines are taken hears the engaged tone.
    public let lines: Int
    /// Mean patience of each kind; infinite: waits for ever.
    public let patience: [Double]
    /// Smaller is more urgent; known to everybody, used by the scripted policies.
    public let priorities: [Int]
    /// `followUps[kind * kindCount + next]`: chance that a step of kind `next` follows a first step of `kind`.
    public let followUps: [Double]

    // MARK: What customers say

    /// Share of contacts whose words fit two kinds.
    public let ambiguity: Double
    /// Share of the others whose words fit a wrong kind only.
    public let classifierError: Double
    /// Chance that the expert who takes a contact learns at once what it is.
    public let diagnosis: Double

    // MARK: Experts

    public let experts: Int
    /// How fast each expert answers each kind; 0: lacks the skill.
    public let speeds: [Double]
    /// Chance that an answer resolves the contact, or its step.
    public let resolutions: [Double]
    /// Mean seconds of an answer at speed 1.
    public let handling: [Double]
    public let distribution: HandlingDistribution
    /// Seconds of finding out what a contact is.
    public let triage: Double
    public let allowsTransfers: Bool
    public let transferTime: Double
    /// What is left of a customer's remaining patience after a transfer, 0 to 1.
    public let transferPatience: Double
    public let allowsConsulting: Bool
    /// Two experts answer so many times faster than the faster of them alone.
    public let consultSpeed: Double

    // MARK: Reward and measurement

    /// Seconds within which a contact of each queue should be answered.
    public let targets: [Double]
    public let resolvedReward: [Double]
    public let unresolvedCost: Double
    public let abandonmentCost: [Double]
    /// Cost of each contact that waits beyond the target, per time unit.
    public let waitingCost: [Double]
    public let transferCost: Double
    /// Metrics leave out what began earlier.
    public let warmUp: Double
    /// Longest time between two steps.
    public let tick: Double
    /// Seconds of one unit of `elapsed`.
    public let timeUnit: Double

    // MARK: What follows from these

    /// Of all kinds together, before `profile`.
    let totalArrivalRate: Double
    /// The smallest of `priorities`.
    let highestPriority: Int
    /// Bit k: the expert has the skill of kind k.
    let skills: [UInt32]
    /// Bit k: somebody else has the skill of kind k.
    let skillsOfOthers: [UInt32]

    public var kindCount: Int { kinds.count }

    /// Resolved contacts per second of an expert that answers nothing but `kind`.
    func resolutionRate(_ expert: Int, _ kind: Int) -> Double {
        let index = expert * kindCount + kind
        return speeds[index] * resolutions[index] / handling[kind]
    }
}
