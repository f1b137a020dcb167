import ArgusEnvAPI
import CArgusEnv

/// What is shown to people: metrics and pictures.
let reportChecks: [ConformanceCheck] = [
    ConformanceCheck(
        "metrics-in-kind",
        proves: "Metrics are written and fit their kind: counts not negative, fractions within 0 and 1.",
        remedy: "Write every metric, NaN where it is undefined, or declare another kind."
    ) { subject in
        let instance = try subject.makeInstance(copies: 1)
        guard let metrics = instance.metrics else { return .skipped("no argus.metrics/1") }
        try require(metrics.count > 0, "argus.metrics/1 without a metric")
        let names = (0..<Int(metrics.count)).map { String(cString: metrics.metrics[$0].name) }
        try require(Set(names).count == names.count && !names.contains("return"), "metrics named \(names)")
        try play(subject, copies: 2) { player, copy in
            guard let metrics = player.instance.metrics else { return }
            for (index, value) in try player.instance.values(metrics, copy: copy).enumerated() where !value.isNaN {
                let fits =
                    switch metrics.metrics[index].kind {
                    case UInt32(ARGUS_METRIC_COUNT): value >= 0 && value.isFinite
                    case UInt32(ARGUS_METRIC_FRACTION): value >= 0 && value <= 1
                    case UInt32(ARGUS_METRIC_NUMBER): value.isFinite
                    default: false
                    }
                try require(
                    fits,
                    "\(value) of kind \(metrics.metrics[index].kind) in '\(names[index])'")
            }
        }
        return .passed
    },
    ConformanceCheck(
        "render-readable", proves: "The picture is lines of text, with colour only where it is wanted.",
        remedy: "End every line in \\n; write escape sequences only with color != 0."
    ) { subject in
        var player = try subject.makePlayer(seeds: ConformanceSubject.seeds(1, 18))
        guard let render = player.instance.render else { return .skipped("no argus.render/1") }
        for _ in 0..<10 {
            try player.visit(0) { player, _ in
                let plain = try player.instance.picture(render, copy: 0, color: false)
                try require(plain.hasSuffix("\n"), "a picture that does not end in a line end")
                try require(!plain.contains("\u{1B}"), "escape sequences without colour")
                _ = try player.instance.picture(render, copy: 0, color: true)
            }
            try player.step()
        }
        return .passed
    },
]
