import ControlMessages
import Hummingbird

extension ControlRoutes {
    var alertRoutes: [Route] {
        [
            .get("/v1/alerts", .statusRead) { _, _ in try .json(Listing(await engine.alerts())) }
                .documented("All alerts, and what they did", .list(of: AlertState.self)),
            .change(.post, "/v1/alerts/{name}/test", .settingsChange) { _, context in
                try .json(await engine.testAlert(try context.segment("name"), by: context.actor))
            }
            .documented("Send a message that tries whether an alert arrives", .json(AlertState.self)),
        ]
    }
}
