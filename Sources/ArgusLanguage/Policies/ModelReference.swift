import ArgusEnvAPI
public import ArgusHost
import Foundation

/// Which model a team's `llm:MODEL[?option=value&…]` means, and how it is to act.
public struct ModelReference: Sendable, Hashable {
    public enum Source: Sendable, Hashable {
        /// A model by its name, such as `smollm2`, run in this process.
        case named(String)
        /// A model file or folder, run in this process.
        case file(String)
        /// An OpenAI-compatible server's base address, such as `http://127.0.0.1:8080/v1`.
        case server(String)
    }

    public var source: Source
    public var options: LanguageOptions

    /// - Parameter argument: what follows `llm:`.
    /// - Throws: ``ArgusError`` (policy) for an unknown option or an impossible value.
    public init(_ argument: String) throws(ArgusError) {
        let parts = argument.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let model = String(parts[0])
        let place = "team, policy 'llm:\(argument)'"
        guard !model.isEmpty else {
            throw ArgusError(
                .policy, "bad policy", at: place, found: "no model",
                expected: "a model's name, file:PATH or a server's address",
                remedy: "'llm:smollm2' or 'llm:http://127.0.0.1:8080/v1?model=NAME'")
        }
        if model.hasPrefix("http://") || model.hasPrefix("https://") {
            guard let url = URL(string: model), url.host != nil else {
                throw ArgusError(
                    .policy, "bad address", at: place, found: "'\(model)'", expected: "http://HOST:PORT/v1")
            }
            guard url.user == nil, url.password == nil else {
                throw ArgusError(
                    .policy, "a secret in an address", at: "team, policy llm", found: "a user or password in it",
                    expected: "an address without one",
                    remedy: "'key=NAME' with the environment variable that has the key")
            }
            var base = model
            while base.hasSuffix("/") { base.removeLast() }
            source = .server(base)
        } else if model.hasPrefix("file:") {
            source = .file(String(model.dropFirst("file:".count)))
        } else {
            source = .named(model)
        }
        let isServer = if case .server = source { true } else { false }
        options = try LanguageOptions(
            parts.count > 1 ? String(parts[1]) : "", defaultMode: isServer ? .generate : .score, at: place)
        guard !isServer || options.model != nil else {
            throw ArgusError(
                .policy, "no model", at: place, found: "a server without 'model'", expected: "the model that it serves",
                remedy: "'\(model)?model=NAME'")
        }
        guard isServer || options.model == nil else {
            throw ArgusError(
                .policy, "option without use", at: place, found: "'model' with a model in this process",
                expected: "'model' only with a server's address")
        }
    }

    /// Under which name results, prices and caches know the model: the server's name for it, else the one given.
    public var modelName: String {
        switch source {
        case .named(let name): name
        case .file(let path): (path as NSString).lastPathComponent
        case .server: options.model ?? ""
        }
    }
}
