import ArgusEnvAPI
import CArgusEnv

/// One instance of a plugin's environment: a batch of copies, used by one thread at a time.
///
/// Not Sendable by itself; ``VectorEnvironment`` gives each worker its own. Errors keep the header's rules: after
/// `ARGUS_ERROR` nothing but `destroy` is called on the instance, after `ARGUS_FATAL` nothing at all of the plugin.
final class EnvironmentInstance {
    /// With the channel's part, where there is one.
    let specification: EnvironmentSpecification
    /// The agents' messages; nil without communication.
    let channel: Channel?
    let place: String
    private let owner: InstanceOwner
    private let pointer: UnsafeMutablePointer<argus_instance>
    private let functions: argus_instance
    private let reports: ReportLog
    private let health: PluginHealth
    private var isBroken = false
    /// See ``EnvironmentSource/isolatesFaults``.
    let isolatesFaults: Bool
    private let text: argus_text?
    private let snapshots: argus_snapshot?
    private let baselineFunctions: argus_baselines?
    private let render: argus_render?
    private let metricFunctions: argus_metrics?
    private let continuation: argus_continuation?
    /// Scripted policies, the default first.
    let baselines: [BaselineDescriptor]
    /// The environment's own, then the channel's.
    let metrics: [MetricDescriptor]
    private let ownMetricCount: Int

    init(
        _ source: any EnvironmentSource, environment: String, parameters: ParameterValues, copies: Int, worker: Int = 0,
        communication: Communication? = nil
    ) throws(ArgusError) {
        let place = "environment '\(environment)' of \(source.place)"
        let owner = try InstanceOwner(
            source, environment, ParameterJSON.encode(parameters.values), copies, worker, place)
        let memory = PluginMemory(place: place)
        let functions = try memory.value(
            UnsafePointer(owner.pointer), "argus_instance",
            pointers: [
                ("specification", \.specification), ("bind", \.bind), ("reset", \.reset), ("step", \.step),
                ("destroy", \.destroy), ("get_extension", \.get_extension),
            ])
        let find = ExtensionFinder(instance: owner.pointer, memory: memory)
        text = try find(ARGUS_TEXT_V1, [("rules", \.rules), ("situation", \.situation), ("action", \.action)])
        snapshots = try find(ARGUS_SNAPSHOT_V1, [("save", \.save), ("load", \.load)])
        let baselineFunctions: argus_baselines? = try find(
            ARGUS_BASELINE_V1,
            [("baselines", \.baselines), ("act_jointly", \.act_jointly), ("act_locally", \.act_locally)])
        render = try find(ARGUS_RENDER_V1, [("text", \.text)])
        continuation = try find(ARGUS_CONTINUATION_V1, [("plan", \.plan)])
        let metricFunctions: argus_metrics? = try find(
            ARGUS_METRICS_V1, [("metrics", \.metrics), ("values", \.values)])
        baselines = if let baselineFunctions { try find.baselines(baselineFunctions) } else { [] }
        let ownMetrics = if let metricFunctions { try find.metrics(metricFunctions) } else { [MetricDescriptor]() }
        let own = try SpecificationReader(functions.specification(owner.pointer), place: place).read()
        channel = try communication.map { communication throws(ArgusError) in
            Channel(try ChannelLayout(communication, own), copies: copies)
        }
        specification = channel?.layout.specification ?? own
        metrics = ownMetrics + (channel == nil ? [] : ChannelLayout.metrics(besides: ownMetrics))
        ownMetricCount = ownMetrics.count
        self.baselineFunctions = baselineFunctions
        self.metricFunctions = metricFunctions
        self.functions = functions
        self.owner = owner
        self.place = place
        pointer = owner.pointer
        reports = owner.reports
        health = source.health
        isolatesFaults = source.isolatesFaults
    }

    var offersText: Bool { text != nil }
    var offersSnapshot: Bool { snapshots != nil }
    var offersRender: Bool { render != nil }

    /// What the plugin last said, for messages about failed episodes.
    var lastReport: String? { reports.last }

    /// Notes what this side found, among what the plugin says.
    func report(_ words: String, copy: Int) { reports.add(ARGUS_FAILURE, copy, words) }

    /// Reports so far.
    var reportCount: Int {
        @inline(__always) get { reports.count }
    }

    /// What the plugin has said since the last call.
    func takeReports() -> [String] { reports.takeUnread() }

    // MARK: Stepping

    func bind(_ buffers: argus_buffers) throws(ArgusError) {
        var buffers = buffers
        // The environment's rows are the first parts of the host's, which the strides allow for.
        channel?.bind(buffers)
        try succeed("bind") { functions.bind(pointer, &buffers) }
    }

