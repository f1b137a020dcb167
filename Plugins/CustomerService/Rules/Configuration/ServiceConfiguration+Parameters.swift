public import ArgusEnvAPI

#if canImport(Glibc)
import Glibc
#else
import Foundation
#endif

extension ServiceConfiguration {
    static let parameters: [ParameterDescriptor] = [
        ParameterDescriptor(
            "kinds", .string, default: .string("billing technical"),
            "Contact kinds, 1 to 8 of: \(ContactKind.allCases.map(\.rawValue).joined(separator: " ")). One queue each."),
        ParameterDescriptor(
            "arrivals", .string, default: .string("60 45"), "Mean arrivals per hour of each kind; one number: of all."),
        ParameterDescriptor(
            "profile", .string, default: .string("1"),
            "Factors of the arrivals in equal parts of the day, 1 to 48 of them."),
        ParameterDescriptor(
            "day", .number(0...longest), default: .number(720),
            "Seconds after which the episode ends; 0: it does not end by itself."),
        ParameterDescriptor(
            "backlog", .integer(0...200), default: .integer(2), "Contacts that wait when the episode begins."),
        ParameterDescriptor(
            "lines", .integer(1...lineLimit), default: .integer(100),
            "Most contacts in the centre, waiting or answered; who calls beyond that is blocked."),
        ParameterDescriptor(
            "patience", .string, default: .string("180"),
            "Mean seconds that customers of each kind wait before they give up (exponential); 0: for ever."),
        ParameterDescriptor(
            "priorities", .string, default: .string("1"), "Urgency of each kind, 1 to 9; 1 comes first."),
        ParameterDescriptor(
            "follow_up", .string, default: .string("0"),
            "Matrix kind by kind: chance that a resolved contact of the row's kind needs a step of the column's."),
        ParameterDescriptor(
            "ambiguity", .number(0...1), default: .number(0.3), "Share of contacts whose words fit two kinds."),
        ParameterDescriptor(
            "classifier_error", .number(0...1), default: .number(0.05),
            "Share of the other contacts whose words fit a wrong kind only."),
        ParameterDescriptor(
            "diagnosis", .number(0...1), default: .number(1),
            "Chance that the expert who takes a contact learns at once what it is."),
        ParameterDescriptor(
            "experts", .integer(1...expertLimit), default: .integer(3), "Number of experts."),
        ParameterDescriptor(
            "speed", .string, default: .string("1.2 0.5; 0.5 1.2; 0.8 0.8"),
            "Matrix expert by kind: how fast each answers; 0: lacks the skill. '3x 1 0' is three equal rows."),
        ParameterDescriptor(
            "resolution", .string, default: .string("0.95 0.6; 0.6 0.95; 0.8 0.8"),
            "Matrix expert by kind: chance that an answer resolves the contact."),
        ParameterDescriptor(
            "handling", .string, default: .string("90 120"), "Mean seconds of an answer of each kind at speed 1."),
        ParameterDescriptor(
            "distribution", .choice(["exponential", "lognormal"]), default: .string("lognormal"),
            "Of the time of answers."),
        ParameterDescriptor(
            "variation", .number(0.01...10), default: .number(0.6),
            "Standard deviation of log-normal times, relative to their mean."),
        ParameterDescriptor(
            "triage", .number(0...3600), default: .number(0), "Seconds of finding out what a contact is."),
        ParameterDescriptor(
            "transfers", .boolean, default: .boolean(true), "Experts may transfer contacts to a queue."),
        ParameterDescriptor("transfer_time", .number(1...3600), default: .number(15), "Seconds of a transfer."),
        ParameterDescriptor(
            "transfer_patience", .number(0...1), default: .number(0.5),
            "Share of the remaining patience that a customer keeps in a transfer."),
        ParameterDescriptor(
            "consulting", .boolean, default: .boolean(true), "Experts may answer together with a free colleague."),
        ParameterDescriptor(
            "consult_speed", .number(1...10), default: .number(1.5),
            "Two experts answer so many times faster than the faster of them alone."),
        ParameterDescriptor(
            "target", .string, default: .string("20"),
            "Seconds within which contacts of each queue should be answered."),
        ParameterDescriptor(
            "resolved_reward", .string, default: .string("1"), "For a resolved contact of each kind."),
        ParameterDescriptor(
            "unresolved_cost", .number(0...1000), default: .number(0.25), "For a contact that leaves unresolved."),
        ParameterDescriptor(
            "abandonment_cost", .string, default: .string("0.5"), "For a customer of each queue who gives up."),
        ParameterDescriptor(
            "waiting_cost", .string, default: .string("0.1"),
            "For each contact of each queue that waits beyond the target, per time unit."),
        ParameterDescriptor("transfer_cost", .number(0...1000), default: .number(0.05), "For a transfer."),
        ParameterDescriptor(
            "warm_up", .number(0...longest), default: .number(0),
            "Seconds at the beginning that the metrics leave out."),
        ParameterDescriptor(
            "tick", .number(1...86_400), default: .number(60), "Longest simulated time of one step, in seconds."),
        ParameterDescriptor(
            "time_unit", .number(0.1...86_400), default: .number(60),
            "Seconds of one unit of elapsed time, which discounting goes by."),
    ]

    private static let longest = 1e9

