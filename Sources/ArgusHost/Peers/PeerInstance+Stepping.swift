import ArgusEnvAPI
import ArgusWire
import CArgusEnv

/// `bind`, `reset`, `step` and `plan` of a peer's instance.
extension PeerInstance {
    func bind(_ buffers: argus_buffers) {
        self.buffers = PeerBuffers(buffers, specification, copies: copies)
    }

    /// What the host will ask for after the next step: done in the same round trip.
    func plan(_ plan: UnsafePointer<UInt8>, _ seeds: UnsafePointer<UInt64>) {
        guard let buffers else { return }
        buffers.announced.bytes.copyMemory(from: UnsafeRawBufferPointer(start: plan, count: copies))
        buffers.announcedSeeds.bytes.copyMemory(from: UnsafeRawBufferPointer(start: seeds, count: copies * 8))
    }

    func reset(_ mask: UnsafePointer<UInt8>?, _ seeds: UnsafePointer<UInt64>) -> argus_status {
        guard let buffers else { return fail("reset before bind") }
        guard copies > 0 else { return ARGUS_OK }
        if !isCurrent {
            buffers.ahead = Array(repeating: nil, count: copies)
            if let reason = recoverPatiently() { return fail(reason) }
        }
        texts.forget()
        guard let wanted = buffers.mask.pointer(UInt8.self), let wantedSeeds = buffers.seeds.pointer(UInt64.self) else {
            return fail("no memory")
        }
        var isAsking = false
        for copy in 0..<copies {
            wanted[copy] = 0
            guard mask.map({ $0[copy] != 0 }) ?? true else { continue }
            if buffers.ahead[copy] == seeds[copy] {
                showAhead(copy, buffers)
            } else {
                wanted[copy] = 1
                wantedSeeds[copy] = seeds[copy]
                isAsking = true
            }
            buffers.ahead[copy] = nil
            buffers.finalMetrics[copy] = nil
        }
        guard isAsking else { return ARGUS_OK }
        var request = PeerRequest(message: .reset, flags: buffers.flags, batch: copies)
        request.frames = buffers.resetFrames
        switch exchangeRows(request, buffers, isAsked: { wanted[$0] != 0 }) {
        case .lost(let words):
            // The session ended within the reset: the episodes that were to begin have failed.
            return failCopies({ wanted[$0] != 0 }, words, buffers)
        case .done(let reply):
            for copy in 0..<copies where wanted[copy] != 0 {
                for role in RowFrames.Role.allCases {
                    buffers.show(role, copy: copy, from: buffers.received.row(role), index: copy)
                }
            }
            return discardIfFailed(reply)
        }
    }

    func step(_ mask: UnsafePointer<UInt8>?) -> argus_status {
        guard let buffers else { return fail("step before bind") }
        guard copies > 0 else { return ARGUS_OK }
        texts.forget()
        let isWanted = { (copy: Int) in mask.map { $0[copy] != 0 } ?? true }
        guard isCurrent else {
            return failCopies(isWanted, "the session with the peer '\(connection.name)' is over", buffers)
        }
        guard let plan = buffers.plan.pointer(UInt8.self), let seeds = buffers.seeds.pointer(UInt64.self),
            let announced = buffers.announced.pointer(UInt8.self),
            let announcedSeeds = buffers.announcedSeeds.pointer(UInt64.self)
        else { return fail("no memory") }
        for copy in 0..<copies {
            plan[copy] = isWanted(copy) ? WirePlan.step.rawValue | announced[copy] : 0
            seeds[copy] = announcedSeeds[copy]
            announced[copy] = 0
            buffers.ahead[copy] = nil
            buffers.finalMetrics[copy] = nil
        }
        buffers.gatherActions()
        var request = PeerRequest(message: .step, flags: buffers.flags, batch: copies)
        request.frames = buffers.stepFrames
        switch exchangeRows(request, buffers, isAsked: isWanted, plan: plan) {
        case .lost(let words): return failCopies(isWanted, words, buffers)
        case .done(let reply): return showStep(reply, plan, seeds, buffers)
        }
    }

    // MARK: Replies

