#if ARGUS_TRAIN
import ArgusHost
import ArgusTrain
import Foundation
import Glibc

/// Where a training stands: one live line on a terminal, a plain line now and then elsewhere, or JSON for programs.
final class ProgressLine {
    enum Style {
        case live
        case plain
        case json

        static var forTerminal: Style { isatty(STDERR_FILENO) != 0 ? .live : .plain }
    }

    private let style: Style
    private var last = Date.distantPast
    private var isLive = false

    init(style: Style) { self.style = style }

    func show(_ progress: TrainingProgress) {
        let now = Date()
        let interval = style == .plain ? 10 : 0.2
        guard progress.phase == .done || now.timeIntervalSince(last) >= interval else { return }
        last = now
        switch style {
        case .json:
            var object: [String: Any] = [
                "phase": progress.phase.rawValue, "step": progress.step, "steps": progress.steps,
                "steps_per_second": progress.stepsPerSecond,
            ]
            object["return"] = progress.meanReturn ?? NSNull()
            if let score = progress.score { object[score.name] = score.value }
            object["seconds_left"] = progress.secondsLeft ?? NSNull()
            guard let data = try? JSONSerialization.data(withJSONObject: object, options: .sortedKeys) else { return }
            StandardStream.output.write(String(decoding: data, as: UTF8.self) + "\n")
        case .live:
            isLive = true
            StandardStream.error.write("\r\u{1B}[2K\(ProgressLine.text(progress))")
        case .plain:
            StandardStream.error.write("\(ProgressLine.text(progress))\n")
        }
    }

    /// Ends a live line.
    func finish() {
        if isLive { StandardStream.error.write("\n") }
    }

    static func text(_ progress: TrainingProgress) -> String {
        let share = Double(progress.step) / Double(max(1, progress.steps)) * 100
        var parts = [
            progress.phase.rawValue,
            String(format: "%.0f%% of %d steps", min(100, share), progress.steps),
            String(format: "%.0f steps/s", progress.stepsPerSecond),
        ]
        if let mean = progress.meanReturn { parts.append(String(format: "return %.3f", mean)) }
        if let score = progress.score { parts.append(String(format: "%@ %.3f", score.name, score.value)) }
        if !progress.losses.isEmpty {
            let terms = progress.losses.map { String(format: "%@ %.3g", $0.name, $0.value) }
            parts.append("loss: \(terms.joined(separator: " "))")
        }
        if let left = progress.secondsLeft, progress.phase != .done { parts.append("\(duration(left)) left") }
        return parts.joined(separator: " · ")
    }

    static func duration(_ seconds: Double) -> String {
        let whole = Int(max(0, min(seconds, 1e9)))
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
        return "\(whole / 3600) h \(whole / 60 % 60) min"
    }
}
#endif
