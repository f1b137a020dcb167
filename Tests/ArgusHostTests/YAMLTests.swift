import ArgusEnvAPI
import ArgusHost
import Foundation
import Testing

@Suite("YAML files are read strictly, with one clear error")
struct YAMLTests {
    private func section(_ text: String) throws(ArgusError) -> YAMLSection {
        try YAMLSection(text: text, file: "t.yaml")
    }

    /// The error that `body` throws, which must be one.
    private func failure(_ body: () throws -> Void) -> ArgusError? {
        do {
            try body()
            Issue.record("no error")
        } catch let error as ArgusError {
            return error
        } catch {
            Issue.record("another error: \(error)")
        }
        return nil
    }

    @Test func readsEachTypeFromItsKey() throws {
        let root = try section(
            """
            name: tiny
            count: 12
            rate: 0.5
            flag: true
            inner: {a: 1, deep: {b: [x, 2]}}
            """)
        #expect(try root.string("name") == "tiny")
        #expect(try root.integer("count", in: 1...20) == 12)
        #expect(try root.number("rate") == 0.5)
        #expect(try root.number("count") == 12)
        #expect(try root.boolean("flag"))
        let list = try root.section("inner").section("deep").list("b")
        #expect(try list[0].string() == "x")
        #expect(list[1].place == "t.yaml:5, key 'inner.deep.b[1]'")
        #expect(root["absent"] == nil)
        #expect(root.keys == ["name", "count", "rate", "flag", "inner"])
    }

    @Test func scalarsFollowTheCoreSchema() throws {
        let cases: [(String, ParameterValue)] = [
            ("12", .integer(12)), ("-3", .integer(-3)), ("+4", .integer(4)), ("0x1F", .integer(31)),
            ("0o17", .integer(15)), ("007", .integer(7)), ("1.5", .number(1.5)), ("1.", .number(1)),
            (".5", .number(0.5)), ("-1e3", .number(-1000)), ("2.5E-2", .number(0.025)), ("true", .boolean(true)),
            ("False", .boolean(false)), ("yes", .string("yes")), ("off", .string("off")), ("1_000", .string("1_000")),
            ("'12'", .string("12")), ("\"true\"", .string("true")), ("1.2.3", .string("1.2.3")),
            ("12 boxes", .string("12 boxes")), ("1e", .string("1e")), ("-", .string("-")), ("0xZZ", .string("0xZZ")),
            ("2001-01-01", .string("2001-01-01")), ("1:30", .string("1:30")),
        ]
        for (text, value) in cases where text != "-" {
            #expect(try section("v: \(text)").parameters() == ["v": value], "\(text)")
        }
    }

    @Test(arguments: [
        ("a: 1\nb:\n\tc: 2\n", "tab in the indentation", "t.yaml:3"),
        ("a: 1\n\tb: 2\n", "tab in the indentation", "t.yaml:2"),
        ("a: 1\nb: 2\na: 3\n", "duplicate key", "t.yaml:3, key 'a'"),
        ("s:\n  a: 1\n  a: 2\n", "duplicate key", "t.yaml:3, key 'a'"),
        ("a: {b: 1, b: 2}", "duplicate key", "t.yaml:1, key 'b'"),
        ("1: a\n\"1\": b\n", "duplicate key", "t.yaml:1, key '1'"),
        ("a: [1, 2\nb: 3\n", "not YAML", "t.yaml:2"),
        ("a: \"x\n", "not YAML", "t.yaml:2"),
        ("a: b: c\n", "not YAML", "t.yaml:1"),
        ("a: 1\n---\nb: 2\n", "not YAML", "t.yaml:2"),
        ("a: 1\nb: \u{1}\n", "not YAML", "t.yaml:2"),
        ("", "empty file", "t.yaml"),
        ("# only a comment\n", "empty file", "t.yaml"),
        ("---\n", "empty file", "t.yaml"),
        ("- a\n- b\n", "wrong type", "t.yaml:1"),
        ("just words\n", "wrong type", "t.yaml:1"),
        ("? [a, b]\n: 1\n", "bad key", "t.yaml:1"),
        ("a: !!str 5\n", "tag in a file", "t.yaml:1"),
        ("a: &x 1\nb: *x\n", "alias in a file", "t.yaml:2"),
    ])
    func refusesWithPlace(text: String, what: String, place: String) {
        let error = failure { _ = try section(text) }
        #expect(error?.what == what)
        #expect(error?.place == place)
        #expect(error?.code == .configuration)
    }

