public import ArgusHost
import Foundation

/// `llm:MODEL[?option=value&…]`: a language model, in this process or behind a server.
///
/// One provider serves a whole command: a model is opened once, and its replies, costs and budget are those of all
/// environments together.
public final class LanguagePolicyProvider: PolicyProvider {
    /// Opens a model that runs in this process.
    public typealias LocalModels = (ModelReference) throws(ArgusError) -> any LanguageBackend

    /// The channel of an environment whose agents can send each other messages.
    public typealias Channels = (VectorEnvironment) -> (any MessageChannel)?

    public let name = "llm"
    private let paths: Paths
    private let localModels: LocalModels
    private let channels: Channels
    private var cache: ReplyCache?
    private var transcript: Transcript?
    private var sessions: [String: Session] = [:]

    /// Files that are read and written.
    public struct Paths: Sendable {
        /// The prompt without option `prompt`.
        public var prompt: String
        /// The price table without option `prices`.
        public var prices: String
        /// Where replies are kept over runs; nil: nowhere.
        public var cache: String?
        /// A cache from which all replies must come; nil: models are asked.
        public var replay: String?
        /// Where decisions are written for people to read; nil: nowhere.
        public var transcript: String?

        public init(_ catalog: ScenarioCatalog) {
            prompt = catalog.promptPath
            prices = catalog.pricesPath
        }
    }

    /// One model with its options.
    private struct Session {
        var actor: LanguageActor
        var account: LanguageAccount
    }

    /// - Parameters: `localModels`: what opens models in this process; `channels`: by which way agents talk, if they do.
    public init(
        _ paths: Paths, localModels: @escaping LocalModels = LanguagePolicyProvider.noLocalModels,
        channels: @escaping Channels = { _ in nil }
    ) {
        self.paths = paths
        self.localModels = localModels
        self.channels = channels
    }

    /// For builds that can run no model themselves.
    public static func noLocalModels(_ reference: ModelReference) throws(ArgusError) -> any LanguageBackend {
        throw ArgusError(
            .policy, "no models in this process", at: "policy 'llm:\(reference.modelName)'",
            found: "a build without libtorch", expected: "a server's address",
            remedy: "'llm:http://127.0.0.1:8080/v1?model=NAME'")
    }

    public func makePolicies(
        argument: String?, agents: [Int], environment: VectorEnvironment, settings: PolicySettings
    ) throws(ArgusError) -> [TeamMember] {
        let reference = try ModelReference(argument ?? "")
        let choices = try LanguagePolicyProvider.choices(environment)
        let session = try session(reference, argument ?? "", settings)
        let players = try LanguagePlayers(
            session.actor, account: session.account, transcript: try openedTranscript(), channel: channels(environment),
            agents: agents, choices: choices, environment: environment, settings: settings)
        return agents.indices.map { .local(LanguagePolicy(players, position: $0)) }
    }

    /// The number of choices in a decision. A channel's symbols are none of them: a language model talks in texts.
    ///
    /// - Throws: ``ArgusError`` (policy) for an environment that a language model cannot play.
    private static func choices(_ environment: VectorEnvironment) throws(ArgusError) -> Int {
        let found: String
        switch environment.ownActions {
        case _ where !environment.offersText: found = "an environment without a text view"
        case .discrete(let heads) where heads.count == 1: return heads[0]
        case .discrete(let heads): found = "an environment with \(heads.count) choices a decision (action heads)"
        case .continuous: found = "an environment with continuous actions"
        }
        throw ArgusError(
            .policy, "nothing that a language model could play", at: "scenario \(environment.scenario.id)",
            found: found, expected: "a text view and one choice a decision, beside what agents tell each other",
            remedy: "another scenario")
    }

    private func session(
        _ reference: ModelReference, _ argument: String, _ settings: PolicySettings
    ) throws(ArgusError) -> Session {
        let key = "\(argument) \(settings.mode?.rawValue ?? "")"
        if let session = sessions[key] { return session }
        var options = reference.options
        // A recording needs no server, and so no key.
        if paths.replay != nil { options.key = nil }
        let prices = try PriceTable(contentsOf: options.prices ?? paths.prices)
        guard options.budget.cost == nil || prices.models[reference.modelName] != nil else {
            throw ArgusError(
                .policy, "a budget without a price", at: "team, policy 'llm:\(argument)', option 'budget_cost'",
                found: "no price of '\(reference.modelName)' in \(options.prices ?? paths.prices)",
                expected: "a price table that lists it", remedy: "'prices=FILE'")
        }
        let account = LanguageAccount(model: "llm:\(argument)", priced: reference.modelName, prices: prices)
        let backend: any LanguageBackend =
            if case .server(let base) = reference.source {
                try ServedModel(base, options: options)
            } else {
                try localModels(reference)
            }
        let source = ReplySource(
            cache: try openedCache(), account: account, budget: options.budget, isReplay: paths.replay != nil)
        let session = Session(
            actor: LanguageActor(
                backend, options: options, template: try PromptTemplate(contentsOf: options.prompt ?? paths.prompt),
                isGreedy: settings.mode == .greedy, source: source),
            account: account)
        sessions[key] = session
        return session
    }

    private func openedCache() throws(ArgusError) -> ReplyCache {
        if let cache { return cache }
        let opened =
            if let replay = paths.replay {
                try ReplyCache(path: replay, mustExist: true)
            } else if let path = paths.cache {
                try ReplyCache(path: path, mustExist: false)
            } else {
                try ReplyCache()
            }
        cache = opened
        return opened
    }

    private func openedTranscript() throws(ArgusError) -> Transcript? {
        if transcript == nil, let path = paths.transcript { transcript = try Transcript(path: path) }
        return transcript
    }
}
