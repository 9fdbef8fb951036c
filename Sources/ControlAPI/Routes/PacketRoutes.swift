import ControlMessages
import Hummingbird

extension ControlRoutes {
    /// Packet logging, and what an expression means.
    var packetRoutes: [Route] {
        [
            .get("/v1/packet-log", .statusRead) { _, _ in try .json(await engine.packetLog()) }
                .documented("Packet logging as it is", .json(PacketLogState.self)),
            .change(.put, "/v1/packet-log", .packetLogChange) { request, context in
                let wanted: ExpressionText = try await request.message(limits)
                return try .json(await engine.setPacketLog(wanted.expression, by: context.actor))
            }
            .documented("Set the expression of packet logging", .json(PacketLogState.self), takes: ExpressionText.self),
            .change(.delete, "/v1/packet-log", .packetLogChange) { _, context in
                try .json(await engine.setPacketLog(nil, by: context.actor))
            }
            .documented("End packet logging", .json(PacketLogState.self)),
            // A question, though its body makes it a POST.
            Route(.post, "/v1/explain", .scope(.statusRead), isAudited: false) { request, _ in
                let asked: ExpressionText = try await request.message(limits)
                return try .json(await engine.explain(asked.expression))
            }
            .documented("What an expression means here", .json(ExpressionReport.self), takes: ExpressionText.self),
        ]
    }
}
