import ControlMessages
import Hummingbird

extension ControlRoutes {
    var documentRoutes: [Route] {
        [
            .get("/v1/openapi.json", .statusRead) { _, _ in
                try .json(OpenAPIDocument.make(table, version: await engine.status().version))
            }
            .documented("This document", .file("application/json"))
        ]
    }
}
