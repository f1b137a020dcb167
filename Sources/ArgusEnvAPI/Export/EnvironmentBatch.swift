public import CArgusEnv

/// The copies of one instance, whatever their type.
@usableFromInline
protocol EnvironmentBatch: AnyObject {
    var specification: EnvironmentSpecification { get }
    var baselines: [BaselineDescriptor] { get }
    var metrics: [MetricDescriptor] { get }

    func bind(_ buffers: argus_buffers)
    /// - Returns: ARGUS_OK or ARGUS_DISCARD. `report` gets the copy and the reason of each failure.
    func reset(
        _ mask: UnsafePointer<UInt8>?, _ seeds: UnsafePointer<UInt64>, _ report: (Int, String) -> Void
    ) -> argus_status
    func step(_ mask: UnsafePointer<UInt8>?, _ report: (Int, String) -> Void) -> argus_status

    func textQuanta() -> [Float]
    func textRules(agent: Int) -> String
    func textSituation(copy: Int, agent: Int) -> String
    func textAction(copy: Int, agent: Int, choice: Int) -> String
    func snapshot(copy: Int) throws -> [UInt8]
    func restore(copy: Int, _ bytes: [UInt8], chanceSeed: UInt64?) throws
    func actJointly(
        baseline: Int, copy: Int, agents: UnsafePointer<UInt8>, actions: UnsafeMutableRawPointer, stride: Int)
    func actLocally(
        baseline: Int, agent: Int, observation: UnsafePointer<Float>, legal: UnsafePointer<UInt8>?,
        memory: UnsafeMutableRawPointer?, action: UnsafeMutableRawPointer)
    func renderText(copy: Int, color: Bool) -> String
    func writeMetrics(copy: Int, _ values: UnsafeMutablePointer<Double>)
}

/// The copies of one instance of `E`, contiguous in memory.
@usableFromInline
final class BatchOf<E: Environment>: EnvironmentBatch {
    @usableFromInline let specification: EnvironmentSpecification
    @usableFromInline let copies: Int
    /// Answers what depends on the parameters alone: there may be no copy, and a local baseline must not see one.
    @usableFromInline let prototype: E
    @usableFromInline let environments: UnsafeMutablePointer<E>
    @usableFromInline let agentCount: Int
    @usableFromInline let observationSize: Int
    @usableFromInline let actionSize: Int
    @usableFromInline let legalSize: Int
    @usableFromInline let rewardRows: Int
    @usableFromInline let stateSize: Int
    @usableFromInline var buffers: [argus_buffer] = []
    /// `resetLoop` and `stepLoop`, compiled for `E`: methods that are reached through a protocol never are.
    @usableFromInline let specialisedReset: ResetLoop
    @usableFromInline let specialisedStep: StepLoop

    @usableFromInline typealias ResetLoop =
        (BatchOf<E>, UnsafePointer<UInt8>?, UnsafePointer<UInt64>, (Int, String) -> Void) -> argus_status
    @usableFromInline typealias StepLoop = (BatchOf<E>, UnsafePointer<UInt8>?, (Int, String) -> Void) -> argus_status

    @inlinable
    init(
        parameters: ParameterValues, copies: Int, reset: @escaping ResetLoop, step: @escaping StepLoop
    ) throws {
        specialisedReset = reset
        specialisedStep = step
        specification = try E.specification(parameters)
        try specification.requireConsistency()
        prototype = try E(parameters: parameters)
        let quanta = prototype.textQuanta()
        guard quanta.isEmpty || quanta.count == specification.observationSize else {
            throw SpecificationError(
                "textQuanta() has \(quanta.count) entries, expected none or \(specification.observationSize)")
        }
        self.copies = copies
        agentCount = specification.agents.count
        observationSize = specification.observationSize
        actionSize = specification.actions.rowSize
        legalSize = specification.legalSize
        rewardRows = specification.rewardRows
        stateSize = specification.state?.size ?? 0
        environments = .allocate(capacity: max(1, copies))
        environments.initialize(repeating: prototype, count: copies)
    }

    deinit {
        environments.deinitialize(count: copies)
        environments.deallocate()
    }

    @inlinable
    func bind(_ buffers: argus_buffers) {
        var copy = buffers
        self.buffers = withUnsafeBytes(of: &copy.tensor) { Array($0.bindMemory(to: argus_buffer.self)) }
    }

    @inlinable
    func rows<Element: BitwiseCopyable>(_ role: UInt32, _ copy: Int, _ count: Int, _ width: Int) -> Rows<Element>? {
        let buffer = buffers[Int(role)]
        guard let base = buffer.base else { return nil }
        return Rows(
            base: base + copy * Int(buffer.copy_stride), stride: Int(buffer.row_stride), count: count, width: width)
    }

    @inlinable
    func frame(_ copy: Int) -> Frame? {
        guard let observations: Rows<Float> = rows(ARGUS_OBSERVATION, copy, agentCount, observationSize),
            let acting: Rows<UInt8> = rows(ARGUS_ACTING, copy, agentCount, 1),
            let terminated: Rows<UInt8> = rows(ARGUS_TERMINATED, copy, agentCount, 1),
            let rewards: Rows<Float> = rows(ARGUS_REWARD, copy, rewardRows, 1),
            let ended: Rows<UInt8> = rows(ARGUS_ENDED, copy, 1, 1),
            let elapsed: Rows<Float> = rows(ARGUS_ELAPSED, copy, 1, 1)
        else { return nil }
        let state: Rows<Float>? = stateSize > 0 ? rows(ARGUS_STATE, copy, 1, stateSize) : nil
        return Frame(
            observations: observations, legal: legalSize > 0 ? rows(ARGUS_LEGAL, copy, agentCount, legalSize) : nil,
            acting: acting, terminated: terminated, rewards: rewards, state: state?[0], ended: ended[0].pointer,
            elapsedTime: elapsed[0].pointer)
    }

