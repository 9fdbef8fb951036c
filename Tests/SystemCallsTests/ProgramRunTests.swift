import Testing

@testable import SystemCalls

@Suite("Programs beside this one")
struct ProgramRunTests {
    static func run(
        _ script: String, input: String = "", environment: [String] = [], limit: Int64 = 20_000_000_000,
        kept: Int = 4096
    ) throws -> ProgramRun.Outcome {
        var run = ProgramRun(
            path: "/bin/sh", arguments: ["-c", script], environment: environment, input: Array(input.utf8), limit: limit
        )
        run.keptOutput = kept
        return try run.run(stop: try Wakeup())
    }

    static func text(_ outcome: ProgramRun.Outcome) -> String { String(decoding: outcome.output, as: UTF8.self) }

    @Test("What it is given, and how it ended")
    func plain() throws {
        let outcome = try Self.run(
            "cat; echo $A; pwd; exit 3", input: "hello\n", environment: ["A=b c", "PATH=/usr/bin:/bin"])
        #expect(outcome.ending == .exited(3))
        #expect(Self.text(outcome) == "hello\nb c\n/\n")
        #expect(try Self.run("kill -9 $$").ending == .killed(signal: 9))
    }

    @Test("Arguments arrive as they are, for no shell reads them")
    func arguments() throws {
        let words = ["$(id)", "`id`", "a b", "", ";", "*", "ü\"'\\"]
        let run = ProgramRun(
            path: "/usr/bin/printf", arguments: ["%s|"] + words, environment: [], input: [], limit: 20_000_000_000)
        let outcome = try run.run(stop: try Wakeup())
        #expect(Self.text(outcome) == words.map { $0 + "|" }.joined())
    }

    @Test("A program that does not read, with more to say than a pipe holds")
    func unreadInput() throws {
        let outcome = try Self.run("exit 0", input: String(repeating: "x", count: 1 << 20))
        #expect(outcome.ending == .exited(0))
    }

    @Test("One that prints without end is read to its end, and only the beginning is kept")
    func muchOutput() throws {
        let outcome = try Self.run(
            "head -c 3000000 /dev/zero | tr '\\0' x", environment: ["PATH=/usr/bin:/bin"], kept: 100)
        #expect(outcome.ending == .exited(0))
        #expect(outcome.output.count == 100)
    }

    @Test("One that takes too long is killed, with all that it started")
    func tooLong() throws {
        let outcome = try Self.run(
            "sleep 1000 & echo $!; trap '' TERM; while :; do sleep 1; done", environment: ["PATH=/usr/bin:/bin"],
            limit: 500_000_000)
        #expect(outcome.ending == .timedOut)
        let child = try #require(Int32(Self.text(outcome).trimmingLine))
        #expect(Self.isGone(child))
    }

    @Test("What one leaves behind goes with it, and is not waited for")
    func leftBehind() throws {
        let before = Clocks.monotonic
        let outcome = try Self.run("sleep 1000 & echo $!", environment: ["PATH=/usr/bin:/bin"])
        #expect(outcome.ending == .exited(0))
        #expect(Clocks.monotonic - before < 15_000_000_000)
        #expect(Self.isGone(try #require(Int32(Self.text(outcome).trimmingLine))))
    }

    @Test("It is ended when the caller wants that")
    func stopped() throws {
        let stop = try Wakeup()
        stop.signal()
        let run = ProgramRun(
            path: "/bin/sleep", arguments: ["1000"], environment: [], input: [], limit: 60_000_000_000)
        #expect(try run.run(stop: stop).ending == .stopped)
    }

    @Test("It has its own process group, no signal blocked, and no descriptor of ours")
    func surroundings() throws {
        let file = try FileDescriptor(opening: "/dev/null", for: .read)
        let outcome = try Self.run(
            "ls /proc/self/fd | wc -l; grep SigBlk /proc/self/status; ps -o pgid= -p $$; echo $$",
            environment: ["PATH=/usr/bin:/bin"])
        let lines = Self.text(outcome).split(separator: "\n").map { $0.filter { $0 != " " && $0 != "\t" } }
        // 0, 1, 2 and the folder that ls reads.
        #expect(lines.first == "4", "\(Self.text(outcome))")
        #expect(lines.contains("SigBlk:0000000000000000"))
        #expect(lines[2] == lines[3])
        _ = file.number
    }

    @Test("One that is not there, or is no program")
    func notThere() {
        for path in ["/nonexistent/program", "/etc/passwd", "/"] {
            let run = ProgramRun(path: path, arguments: [], environment: [], input: [], limit: 1_000_000_000)
            #expect(throws: SystemCallError.self) { try run.run(stop: try Wakeup()) }
        }
    }

    /// Whether a process is not there any more, or only waits to be noticed.
    static func isGone(_ process: Int32) -> Bool {
        for _ in 0..<200 {
            guard let bytes = try? Paths.contents("/proc/\(process)/stat", limit: 4096) else { return true }
            let state = String(decoding: bytes, as: UTF8.self).split(separator: ")").last?.first { $0 != " " }
            if state == "Z" { return true }
            Clocks.sleep(nanoseconds: 10_000_000)
        }
        return false
    }
}

extension String {
    fileprivate var trimmingLine: String { String(prefix { $0 != "\n" }) }
}
