/// The number type of a frame's elements.
public enum ElementType: String, Sendable, Hashable {
    case u8
    case i32
    case u32
    case u64
    case f32
    case f64

    /// Bytes of an element.
    @inlinable
    public var size: Int {
        switch self {
        case .u8: 1
        case .i32, .u32, .f32: 4
        case .u64, .f64: 8
        }
    }
}

/// One data frame: what it is called, of what it is made, and how many bytes it has.
public struct FrameLayout: Sendable, Hashable {
    /// As in the protocol's text, such as `final observation`.
    public let name: String
    public let type: ElementType
    /// Elements in C order: the last index runs fastest. Empty for a frame of any size (texts, states).
    public let shape: [Int]
    /// What the first dimensions count, such as `copies`, for messages.
    private let axes: [String]
    /// Bytes of the frame; 0 for one that is there but empty.
    public let byteCount: Int
    /// True: it may also be empty, such as the seeds of a STEP after which nothing begins.
    public let mayBeEmpty: Bool
    /// True: any number of bytes is right as far as the layout knows.
    public let isOpen: Bool

    init(
        _ name: String, _ type: ElementType, _ shape: [Int], _ axes: [String], isPresent: Bool = true,
        mayBeEmpty: Bool = false
    ) {
        self.name = name
        self.type = type
        self.shape = isPresent ? shape : [0]
        self.axes = axes
        self.mayBeEmpty = mayBeEmpty
        isOpen = false
        byteCount = isPresent ? shape.reduce(type.size) { saturatingProduct($0, $1) } : 0
    }

    /// A frame of any size, such as a saved state.
    init(open name: String) {
        self.name = name
        type = .u8
        shape = []
        axes = []
        byteCount = 0
        mayBeEmpty = true
        isOpen = true
    }

    /// The same frame with `count` in place of a first dimension of 1.
    func repeated(_ count: Int) -> FrameLayout {
        guard let first = shape.first, first == 1 else { return self }
        return FrameLayout(name, type, [count] + shape.dropFirst(), axes, mayBeEmpty: mayBeEmpty)
    }

    /// - Throws: code `invalid-request`, naming the frame, its size and the expected shape.
    @inlinable
    public func check(size: Int) throws(WireError) {
        guard size == byteCount || isOpen || (mayBeEmpty && size == 0) else { throw wrong(size: size) }
    }

    @usableFromInline
    func wrong(size: Int) -> WireError {
        WireError(.invalidRequest, "frame '\(name)' has \(size) bytes, expected \(byteCount): \(shapeText)")
    }

    /// Type and shape in words, such as `f32 [2 copies, 2 agents, 71]`.
    public var shapeText: String {
        if isOpen { return "bytes" }
        if byteCount == 0 && shape == [0] { return "\(type.rawValue) [0], not wanted here" }
        let dimensions = shape.enumerated().map { index, count in
            index < axes.count && !axes[index].isEmpty ? "\(count) \(axes[index])" : "\(count)"
        }
        let empty = mayBeEmpty ? " or none" : ""
        return "\(type.rawValue) [\(dimensions.joined(separator: ", "))]\(empty)"
    }
}

/// A product that stops at the largest number: a size that no frame has, instead of a trap.
func saturatingProduct(_ first: Int, _ second: Int) -> Int {
    let (product, overflow) = first.multipliedReportingOverflow(by: second)
    return overflow ? .max : product
}

/// One more, or the largest number.
func offsetCount(_ texts: Int) -> Int { texts == .max ? .max : texts + 1 }

/// The frames of a message in their order.
public protocol FrameSequence {
    var frames: [FrameLayout] { get }
    /// What the message is called in errors, such as `the reply to STEP`.
    var message: String { get }
}

extension FrameSequence {
    /// Bytes of all frames together.
    public var byteCount: Int {
        frames.reduce(0) { total, frame in
            let (sum, overflow) = total.addingReportingOverflow(frame.byteCount)
            return overflow ? .max : sum
        }
    }

    /// Checks number and sizes of the frames; allocates nothing when all is right.
    ///
    /// - Parameter sizes: of the data frames in bytes; header and meta are not among them.
    @inlinable
    public func check(sizes: some RandomAccessCollection<Int>) throws(WireError) {
        guard sizes.count == frames.count else { throw wrong(count: sizes.count) }
        var index = 0
        for size in sizes {
            try frames[index].check(size: size)
            index += 1
        }
    }

    @usableFromInline
    func wrong(count: Int) -> WireError {
        let names = frames.map(\.name).joined(separator: ", ")
        return WireError(
            .invalidRequest,
            "\(message) has \(count) frames, expected \(frames.count): \(names.isEmpty ? "none" : names)")
    }
}

/// A message without data frames.
public struct NoFrames: FrameSequence, Sendable, Hashable {
    public var frames: [FrameLayout] { [] }
    public let message: String

    public init(_ message: WireMessage) { self.message = message.description }
}