    /// - Returns: true when at least one copy failed; its `ended` says which.
    @inline(__always)
    func reset(_ mask: UnsafePointer<UInt8>?, _ seeds: UnsafePointer<UInt64>) throws(ArgusError) -> Bool {
        let discarded = try call("reset") { functions.reset(pointer, mask, seeds) }
        channel?.reset(mask, seeds)
        return discarded
    }

    /// - Returns: true when at least one copy failed; its `ended` says which.
    @inline(__always)
    func step(_ mask: UnsafePointer<UInt8>?) throws(ArgusError) -> Bool {
        guard let channel else { return try call("step") { functions.step(pointer, mask) } }
        channel.send(mask)
        let discarded = try call("step") { functions.step(pointer, mask) }
        channel.deliver(mask)
        return discarded
    }

    /// True when ``plan(_:_:)`` before each step saves time.
    var wantsPlan: Bool { continuation != nil }

    /// Tells what will be asked for after the next step; see `argus.continuation/1`.
    func plan(_ plan: UnsafePointer<UInt8>, _ seeds: UnsafePointer<UInt64>) throws(ArgusError) {
        guard let continuation else { return }
        try succeed("plan") { continuation.plan(pointer, plan, seeds) }
    }

    // MARK: Extensions

    func textRules(agent: Int, sendsSymbols: Bool = true) throws(ArgusError) -> String {
        guard let text else { throw missing(.text) }
        let words = try read("rules") { text.rules(pointer, UInt32(agent), $0, $1, $2) }
        return EnvironmentInstance.joined(words, channel?.rules(agent: agent, sendsSymbols: sendsSymbols))
    }

    func textSituation(copy: Int, agent: Int, sendsSymbols: Bool = true) throws(ArgusError) -> String {
        guard let text else { throw missing(.text) }
        let words = try read("situation") { text.situation(pointer, UInt32(copy), UInt32(agent), $0, $1, $2) }
        return EnvironmentInstance.joined(
            words, channel?.situation(copy: copy, agent: agent, sendsSymbols: sendsSymbols))
    }

    func textAction(copy: Int, agent: Int, choice: Int) throws(ArgusError) -> String {
        guard let text else { throw missing(.text) }
        if let channel, choice >= channel.layout.own.legalSize {
            return channel.action(choice: choice - channel.layout.own.legalSize)
        }
        return try read("action") {
            text.action(pointer, UInt32(copy), UInt32(agent), UInt32(choice), $0, $1, $2)
        }
    }

    /// How far the text rounds each observation component; empty: not at all.
    var textQuanta: [Float] {
        guard let quanta = text?.quanta else { return [] }
        let added = channel?.layout.width ?? 0
        return Array(UnsafeBufferPointer(start: quanta, count: specification.observationSize - added))
            + Array(repeating: 0, count: added)
    }

    private static func joined(_ words: String, _ more: String?) -> String {
        guard let more, !more.isEmpty else { return words }
        return words.isEmpty ? more : words + " " + more
    }

    func renderText(copy: Int, color: Bool) throws(ArgusError) -> String {
        guard let render else { throw missing(.render) }
        return try read("render") { render.text(pointer, UInt32(copy), color ? 1 : 0, $0, $1, $2) }
    }

    func metricValues(copy: Int, into values: UnsafeMutablePointer<Double>) throws(ArgusError) {
        channel?.writeMetrics(copy: copy, into: values + ownMetricCount)
        guard let metricFunctions else { return }
        try succeed("metrics") { metricFunctions.values(pointer, UInt32(copy), values) }
    }

    func save(copy: Int) throws(ArgusError) -> [UInt8] {
        guard let snapshots else { throw missing(.snapshot) }
        let state = try bytes("snapshot") { snapshots.save(pointer, UInt32(copy), $0, $1, $2) }
        return channel.map { ChannelState($0, copy: copy).encoded() + state } ?? state
    }

    /// - Throws: ``ArgusError``; when the plugin refuses the bytes, the copy is as it was and can go on.
    func load(copy: Int, _ bytes: [UInt8], chanceSeed: UInt64?) throws(ArgusError) {
        guard let snapshots else { throw missing(.snapshot) }
        var messages: ChannelState?
        var state = bytes[...]
        if let channel {
            var reader = ChannelStateReader(bytes, place: "\(place), restore")
            messages = try reader.read(for: channel)
            state = reader.rest
        }
        let before = reports.count
        let isRefused = try state.withUnsafeBufferPointer { state throws(ArgusError) in
            try call("restore") {
                // Never NULL, also when there are no bytes.
                var none: UInt8 = 0
                return withUnsafePointer(to: &none) { none in
                    let start = state.baseAddress ?? none
                    guard var seed = chanceSeed else {
                        return snapshots.load(pointer, UInt32(copy), start, state.count, nil)
                    }
                    return snapshots.load(pointer, UInt32(copy), start, state.count, &seed)
                }
            }
        }
        if isRefused { throw failure(ARGUS_DISCARD, "restore", before) }
        if let channel, let messages { messages.restore(channel, copy: copy, chanceSeed: chanceSeed) }
    }

