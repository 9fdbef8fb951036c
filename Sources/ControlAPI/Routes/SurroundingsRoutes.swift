import ControlMessages
import Hummingbird

extension ControlRoutes {
    /// What expressions may name.
    var surroundingsRoutes: [Route] {
        [
            .get("/v1/interfaces", .statusRead) { _, _ in try .json(Listing(await engine.interfaces())) }
                .documented("The interfaces of the gateway", .list(of: InterfaceState.self)),
            .get("/v1/lists", .statusRead) { _, _ in try .json(Listing(await engine.lists())) }
                .documented("All address lists", .list(of: AddressListState.self)),
            .get("/v1/lists/{name}", .statusRead) { _, context in
                try .json(await engine.list(try context.segment("name")))
            }
            .documented("An address list, its first thousand ranges", .json(AddressListState.self)),
        ]
    }
}
