import ArgusLanguage
import Foundation

/// The real model that tests use.
enum LanguageModelFile {
    static let smollm2: String? = ProcessInfo.processInfo.environment["SMOLLM2_FILE"]
}