    @Test func nestedAliasesAreRefusedAtOnce() {
        var text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1...30 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 10).joined(separator: ", ")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        // As a key they would be hashed by the parser, one by one.
        text += "? *a30\n: 1\n"
        #expect(failure { _ = try section(text) }?.what == "alias in a file")
        #expect(failure { _ = try section("{&a:*b, c: &b [x]}") } != nil)
    }

    @Test func ampersandsAndStarsInTextAreText() throws {
        let root = try section("a: fish &chips *today*\nb: 'x & *y'\nc: \"&q *r\"\n")
        #expect(try root.string("a") == "fish &chips *today*")
        #expect(try root.string("b") == "x & *y")
        #expect(try root.string("c") == "&q *r")
    }

    @Test func deepNestingIsRefused() {
        let text = "a: " + String(repeating: "[", count: 100_000)
        #expect(failure { _ = try section(text) }?.what == "not YAML")
    }

    @Test func unknownKeyNamesTheNearest() {
        let error = failure { try section("horizont: 5").allow(["horizon", "reward"]) }
        #expect(
            error?.description
                == "unknown key (t.yaml:1, key 'horizont'): found 'horizont', expected one of horizon, reward. "
                + "Try 'horizon'.")
    }

    @Test func missingKeyNamesSectionAndKey() {
        let error = failure { _ = try section("a: 1\ns:\n  x: 1\n").section("s").integer("y") }
        #expect(error?.what == "missing key")
        #expect(error?.place == "t.yaml:2, key 's.y'")
    }

    @Test(arguments: [
        ("v: abc", "the string 'abc'"), ("v: '5'", "the string '5'"), ("v: [1]", "a list"),
        ("v: {a: 1}", "a mapping (keys and values)"), ("v:", "nothing"), ("v: true", "the boolean true"),
        ("v: 1.5", "the number 1.5"),
    ])
    func wrongTypeSaysWhatWasFound(text: String, found: String) {
        let error = failure { _ = try section(text).integer("v") }
        #expect(error?.what == "wrong type")
        #expect(error?.found == found)
        #expect(error?.expected == "an integer")
        #expect(error?.place == "t.yaml:1, key 'v'")
    }

    @Test func numbersMustBeFiniteAndFit() {
        for text in [".inf", "-.inf", ".nan", "1e999"] {
            #expect(failure { _ = try section("v: \(text)").number("v") }?.expected == "a finite number", "\(text)")
            #expect(failure { _ = try section("v: \(text)").parameters() }?.expected == "a finite number", "\(text)")
        }
        for text in ["9223372036854775808", "-99999999999999999999", "0xFFFFFFFFFFFFFFFFF"] {
            let expected = "an integer of at most 64 bits"
            #expect(failure { _ = try section("v: \(text)").integer("v") }?.expected == expected, "\(text)")
            #expect(failure { _ = try section("v: \(text)").parameters() }?.expected == expected, "\(text)")
        }
        #expect(failure { _ = try section("v: 7").integer("v", in: 1...5) }?.expected == "an integer, 1 to 5")
    }

    @Test func remediesSayWhatWasProbablyMeant() {
        #expect(failure { _ = try section("v: yes").boolean("v") }?.remedy == "'true'")
        #expect(failure { _ = try section("v: 1_000_000").integer("v") }?.remedy == "'1000000'")
        #expect(failure { _ = try section("v: 100.0").integer("v") }?.remedy == "'100'")
        #expect(failure { _ = try section("v: 1.0").string("v") }?.remedy == "quotes: \"1.0\"")
        #expect(failure { _ = try section("v: tem").required("v").oneOf(["team", "individual"]) }?.remedy == "'team'")
        #expect(failure { _ = try section("v: {a: 1}").list("v") }?.found == "a mapping (keys and values)")
        #expect(failure { _ = try section("v: [1]").section("v") }?.found == "a list")
    }

    @Test func filesThatAreNotTextAreRefused() throws {
        let folder = try TemporaryFolder()
        let good = try folder.write("a: 1\n", to: "good.yaml")
        #expect(try YAMLSection(contentsOf: good).integer("a") == 1)
        #expect(try YAMLSection(contentsOf: folder.write("\u{FEFF}a: 1\r\nb: 2\r\n", to: "bom.yaml")).integer("b") == 2)

        let missing = failure { _ = try YAMLSection(contentsOf: folder.path + "/goood.yaml") }
        #expect(missing?.code == .file)
        #expect(missing?.found == "no such file")
        #expect(missing?.remedy == "'good.yaml' in the same folder")
        #expect(failure { _ = try YAMLSection(contentsOf: folder.path) }?.found == "a folder")
        #expect(failure { _ = try YAMLSection(contentsOf: good + "/x") }?.code == .file)
        #expect(failure { _ = try YAMLSection(contentsOf: "/dev/zero") }?.found == "a pipe, socket or device")
        let binary = try folder.write(Data("a: 1\nb: ".utf8) + Data([0xFF, 0xFE, 0x0A]), to: "binary.yaml")
        let notText = failure { _ = try YAMLSection(contentsOf: binary) }
        #expect(notText?.what == "not a text file")
        #expect(notText?.place == "\(binary):2")
        let large = try folder.write(String(repeating: "# comment\n", count: 100_001), to: "large.yaml")
        #expect(failure { _ = try YAMLSection(contentsOf: large) }?.what == "file is too large")
    }

    @Test func mutatedTextNeverCrashes() {
        let seed =
            "scenario: a/b\nparameters: {x: [1, 'y', \"z\"], w: &q 3}\nscore:\n  - k: |\n      text *q\n    m: ~\n"
        var random = SplitMix64(seed: 7)
        let alphabet = Array("\t\n :-?[]{},#&*!|>'\"%@`\\0aé\0\u{1}\u{2028}".utf8)
        for _ in 0..<20_000 {
            var bytes = Array(seed.utf8)
            for _ in 0...Int(random.next() % 6) {
                let index = Int(random.next() % UInt64(bytes.count))
                let byte = alphabet[Int(random.next() % UInt64(alphabet.count))]
                switch random.next() % 3 {
                case 0: bytes[index] = byte
                case 1: bytes.insert(byte, at: index)
                default: bytes.remove(at: index)
                }
            }
            do throws(ArgusError) {
                _ = try section(String(decoding: bytes, as: UTF8.self))
            } catch {
                #expect(!error.found.isEmpty && !error.expected.isEmpty && error.place.hasPrefix("t.yaml"))
            }
        }
    }

    @Test func fingerprintIsFNV1a() throws {
        // The test vectors of the hash's authors (isthe.com/chongo/tech/comp/fnv).
        #expect(Fingerprint.fnv1a64([]) == 0xcbf2_9ce4_8422_2325)
        #expect(Fingerprint.fnv1a64("a".utf8) == 0xaf63_dc4c_8601_ec8c)
        #expect(Fingerprint.fnv1a64("foobar".utf8) == 0x8594_4171_f739_67e8)
        let folder = try TemporaryFolder()
        let content = Data((0..<700_001).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let path = try folder.write(content, to: "f.bin")
        #expect(try Fingerprint.file(path) == Fingerprint.text(Fingerprint.fnv1a64(content)))
        #expect(failure { _ = try Fingerprint.file(folder.path) }?.found == "a folder")
    }
}
