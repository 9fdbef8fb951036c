import Records
import Testing

@Suite("What the engine says of itself")
struct EngineEventTests {
    @Test("Start and end, in both dialects")
    func startAndEnd() {
        #expect(EngineEvent.startup.text(.control) == "Engine: Startup")
        #expect(EngineEvent.shutdown.text(.control) == "Engine: Shutdown")
        #expect(EngineEvent.startup.text(.winroute) == "Engine: Startup.")
        #expect(EngineEvent.shutdown.text(.winroute) == "Engine: Shutdown.")
    }

    @Test("A run that ended without a shutdown is told with what is known of it")
    func crash() {
        #expect(
            EngineEvent.crashed(startedAt: "21/Nov/2026 10:00:00", processID: 17).text(.control)
                == "Engine: The run begun 21/Nov/2026 10:00:00 (process 17) ended without a shutdown")
        #expect(
            EngineEvent.crashed(startedAt: nil, processID: 17).text(.control)
                == "Engine: The run (process 17) ended without a shutdown")
    }

    @Test("A change says who, from where, what, old and new")
    func change() {
        let change = ConfigurationChange(
            who: "jane", from: "unix socket, pid 4711", path: "logs.debug.keep", old: "30", new: nil)
        #expect(change.text == "jane (unix socket, pid 4711) changed logs.debug.keep: 30 -> (none)")
    }
}
