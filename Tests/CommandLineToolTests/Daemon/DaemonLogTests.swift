import ControlClient
import ControlMessages
import ControlTestSupport
import Testing

@testable import CommandLineTool

@Suite("gatelog log, answered by a daemon")
struct DaemonLogTests {
    private static func run(_ gateway: Gateway, _ arguments: String...) async throws -> CommandRun {
        try await CommandRun.run(["log"] + arguments + ["--socket", gateway.client.socket])
    }

    @Test("The last lines, one by one and page by page")
    func last() async throws {
        try await Gateway.with { gateway async throws in
            #expect(try await Self.run(gateway, "debug").output == "one\ntwo\nthree\n")
            #expect(try await Self.run(gateway, "debug", "-n", "2").output == "two\nthree\n")
            let lines = (0..<25_000).map { "line \($0)" }
            await gateway.engine.change { $0.logLines["debug"] = lines }
            let many = try await Self.run(gateway, "debug", "-n", "24000")
            #expect(many.output == lines.suffix(24_000).map { "\($0)\n" }.joined())
        }
    }

    @Test("All lines that meet a condition, page by page, the oldest first")
    func all() async throws {
        try await Gateway.with { gateway async throws in
            let lines = (0..<25_000).map { "line \($0)" }
            await gateway.engine.change { $0.logLines["debug"] = lines }
            let found = try await Self.run(gateway, "debug", "--grep", "7")
            #expect(found.output == lines.filter { $0.contains("7") }.map { "\($0)\n" }.joined())
            #expect(found.status == 0)
            let none = try await Self.run(gateway, "debug", "--grep", "nothing")
            #expect(none.status == 1)
            #expect(none.output.isEmpty && none.errors.isEmpty)
        }
    }

    @Test("Every option reaches the daemon")
    func options() async throws {
        try await Gateway.with { gateway async throws in
            _ = try await Self.run(
                gateway, "debug", "--grep", "a", "-i", "--match", "port = 80", "--kind", "packet", "--kind", "gap",
                "--since", "2026-11-21T10:00:00", "--until", "2026-11-21T12:00:00+01:00", "--utc", "--json", "-n", "5")
            let call = await gateway.engine.questions.last
            #expect(
                call == """
                    limit=5 grep=a match=port = 80 since=2026-11-21T10:00:00.000000000Z \
                    until=2026-11-21T11:00:00.000000000Z kind=packet kind=gap ignore_case=true json=true
                    """)
        }
    }

    @Test("JSON: the record of each line, or the line itself where nobody knows more")
    func json() async throws {
        try await Gateway.with { gateway async throws in
            let run = try await Self.run(gateway, "debug", "--json")
            #expect(
                run.output == """
                    {"kind":"packet","text":"one"}
                    {"kind":"text","line":"two"}
                    {"kind":"packet","text":"three"}

                    """)
        }
    }

    @Test("Following shows what comes, says what was missed, and ends with the daemon")
    func follow() async throws {
        try await Gateway.with { gateway async throws in
            let following = Task { try await Self.run(gateway, "debug", "-f", "-n", "1") }
            #expect(await Gateway.wait { await gateway.engine.followerCount == 1 })
            var page = LogPage(lines: ["four"], more: false)
            page.missed = 1234
            await gateway.engine.publish(page)
            try await Task.sleep(for: .milliseconds(200))
            await gateway.stop()
            let run = try await following.value
            #expect(run.output == "three\nfour\n")
            #expect(run.errors.hasPrefix("warning: 1,234 lines were missed"))
            #expect(run.errors.hasSuffix("the daemon stopped\n"))
            #expect(run.status == 2)
        }
    }

    @Test("Clearing a log takes a yes")
    func clear() async throws {
        try await Gateway.with { gateway async throws in
            let asked = try await Self.run(gateway, "clear", "debug")
            #expect(asked.status == 2)
            #expect(asked.errors.contains("say --yes"))
            #expect(await gateway.engine.logLines["debug"]?.count == 3)
            #expect(try await Self.run(gateway, "clear", "debug", "--yes").output == "The debug log is empty.\n")
            #expect(await gateway.engine.logLines["debug"]?.isEmpty == true)
        }
    }

    @Test("A log that is not there, and options that go with a file alone")
    func mistakes() async throws {
        try await Gateway.with { gateway async throws in
            let none = try await Self.run(gateway, "debgu")
            #expect(none.status == 2)
            #expect(none.errors == "error: there is no log \"debgu\"\n")
            #expect(try await Self.run(gateway, "debug", "--settings", "x.yaml").status == 2)
            #expect(try await Self.run(gateway, "debug", "--single").status == 2)
        }
    }
}
