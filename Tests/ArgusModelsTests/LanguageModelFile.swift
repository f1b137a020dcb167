import ArgusModels
import Foundation
import Testing

/// The real model that tests use, fetched once into the user's cache.
enum LanguageModelFile {
    /// Where it is; nil without a network the first time.
    static let smollm2: String? = try? ModelStore().fetch(.smollm2)
    static let isHere = smollm2 != nil
    static let missing: Comment = "needs the model llm:smollm2, which cannot be fetched"
}
