import ControlMessages
import Hummingbird

extension ControlRoutes {
    /// What expressions may name.
    var surroundingsRoutes: [Route] {
        [
            .get("/v1/interfaces", .statusRead) { _, _ in try .json(Listing(await engine.interfaces())) },
            .get("/v1/lists", .statusRead) { _, _ in try .json(Listing(await engine.lists())) },
            .get("/v1/lists/{name}", .statusRead) { _, context in
                try .json(await engine.list(try context.segment("name")))
            },
        ]
    }
}
