import ArgusHost
import Testing

@Suite("Team specifications")
struct TeamSpecificationTests {
    private let agents = ["robot_0", "robot_1", "medic"]

    private func policies(_ texts: String...) throws -> [String] {
        try TeamSpecification(texts).policies(for: agents)
    }

    @Test(
        "One policy is for all agents, whatever is in its name",
        arguments: [
            "random", "scripted:planner", "run:results/a-b/seed-0", "llm:smollm2",
            "llm:http://127.0.0.1:8080/v1?model=NAME&x=1", "peer:env=1",
        ])
    func onePolicy(text: String) throws {
        #expect(try policies(text) == [text, text, text])
    }

    @Test("Agents are named before the first =, and * is the rest")
    func agentsAndRest() throws {
        #expect(try policies("robot_0=a,*=b") == ["a", "b", "b"])
        #expect(try policies("*=b,robot_0=a") == ["a", "b", "b"])
        #expect(try policies("b,medic=a") == ["b", "b", "a"])
        #expect(try policies("robot_0=a", "robot_1=b", "medic=c") == ["a", "b", "c"])
        #expect(try policies("robot_*=a,medic=b") == ["a", "a", "b"])
        #expect(try policies("robot_0=llm:m?a=b,*=random") == ["llm:m?a=b", "random", "random"])
        #expect(try policies(" robot_0=a , * = b ".replacing(" = ", with: "=")) == ["a", "b", "b"])
    }

    @Test("A comma, a space or an = in double quotes is part of the policy")
    func quotes() throws {
        #expect(try policies("\"peer:python a.py, b\"") == Array(repeating: "peer:python a.py, b", count: 3))
        #expect(
            try policies("robot_0=\"peer:python a.py\",*=random") == ["peer:python a.py", "random", "random"])
        #expect(try policies("peer:\"python a.py\"") == Array(repeating: "peer:python a.py", count: 3))
        #expect(try policies("\"a=b\"") == ["a=b", "a=b", "a=b"])
    }

    @Test(
        "The description reads back as the same team",
        arguments: [
            "random", "robot_0=a,*=b", "\"peer:python a.py, b\"", "robot_0=\"a, b\",*=c", "\"a=b\"", "medic=a=b,*=c",
        ])
    func roundTrip(text: String) throws {
        let team = try TeamSpecification([text])
        #expect(try TeamSpecification([team.description]) == team)
    }

    @Test(
        "Bad syntax is refused",
        arguments: [
            ("", "bad team item"), (",", "bad team item"), ("random,", "bad team item"), ("robot_0=", "bad team item"),
            ("\"\"", "bad team item"), ("\"random", "unfinished quote"), ("random\"", "unfinished quote"),
            ("peer:python a.py", "a space outside double quotes"),
        ])
    func badSyntax(text: String, reason: String) {
        let error = argusError { _ = try TeamSpecification([text]) }
        #expect(error?.code == .configuration)
        #expect(error?.description.contains(reason) == true)
        #expect(error?.remedy?.contains("--team") != false)
    }

    @Test("No team at all is refused")
    func empty() {
        #expect(argusError { _ = try TeamSpecification([]) }?.what == "empty team")
    }

    @Test(
        "Teams that do not fit the agents are refused",
        arguments: [
            ("robot_0=a", "agent without a policy"), ("robot_0=a,robot_0=b,*=c", "two policies for one agent"),
            ("a,b", "two policies for one agent"), ("a,*=b", "two policies for one agent"),
            ("robot_9=a,*=b", "unknown agent"), ("drone_*=a,*=b", "unknown agent"),
        ])
    func misfits(text: String, what: String) {
        let error = argusError { _ = try policies(text) }
        #expect(error?.what == what)
        if what == "unknown agent", text.hasPrefix("robot") { #expect(error?.remedy?.contains("robot_") == true) }
    }
}