    /// - Throws: ``ParameterError`` for parameters that do not fit together.
    public init(parameters: ParameterValues) throws {
        let kinds = try Self.readKinds(try parameters.string("kinds"))
        let count = kinds.count
        func list(_ name: String, _ range: ClosedRange<Double>) throws -> [Double] {
            try NumberTable.list(try parameters.string(name), columns: count, in: range, parameter: name)
        }
        func endless(_ seconds: Double) -> Double { seconds == 0 ? .infinity : seconds }
        self.kinds = kinds
        arrivalRates = try list("arrivals", 0...1_000_000).map { $0 / 3600 }
        totalArrivalRate = arrivalRates.reduce(0, +)
        profile = try NumberTable.list(
            try parameters.string("profile"), longest: 48, in: 0...1000, parameter: "profile")
        day = endless(try parameters.number("day"))
        guard profile.count == 1 || day.isFinite else {
            throw ParameterError(
                parameter: "profile", found: "\(profile.count) parts of a day without end",
                expected: "one part, or a day",
                remedy: "day: 28800")
        }
        backlog = try parameters.integer("backlog")
        lines = try parameters.integer("lines")
        guard backlog <= lines else {
            throw ParameterError(
                parameter: "backlog", found: "\(backlog)", expected: "at most as many as lines, \(lines)",
                remedy: "\(lines)")
        }
        guard backlog == 0 || arrivalRates.contains(where: { $0 > 0 }) else {
            throw ParameterError(
                parameter: "backlog", found: "\(backlog) contacts of no kind, as nobody arrives", expected: "0",
                remedy: "0")
        }
        patience = try list("patience", 0...Self.longest).map(endless)
        priorities = try list("priorities", 1...9).map { (urgency) throws(ParameterError) in
            guard let whole = Int(exactly: urgency) else {
                throw ParameterError(
                    parameter: "priorities", found: "\(urgency)", expected: "whole numbers from 1 to 9",
                    remedy: "\(Int(urgency.rounded()))")
            }
            return whole
        }
        highestPriority = priorities.min() ?? 1
        followUps = try NumberTable.matrix(
            try parameters.string("follow_up"), rows: count, columns: count, in: 0...1, parameter: "follow_up")
        for kind in 0..<count {
            let sum = followUps[kind * count..<(kind + 1) * count].reduce(0, +)
            guard sum <= 1 + 1e-9 else {
                throw ParameterError(
                    parameter: "follow_up", found: "a row with the sum \(sum)", expected: "at most 1",
                    remedy: "smaller chances")
            }
        }
        ambiguity = try parameters.number("ambiguity")
        classifierError = try parameters.number("classifier_error")
        diagnosis = try parameters.number("diagnosis")

        let experts = try parameters.integer("experts")
        self.experts = experts
        speeds = try NumberTable.matrix(
            try parameters.string("speed"), rows: experts, columns: count, in: 0...100, parameter: "speed")
        resolutions = try NumberTable.matrix(
            try parameters.string("resolution"), rows: experts, columns: count, in: 0...1, parameter: "resolution")
        handling = try list("handling", 0.001...1_000_000)
        if try parameters.string("distribution") == "exponential" {
            distribution = .exponential
        } else {
            let variation = try parameters.number("variation")
            distribution = .logNormal(sigma: log(1 + variation * variation).squareRoot())
        }
        triage = try parameters.number("triage")
        allowsTransfers = try parameters.boolean("transfers")
        transferTime = try parameters.number("transfer_time")
        transferPatience = try parameters.number("transfer_patience")
        allowsConsulting = try parameters.boolean("consulting")
        consultSpeed = try parameters.number("consult_speed")

        targets = try list("target", 0...Self.longest)
        resolvedReward = try list("resolved_reward", 0...1000)
        unresolvedCost = try parameters.number("unresolved_cost")
        abandonmentCost = try list("abandonment_cost", 0...1000)
        waitingCost = try list("waiting_cost", 0...1000)
        transferCost = try parameters.number("transfer_cost")
        warmUp = try parameters.number("warm_up")
        tick = try parameters.number("tick")
        timeUnit = try parameters.number("time_unit")

        let speeds = self.speeds
        skills = (0..<experts).map { expert in
            (0..<count).reduce(0) { $0 | (speeds[expert * count + $1] > 0 ? 1 << UInt32($1) : 0) }
        }
        let own = skills
        skillsOfOthers = (0..<experts).map { expert in
            (0..<experts).reduce(0) { $0 | ($1 == expert ? 0 : own[$1]) }
        }
        for kind in 0..<count where !own.contains(where: { $0 >> UInt32(kind) & 1 != 0 }) {
            throw ParameterError(
                parameter: "speed", found: "nobody with the skill of \(kinds[kind])",
                expected: "a speed above 0 in each column",
                remedy: "1 for one of the experts")
        }
    }

    private static func readKinds(_ text: String) throws(ParameterError) -> [ContactKind] {
        let names = text.split(whereSeparator: { $0 == " " || $0 == "," || $0.isWhitespace })
        let known = ContactKind.allCases.map(\.rawValue)
        guard (1...kindLimit).contains(names.count) else {
            throw ParameterError(
                parameter: "kinds", found: "\(names.count) kinds", expected: "1 to \(kindLimit)",
                remedy: "'billing technical'")
        }
        var kinds: [ContactKind] = []
        for name in names {
            guard let kind = ContactKind(rawValue: String(name)) else {
                throw ParameterError(
                    parameter: "kinds", found: "'\(name)'", expected: "names from \(known.joined(separator: ", "))",
                    remedy: "'\(nearestName(to: String(name), in: known) ?? "billing")'")
            }
            guard !kinds.contains(kind) else {
                throw ParameterError(
                    parameter: "kinds", found: "'\(name)' twice", expected: "each kind once", remedy: "another kind")
            }
            kinds.append(kind)
        }
        return kinds
    }
}