    private func showStep(
        _ reply: PeerReply, _ plan: UnsafeMutablePointer<UInt8>, _ seeds: UnsafeMutablePointer<UInt64>,
        _ buffers: PeerBuffers
    ) -> argus_status {
        let received = buffers.received
        var anyEnded = false
        var final = 0
        let ended = received.row(.ended)
        for copy in 0..<copies {
            let isFinal = final < received.finalCount && received.finalCopy(final) == copy
            defer { if isFinal { final += 1 } }
            guard plan[copy] & WirePlan.step.rawValue != 0 else { continue }
            for role in RowFrames.Role.allCases {
                let fromFinal = isFinal && role.isOfNextEpisode
                buffers.show(
                    role, copy: copy, from: fromFinal ? received.final(role) : received.row(role),
                    index: fromFinal ? final : copy)
            }
            let isOver = ended[copy] == WireEnded.terminated.rawValue || ended[copy] == WireEnded.truncated.rawValue
            if isOver || plan[copy] & WirePlan.lastStep.rawValue != 0 { anyEnded = true }
            if isFinal {
                buffers.ahead[copy] = seeds[copy]
                buffers.finalMetrics[copy] = Array(received.finalMetrics(final).bindMemory(to: Double.self))
            }
        }
        if anyEnded { connection.noteSuccess() }
        return discardIfFailed(reply)
    }

    /// Shows the rows of an episode that was begun ahead.
    private func showAhead(_ copy: Int, _ buffers: PeerBuffers) {
        for role in RowFrames.Role.allCases {
            let frame = role.isOfNextEpisode ? buffers.received.row(role) : buffers.zeros.bytes
            buffers.show(role, copy: copy, from: frame, index: role.isOfNextEpisode ? copy : 0)
        }
    }

    /// Passes on why the peer discarded episodes.
    private func discardIfFailed(_ reply: PeerReply) -> argus_status {
        guard reply.header.status == .discarded else { return ARGUS_OK }
        for error in (try? ErrorReports(bytes: reply.meta))?.errors ?? [] {
            report(ARGUS_FAILURE, PeerInstance.words(error), copy: error.copy ?? -1)
        }
        return ARGUS_DISCARD
    }

    private enum Exchange {
        case done(PeerReply)
        /// The session is over, and this is why.
        case lost(String)
    }

    /// - Parameters: `isAsked`: copies that the request is about; `plan`: of a STEP.
    private func exchangeRows(
        _ request: PeerRequest, _ buffers: PeerBuffers, isAsked: (Int) -> Bool,
        plan: UnsafeMutablePointer<UInt8>? = nil
    ) -> Exchange {
        buffers.received.begin()
        do {
            let reply = try ask(request) { _, index, bytes in buffers.received.take(index, bytes) }
            if let words = buffers.received.complaint(plan: plan) {
                throw WireError(.invalidRequest, "the reply to \(request.message) has \(words)")
            }
            let ended = buffers.received.row(.ended)
            if reply.header.status == .discarded,
                !(0..<copies).contains(where: { isAsked($0) && ended[$0] == WireEnded.failed.rawValue })
            {
                throw WireError(
                    .invalidRequest,
                    "the reply to \(request.message) has status 1 (an episode failed), but no copy with ended 2")
            }
            return .done(reply)
        } catch let fault as PeerFault {
            return .lost("\(fault)")
        } catch let error as WireError where error.code == .environment {
            // The instance is not to be used again, and a new session is the way to another.
            return .lost("\(connection.abandon(.environment(error.message), phase: request.phase))")
        } catch {
            // The peer talks, but not as it must.
            return .lost("\(connection.abandon(.badMessage("\(error)"), phase: request.phase))")
        }
    }

    // MARK: Failures

    /// Ends the episodes of these copies as failed.
    private func failCopies(_ isWanted: (Int) -> Bool, _ words: String, _ buffers: PeerBuffers) -> argus_status {
        report(ARGUS_FAILURE, words)
        for copy in 0..<copies where isWanted(copy) {
            buffers.setEnded(copy: copy, ARGUS_ENDED_FAILED)
            buffers.ahead[copy] = nil
        }
        return ARGUS_DISCARD
    }

    /// Starts the peer again, three times if need be; what is wrong if it does not work.
    private func recoverPatiently() -> String? {
        var reason = ""
        for _ in 0..<3 {
            do {
                try recover()
                return nil
            } catch let error as WireError {
                // A peer that runs, but is another one now.
                return "\(error.message) (peer '\(connection.name)')"
            } catch {
                reason = "\(error)"
            }
            if connection.isGivenUp { break }
        }
        return reason
    }

    func fail(_ words: String) -> argus_status {
        report(ARGUS_FAILURE, words)
        return ARGUS_ERROR
    }
}
