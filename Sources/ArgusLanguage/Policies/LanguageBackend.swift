public import ArgusHost

/// A language model that can be asked: in this process, or behind a server.
///
/// A batch is answered as a whole and in its order; how much of it is computed at the same time is the backend's own
/// affair and must not change a reply.
public protocol LanguageBackend: AnyObject {
    /// The model's name in results, price tables and caches: with the same name and ``adapter`` the same request has the
    /// same reply.
    var model: String { get }
    /// What else a reply depends on: a fingerprint of the weights, what is put on top of them (a LoRA adapter's hash), the
    /// format of texts; empty: nothing.
    var adapter: String { get }

    /// What the model can do; may have to ask a server, and then remembers.
    ///
    /// - Throws: ``ArgusError`` (policy) where the model cannot be used at all.
    func capabilities() throws(ArgusError) -> BackendCapabilities

    /// The log-probability of every token of every continuation.
    ///
    /// - Throws: ``ArgusError`` (policy) for what no other request would change, such as a key that is refused.
    func score(_ batch: [ScoringRequest]) throws(ArgusError) -> [BackendReply<CandidateScores>]

    /// A reply to each prompt.
    ///
    /// - Throws: as ``score(_:)``.
    func generate(_ batch: [GenerationRequest]) throws(ArgusError) -> [BackendReply<Generation>]

    /// The number of tokens of a text, if the backend knows; else prompts are measured by an estimate.
    func tokenCount(of text: String) -> Int?
}

extension LanguageBackend {
    public var adapter: String { "" }
    public func tokenCount(of text: String) -> Int? { nil }
}
