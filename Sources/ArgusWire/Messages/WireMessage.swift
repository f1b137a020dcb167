/// The kind of a message; unknown ones survive, so that they can be answered with an error.
public struct WireMessage: RawRepresentable, Sendable, Hashable, CustomStringConvertible {
    public let rawValue: UInt16
    @inlinable
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    public static let hello = WireMessage(rawValue: 1)
    public static let welcome = WireMessage(rawValue: 2)
    public static let refuse = WireMessage(rawValue: 3)
    public static let describe = WireMessage(rawValue: 16)
    public static let create = WireMessage(rawValue: 17)
    public static let destroy = WireMessage(rawValue: 18)
    public static let reset = WireMessage(rawValue: 19)
    public static let step = WireMessage(rawValue: 20)
    public static let save = WireMessage(rawValue: 21)
    public static let load = WireMessage(rawValue: 22)
    public static let text = WireMessage(rawValue: 23)
    public static let render = WireMessage(rawValue: 24)
    public static let metrics = WireMessage(rawValue: 25)
    public static let baseline = WireMessage(rawValue: 26)
    public static let join = WireMessage(rawValue: 32)
    public static let act = WireMessage(rawValue: 33)
    public static let ping = WireMessage(rawValue: 48)
    public static let log = WireMessage(rawValue: 49)
    public static let bye = WireMessage(rawValue: 50)

    /// All kinds of version 1.0, by number.
    public static let all: [WireMessage] = [
        hello, welcome, refuse, describe, create, destroy, reset, step, save, load, text, render, metrics, baseline,
        join, act, ping, log, bye,
    ]

    /// True for kinds that are answered with exactly one reply.
    public var isRequest: Bool {
        switch rawValue {
        case 16...26, 32, 33, 48: true
        default: false
        }
    }

    /// As in the protocol's text, such as `STEP`.
    public var description: String {
        switch self {
        case .hello: "HELLO"
        case .welcome: "WELCOME"
        case .refuse: "REFUSE"
        case .describe: "DESCRIBE"
        case .create: "CREATE"
        case .destroy: "DESTROY"
        case .reset: "RESET"
        case .step: "STEP"
        case .save: "SAVE"
        case .load: "LOAD"
        case .text: "TEXT"
        case .render: "RENDER"
        case .metrics: "METRICS"
        case .baseline: "BASELINE"
        case .join: "JOIN"
        case .act: "ACT"
        case .ping: "PING"
        case .log: "LOG"
        case .bye: "BYE"
        default: "message \(rawValue)"
        }
    }
}
