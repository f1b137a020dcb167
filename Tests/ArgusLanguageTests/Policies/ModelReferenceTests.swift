import ArgusHost
import ArgusLanguage
import Testing

@Suite("Models in teams")
struct ModelReferenceTests {
    @Test("A name, a file and a server are told apart, and options follow a question mark")
    func sources() throws {
        #expect(try ModelReference("smollm2").source == .named("smollm2"))
        #expect(try ModelReference("smollm2").options.mode == .score)
        #expect(try ModelReference("file:/models/a.gguf?mode=generate").source == .file("/models/a.gguf"))
        let served = try ModelReference("http://127.0.0.1:8080/v1/?model=a%20b&max_tokens=9&budget_cost=0.5")
        #expect(served.source == .server("http://127.0.0.1:8080/v1"))
        #expect(served.modelName == "a b" && served.options.mode == .generate)
        #expect(served.options.maximumTokens == 9 && served.options.budget.cost == 0.5)
    }

    @Test(
        "What cannot be meant is refused, with what was found",
        arguments: [
            ("", "no model"), ("smollm2?mode=guess", "'guess'"), ("smollm2?mod=score", "'mod'"),
            ("smollm2?mode=score&mode=score", "'mode' a second time"), ("smollm2?temperature=-1", "'-1'"),
            ("smollm2?temperature=nan", "'nan'"), ("smollm2?reask=2", "'2'"), ("smollm2?mode", "'mode'"),
            ("http://127.0.0.1:1/v1", "a server without 'model'"),
            ("smollm2?model=x", "'model' with a model in this process"),
            ("http://me:secret@host/v1?model=x", "a user or password in it"),
        ])
    func refused(argument: String, found: String) {
        let error = #expect(throws: ArgusError.self) { _ = try ModelReference(argument) }
        #expect(error?.found == found)
        #expect(error?.description.contains("secret@") == false)
    }
}
