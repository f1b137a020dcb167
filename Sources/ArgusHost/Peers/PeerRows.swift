import ArgusEnvAPI
import ArgusWire
import CArgusEnv

/// Memory for one frame, as long as its largest.
final class FrameMemory {
    let bytes: UnsafeMutableRawBufferPointer

    init(byteCount: Int) {
        bytes = .allocate(byteCount: max(1, byteCount), alignment: 64)
        bytes.initializeMemory(as: UInt8.self, repeating: 0)
    }

    deinit { bytes.deallocate() }

    func pointer<Element>(_: Element.Type) -> UnsafeMutablePointer<Element>? {
        bytes.baseAddress?.assumingMemoryBound(to: Element.self)
    }
}

/// The frames of replies to RESET, STEP and LOAD, as they came: rows of all copies, and final rows.
///
/// A reply is received here whole before anything of it is shown to the host.
final class PeerRows {
    let rows: RowFrames
    let finals: FinalFrames
    private let rowMemory: [FrameMemory]
    private let finalMemory: [FrameMemory]
    /// Copies whose final rows are here.
    private(set) var finalCount = 0
    private var received = 0

    init(_ specification: WireSpecification, batch: Int, wantsLegal: Bool, wantsState: Bool) {
        let environment = specification.specification
        rows = RowFrames(
            environment, batch: batch, wantsLegal: wantsLegal, wantsState: wantsState, message: "the reply")
        finals = FinalFrames(
            environment, wantsLegal: wantsLegal, wantsState: wantsState, metrics: specification.metrics.count)
        rowMemory = rows.frames.map { FrameMemory(byteCount: $0.byteCount) }
        finalMemory = finals.frames(copies: batch).map { FrameMemory(byteCount: $0.byteCount) }
    }

    /// Forgets the last reply.
    func begin() {
        received = 0
        finalCount = 0
    }

    /// Takes the next frame; returns what is wrong with it.
    func take(_ index: Int, _ bytes: UnsafeRawBufferPointer) -> String? {
        received = index + 1
        if index < rows.frames.count {
            do throws(WireError) {
                try rows.frames[index].check(size: bytes.count)
            } catch {
                return error.message
            }
            rowMemory[index].bytes.copyMemory(from: bytes)
            return nil
        }
        let final = index - rows.frames.count
        guard final < finals.count else {
            return "\(index + 1) frames, expected at most \(rows.frames.count + finals.count)"
        }
        if final == 0 {
            guard bytes.count % 4 == 0, bytes.count > 0, bytes.count / 4 <= rows.batch else {
                return "frame 'final copies' has \(bytes.count) bytes, expected 4 for each of 1 to \(rows.batch) copies"
            }
            finalCount = bytes.count / 4
        }
        guard bytes.count == finals.bytesPerCopy[final] * finalCount else {
            let expected = finals.frames(copies: finalCount)[final]
            return "frame '\(expected.name)' has \(bytes.count) bytes, expected \(expected.byteCount): "
                + expected.shapeText
        }
        finalMemory[final].bytes.copyMemory(from: bytes)
        return nil
    }

    /// What is wrong with the reply as a whole.
    ///
    /// - Parameter plan: [copy], what STEP asked for; nil for requests after which no next episode begins.
    func complaint(plan: UnsafePointer<UInt8>?) -> String? {
        let complete = received == rows.frames.count || plan != nil && received == rows.frames.count + finals.count
        guard complete else { return "\(received) frames, expected \(rows.frames.count)" }
        var last = -1
        for index in 0..<finalCount {
            let copy = finalCopy(index)
            guard copy > last, copy < rows.batch else {
                return "final copy \(copy) after \(last), expected ascending copies below \(rows.batch)"
            }
            last = copy
            let end = row(.ended)[copy]
            let isOver =
                end == WireEnded.terminated.rawValue || end == WireEnded.truncated.rawValue
                || end == WireEnded.running.rawValue && (plan?[copy] ?? 0) & WirePlan.lastStep.rawValue != 0
            guard isOver, (plan?[copy] ?? 0) & WirePlan.beginNext.rawValue != 0 else {
                return "final copy \(copy) (ended \(end)), expected copies that end here and begin anew"
            }
        }
        return nil
    }

    /// Bytes of a row frame; empty when the environment lacks it or it is not wanted.
    func row(_ role: RowFrames.Role) -> UnsafeMutableRawBufferPointer {
        guard let index = rows.index(of: role) else { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
        return UnsafeMutableRawBufferPointer(rebasing: rowMemory[index].bytes[..<rows.frames[index].byteCount])
    }

    /// Bytes of a final frame for the copies that are there.
    func final(_ role: RowFrames.Role) -> UnsafeMutableRawBufferPointer {
        let index: Int? =
            switch role {
            case .observation: finals.observation
            case .legal: finals.legal
            case .acting: finals.acting
            case .state: finals.state
            default: nil
            }
        guard let index else { return UnsafeMutableRawBufferPointer(start: nil, count: 0) }
        return UnsafeMutableRawBufferPointer(
            rebasing: finalMemory[index].bytes[..<(finals.bytesPerCopy[index] * finalCount)])
    }

    /// The copy that the `index`-th final rows are of.
    func finalCopy(_ index: Int) -> Int {
        Int(finalMemory[finals.copies].bytes.load(fromByteOffset: index * 4, as: UInt32.self))
    }

    /// [metric] of the `index`-th final copy.
    func finalMetrics(_ index: Int) -> UnsafeMutableRawBufferPointer {
        let size = finals.bytesPerCopy[finals.metrics]
        return UnsafeMutableRawBufferPointer(
            rebasing: finalMemory[finals.metrics].bytes[index * size..<(index + 1) * size])
    }
}

extension RowFrames.Role {
    /// The role of `argus_env.h`.
    var tensor: Int {
        switch self {
        case .observation: Int(ARGUS_OBSERVATION)
        case .legal: Int(ARGUS_LEGAL)
        case .acting: Int(ARGUS_ACTING)
        case .terminated: Int(ARGUS_TERMINATED)
        case .reward: Int(ARGUS_REWARD)
        case .state: Int(ARGUS_STATE)
        case .ended: Int(ARGUS_ENDED)
        case .elapsed: Int(ARGUS_ELAPSED)
        }
    }

    /// The rows that a reset replaces; the others are the step's.
    var isOfNextEpisode: Bool {
        switch self {
        case .observation, .legal, .acting, .state: true
        case .terminated, .reward, .ended, .elapsed: false
        }
    }
}
