import ControlMessages
import Hummingbird

extension ControlRoutes {
    /// Syslog receivers.
    var syslogRoutes: [Route] {
        [
            .get("/v1/syslog", .statusRead) { _, _ in try .json(Listing(await engine.syslog())) }
                .documented("The syslog receivers, and what became of their messages", .list(of: SyslogState.self)),
            .change(.post, "/v1/syslog/{name}/test", .settingsChange) { _, context in
                try .json(await engine.testSyslog(try context.segment("name"), by: context.actor))
            }
            .documented("Send a test message, and wait until the receiver has it", .json(SyslogState.self)),
        ]
    }
}