    func actJointly(
        baseline: Int, copy: Int, agents: UnsafePointer<UInt8>, actions: UnsafeMutableRawPointer, stride: Int
    ) throws(ArgusError) {
        guard let baselineFunctions else { throw missing(.baseline) }
        try succeed("scripted policy") {
            baselineFunctions.act_jointly(pointer, UInt32(baseline), UInt32(copy), agents, actions, stride)
        }
        guard let channel else { return }
        for agent in 0..<channel.agents where agents[agent] != 0 { channel.silence(actions + agent * stride) }
    }

    func actLocally(
        baseline: Int, agent: Int, observation: UnsafePointer<Float>, legal: UnsafePointer<UInt8>?,
        memory: UnsafeMutableRawPointer?, action: UnsafeMutableRawPointer
    ) throws(ArgusError) {
        guard let baselineFunctions else { throw missing(.baseline) }
        try succeed("scripted policy") {
            baselineFunctions.act_locally(
                pointer, UInt32(baseline), UInt32(agent), observation, legal, memory, action)
        }
        channel?.silence(action)
    }

    private func missing(_ capability: Capability) -> ArgusError {
        ArgusError(
            .plugin, "the environment cannot do this", at: place, found: "no \(capability.rawValue)",
            expected: "the extension \(capability.rawValue)")
    }

    // MARK: Calls

    /// Calls into the plugin. Returns true when it discarded something, and false when all went well.
    @inline(__always)
    private func call(_ name: StaticString, _ body: () -> argus_status) throws(ArgusError) -> Bool {
        if isBroken || health.isDead { throw unusable(name) }
        let before = reports.count
        let status = body()
        if status == ARGUS_OK { return false }
        if status == ARGUS_DISCARD { return true }
        isBroken = true
        if status == ARGUS_FATAL { health.die() }
        throw failure(status, name, before)
    }

    /// The same where there is nothing to discard.
    @inline(__always)
    private func succeed(_ name: StaticString, _ body: () -> argus_status) throws(ArgusError) {
        let before = reports.count
        if try call(name, body) { throw failure(ARGUS_DISCARD, name, before) }
    }

    /// - Parameter before: ``ReportLog/count`` before the call, so that an old report is not taken for the reason.
    @inline(never)
    private func failure(_ status: argus_status, _ name: StaticString, _ before: Int) -> ArgusError {
        let reason = reports.count > before ? reports.last : nil
        let what = status == ARGUS_FATAL ? "the plugin failed for good" : "the environment failed"
        return ArgusError(
            .plugin, what, at: "\(place), \(name)", found: reason ?? "status \(status) without a reason",
            expected: "success")
    }

    @inline(never)
    private func unusable(_ name: StaticString) -> ArgusError {
        ArgusError(
            .plugin, "the environment has failed before", at: "\(place), \(name)",
            found: "an instance that must not be used again", expected: "a new one",
            remedy: health.isDead ? "a new process" : "making the environment anew")
    }

    private func read(
        _ name: StaticString,
        _ body: (UnsafeMutablePointer<CChar>?, Int, UnsafeMutablePointer<Int>) -> argus_status
    ) throws(ArgusError) -> String {
        let bytes = try bytes(name) { start, capacity, needed in
            guard let start else { return body(nil, capacity, needed) }
            return start.withMemoryRebound(to: CChar.self, capacity: capacity) { body($0, capacity, needed) }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// A result of unknown size, by the header's (buffer, capacity, needed) convention.
    private func bytes(
        _ name: StaticString,
        _ body: (UnsafeMutablePointer<UInt8>?, Int, UnsafeMutablePointer<Int>) -> argus_status
    ) throws(ArgusError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 4096)
        // A size that still grows at the fourth call never comes to rest.
        for _ in 0..<4 {
            var needed = 0
            let capacity = bytes.count
            try bytes.withUnsafeMutableBufferPointer { buffer throws(ArgusError) in
                try succeed(name) { body(buffer.baseAddress, capacity, &needed) }
            }
            guard needed >= 0, needed <= EnvironmentInstance.largestResult else { break }
            if needed <= capacity { return Array(bytes[..<needed]) }
            bytes = [UInt8](repeating: 0, count: needed)
        }
        throw ArgusError(
            .plugin, "the environment breaks its contract", at: "\(place), \(name)",
            found: "a size that is impossible or never the same",
            expected: "at most \(EnvironmentInstance.largestResult) bytes")
    }

    /// Bytes of a text or a snapshot.
    private static let largestResult = 1 << 28
}