    /// Rewards, terminated and ended 0, acting 1.
    @inlinable
    func prepare(_ frame: Frame, elapsed: Float) {
        for agent in 0..<agentCount {
            frame.acting[first: agent] = 1
            frame.terminated[first: agent] = 0
        }
        for row in 0..<rewardRows { frame.rewards[first: row] = 0 }
        frame.ended.pointee = 0
        frame.elapsedTime.pointee = elapsed
    }

    @usableFromInline
    func reset(
        _ mask: UnsafePointer<UInt8>?, _ seeds: UnsafePointer<UInt64>, _ report: (Int, String) -> Void
    ) -> argus_status { specialisedReset(self, mask, seeds, report) }

    @usableFromInline
    func step(_ mask: UnsafePointer<UInt8>?, _ report: (Int, String) -> Void) -> argus_status {
        specialisedStep(self, mask, report)
    }

    @inlinable
    func resetLoop(
        _ mask: UnsafePointer<UInt8>?, _ seeds: UnsafePointer<UInt64>, _ report: (Int, String) -> Void
    ) -> argus_status {
        var status = ARGUS_OK
        for copy in 0..<copies where mask?[copy] != 0 {
            guard let frame = frame(copy) else { return ARGUS_ERROR }
            prepare(frame, elapsed: 0)
            do {
                try environments[copy].reset(seed: seeds[copy])
            } catch {
                frame.ended.pointee = UInt8(ARGUS_ENDED_FAILED)
                report(copy, error.description)
                status = ARGUS_DISCARD
                continue
            }
            environments[copy].observe(frame)
        }
        return status
    }

    @inlinable
    func stepLoop(_ mask: UnsafePointer<UInt8>?, _ report: (Int, String) -> Void) -> argus_status {
        var status = ARGUS_OK
        for copy in 0..<copies where mask?[copy] != 0 {
            guard let frame = frame(copy),
                let actions: Rows<E.Action> = rows(ARGUS_ACTION, copy, agentCount, actionSize)
            else { return ARGUS_ERROR }
            prepare(frame, elapsed: 1)
            do {
                try environments[copy].step(actions, frame)
            } catch {
                frame.ended.pointee = UInt8(ARGUS_ENDED_FAILED)
                report(copy, error.description)
                status = ARGUS_DISCARD
                continue
            }
            if frame.ended.pointee != 0 { frame.terminated.fill(1) }
            environments[copy].observe(frame)
        }
        return status
    }

    @usableFromInline var baselines: [BaselineDescriptor] { E.baselines }
    @usableFromInline var metrics: [MetricDescriptor] { E.metrics }

    @usableFromInline
    func textQuanta() -> [Float] { prototype.textQuanta() }

    @usableFromInline
    func textRules(agent: Int) -> String { prototype.textRules(agent: agent) }

    @usableFromInline
    func textSituation(copy: Int, agent: Int) -> String { environments[copy].textSituation(agent: agent) }

    @usableFromInline
    func textAction(copy: Int, agent: Int, choice: Int) -> String {
        environments[copy].textAction(agent: agent, choice: choice)
    }

    @usableFromInline
    func snapshot(copy: Int) throws -> [UInt8] { try environments[copy].snapshot() }

    @usableFromInline
    func restore(copy: Int, _ bytes: [UInt8], chanceSeed: UInt64?) throws {
        // On a copy of the value, so that a restore that fails halfway leaves the environment as it was.
        var restored = environments[copy]
        try restored.restore(bytes)
        if let chanceSeed { restored.reseedChance(chanceSeed) }
        environments[copy] = restored
        guard let frame = frame(copy) else { return }
        frame.acting.fill(1)
        restored.observe(frame)
    }

    @inlinable
    func actJointly(
        baseline: Int, copy: Int, agents: UnsafePointer<UInt8>, actions: UnsafeMutableRawPointer, stride: Int
    ) {
        environments[copy].actJointly(
            baseline: baseline, agents: Row(UnsafeMutablePointer(mutating: agents), count: agentCount),
            actions: Rows(base: actions, stride: stride, count: agentCount, width: actionSize))
    }

    @inlinable
    func actLocally(
        baseline: Int, agent: Int, observation: UnsafePointer<Float>, legal: UnsafePointer<UInt8>?,
        memory: UnsafeMutableRawPointer?, action: UnsafeMutableRawPointer
    ) {
        prototype.actLocally(
            baseline: baseline, agent: agent,
            observation: UnsafeBufferPointer(start: observation, count: observationSize),
            legal: legal.map { UnsafeBufferPointer(start: $0, count: legalSize) },
            memory: UnsafeMutableRawBufferPointer(
                start: memory, count: memory == nil ? 0 : E.baselines[baseline].memorySize),
            action: Row(action.assumingMemoryBound(to: E.Action.self), count: actionSize))
    }

    @usableFromInline
    func renderText(copy: Int, color: Bool) -> String { environments[copy].renderText(color: color) }

    @usableFromInline
    func writeMetrics(copy: Int, _ values: UnsafeMutablePointer<Double>) {
        environments[copy].writeMetrics(UnsafeMutableBufferPointer(start: values, count: E.metrics.count))
    }
}
