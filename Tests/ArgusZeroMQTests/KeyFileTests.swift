import ArgusZeroMQ
import Foundation
import Glibc
import Testing

@Suite struct KeyFileTests {
    private let folder: Folder

    init() throws { folder = try Folder() }

    @Test func aPairIsWrittenForItsOwnerAloneAndReadBack() throws {
        let keys = try KeyPair.generate()
        let paths = try KeyFile.create(folder.path + "/host", keys: keys)
        #expect(paths.secret == folder.path + "/host.key" && paths.public == folder.path + "/host.pub")
        #expect(try mode(paths.secret) == 0o600)
        #expect(try mode(paths.public) & 0o077 == 0o044)
        #expect(try KeyFile.readKeyPair(paths.secret) == keys)
        #expect(try KeyFile.readPublicKey(paths.public) == keys.publicKey)
        #expect(try !String(contentsOfFile: paths.public, encoding: .utf8).contains(keys.secretKey.text))
    }

    @Test(arguments: [".key", ".pub"])
    func keysAreNeverOverwritten(ending: String) throws {
        let name = folder.path + "/taken"
        try Data("mine".utf8).write(to: URL(fileURLWithPath: name + ending))
        let error = #expect(throws: ConfigurationError.self) { try KeyFile.create(name, keys: .generate()) }
        #expect(error?.place == name + ending)
        #expect(try String(contentsOfFile: name + ending, encoding: .utf8) == "mine")
        #expect(!FileManager.default.fileExists(atPath: name + (ending == ".key" ? ".pub" : ".key")))
    }

    @Test(arguments: [0o640, 0o604, 0o644, 0o620] as [mode_t])
    func aSecretFileThatOthersCanReachIsRefusedWithTheRemedy(mode: mode_t) throws {
        let paths = try KeyFile.create(folder.path + "/open", keys: .generate())
        chmod(paths.secret, mode)
        let error = #expect(throws: ConfigurationError.self) { try KeyFile.readKeyPair(paths.secret) }
        #expect(error?.code == .keyFile)
        #expect(error?.remedy?.contains("chmod 600 \(paths.secret)") == true)
    }

    @Test func mistakesInAFileAreNamedByTheirLine() throws {
        let keys = try KeyPair.generate()
        let other = try KeyPair.generate()
        let name = folder.path + "/wrong.key"
        let valid = "public-key = \"\(keys.publicKey)\"\n"
        for (text, line, found) in [
            ("curve\n    public-key = \(keys.publicKey)\n", ":2", "a line of another form"),
            ("# note\n\ncurve\n    \(valid)    \(valid)", ":5", "'public-key'"),
            ("curve\n    privat-key = \"x\"\n", ":2", "'privat-key'"),
            ("curve\n    secret-key = \"too short\"\n", ":2", "9 characters"),
            (
                "curve\n  public-key = \"\(other.publicKey)\"\n  secret-key = \"\(keys.secretKey.text)\"\n", ":2",
                "another pair"
            ),
            ("curve\n    \(valid)", "", "secret-key"),
            ("", "", "secret-key"),
        ] {
            try Data(text.utf8).write(to: URL(fileURLWithPath: name))
            chmod(name, 0o600)
            let error = #expect(throws: ConfigurationError.self) { try KeyFile.readKeyPair(name) }
            #expect(error?.place == name + line)
            #expect(error?.found.contains(found) == true, "\(error.map { "\($0)" } ?? "")")
            #expect(error.map { "\($0)".contains(keys.secretKey.text) } == false)
        }
        #expect(throws: ConfigurationError.self) { try KeyFile.readKeyPair(folder.path + "/missing.key") }
        #expect(throws: ConfigurationError.self) { try KeyFile.readKeyPair(folder.path) }
    }

    @Test func aSecretFileIsNotTakenForAPublicOne() throws {
        let paths = try KeyFile.create(folder.path + "/both", keys: .generate())
        let error = #expect(throws: ConfigurationError.self) { try KeyFile.readPublicKey(paths.secret) }
        #expect(error?.found == "a secret key")
    }

    @Test func theFormOfOtherToolsIsRead() throws {
        let keys = try KeyPair.generate()
        let name = folder.path + "/foreign.pub"
        let text =
            "#   **** Generated on 2024 by pyzmq ****\n\nmetadata\n    name = \"alice\"\ncurve\n"
            + "    public-key = \"\(keys.publicKey)\"\n"
        try Data(text.utf8).write(to: URL(fileURLWithPath: name))
        #expect(try KeyFile.readPublicKey(name) == keys.publicKey)
    }

    private func mode(_ path: String) throws -> mode_t {
        var status = stat()
        try #require(stat(path, &status) == 0)
        return status.st_mode & 0o777
    }

    private final class Folder: Sendable {
        let path: String

        init() throws {
            let url = FileManager.default.temporaryDirectory.appendingPathComponent("argus-keys-\(UUID().uuidString)")
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            path = url.path
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }
}
