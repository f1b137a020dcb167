import ArgusEnvAPI
import Yams

extension PluginManifest {
    /// The manifest as YAML; ``PluginManifest/read(path:)`` reads it back to an equal value.
    ///
    /// - Throws: ``ArgusError`` (output) if the text cannot be made.
    public func yaml() throws(ArgusError) -> String {
        let root = Node.mapping(
            entries: [
                ("abi_major", .integer(abiMajor)), ("abi_minor", .integer(abiMinor)), ("name", .text(name)),
                ("version", .text(version)), ("license", .text(license)), ("library", .text(library)),
                ("library_size", .integer(librarySize)), ("library_hash", .text(libraryHash)),
                ("environments", .list(environments.map(PluginManifest.node))),
            ])
        do {
            return try serialize(node: root, indent: 2, width: -1, allowUnicode: true)
        } catch {
            throw ArgusError(.output, "cannot write manifest", at: library, found: "\(error)", expected: "YAML")
        }
    }

    private static func node(_ environment: EnvironmentManifest) -> Node {
        let descriptor = environment.descriptor
        var entries: [(String, Node)] = [
            ("id", .text(descriptor.id)), ("version", .text(descriptor.version)),
            ("summary", .text(descriptor.summary)), ("rules", .text(descriptor.rules)),
            ("source", .text(descriptor.source)), ("parameters", .list(descriptor.parameters.map(node))),
            ("capabilities", .list(descriptor.capabilities.map(\.rawValue).sorted().map(Node.text))),
            ("baselines", .list(environment.baselines.map(node))), ("metrics", .list(environment.metrics.map(node))),
        ]
        if let horizon = environment.suggestedHorizon { entries.append(("suggested_horizon", .integer(horizon))) }
        if let count = environment.agentCount { entries.append(("agents", .integer(count))) }
        if let size = environment.observationSize { entries.append(("observation_size", .integer(size))) }
        return .mapping(entries: entries)
    }

    private static func node(_ parameter: ParameterDescriptor) -> Node {
        var kind = ManifestKind.Parameter.boolean
        var limits: [(String, Node)] = []
        switch parameter.kind {
        case .integer(let range):
            kind = .integer
            if range.lowerBound != .min { limits.append(("minimum", .integer(range.lowerBound))) }
            if range.upperBound != .max { limits.append(("maximum", .integer(range.upperBound))) }
        case .number(let range):
            kind = .number
            if range.lowerBound.isFinite { limits.append(("minimum", .number(range.lowerBound))) }
            if range.upperBound.isFinite { limits.append(("maximum", .number(range.upperBound))) }
        case .boolean: break
        case .string: kind = .string
        case .choice(let names):
            kind = .choice
            limits.append(("choices", .list(names.map(Node.text))))
        }
        return .mapping(
            entries: [
                ("name", .text(parameter.name)), ("kind", .text(kind.rawValue)),
                ("default", value(parameter.defaultValue)),
            ] + limits + [("description", .text(parameter.description))])
    }

    private static func value(_ value: ParameterValue) -> Node {
        switch value {
        case .integer(let whole): .integer(whole)
        case .number(let number): .number(number)
        case .boolean(let flag): .plain(flag ? "true" : "false")
        case .string(let text): .text(text)
        }
    }

    private static func node(_ baseline: BaselineDescriptor) -> Node {
        var entries: [(String, Node)] = [
            ("name", .text(baseline.name)), ("description", .text(baseline.description)),
            ("sees_state", .plain(baseline.seesState ? "true" : "false")),
        ]
        if baseline.memorySize != 0 { entries.append(("memory_size", .integer(baseline.memorySize))) }
        return .mapping(entries: entries)
    }

    private static func node(_ metric: MetricDescriptor) -> Node {
        let kind: ManifestKind.Metric =
            switch metric.kind {
            case .count: .count
            case .fraction: .fraction
            case .number: .number
            }
        return .mapping(
            entries: [
                ("name", .text(metric.name)), ("kind", .text(kind.rawValue)),
                ("description", .text(metric.description)),
            ])
    }
}

extension Node {
    fileprivate static func plain(_ text: String) -> Node { .scalar(Node.Scalar(text, .implicit, .plain)) }
    fileprivate static func integer(_ value: Int) -> Node { plain("\(value)") }

    /// Swift writes the shortest text that reads back as the same number, always with a point or an exponent.
    fileprivate static func number(_ value: Double) -> Node {
        if value.isNaN { return plain(".nan") }
        if value.isInfinite { return plain(value < 0 ? "-.inf" : ".inf") }
        return plain("\(value)")
    }

    /// Quoted, or a literal block where that keeps every character.
    fileprivate static func text(_ text: String) -> Node {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let isBlock =
            lines.count > 1 && lines.dropLast().allSatisfy { !$0.isEmpty } && lines.last != ""
            && lines.allSatisfy { line in
                line.first != " " && line.last != " "
                    && line.unicodeScalars.allSatisfy { (0x20...0x7E).contains($0.value) }
            }
        return .scalar(Node.Scalar(text, .implicit, isBlock ? .literal : .doubleQuoted))
    }

    fileprivate static func list(_ items: [Node]) -> Node { .sequence(Node.Sequence(items, Tag(.seq), .any)) }

    fileprivate static func mapping(entries: [(String, Node)]) -> Node {
        .mapping(Node.Mapping(entries.map { (plain($0.0), $0.1) }, Tag(.map), .block))
    }
}
