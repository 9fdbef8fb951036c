import ControlMessages
import Hummingbird

extension ControlRoutes {
    /// Packet logging, and what an expression means.
    var packetRoutes: [Route] {
        [
            .get("/v1/packet-log") { _, _ in try .json(await engine.packetLog()) },
            .change(.put, "/v1/packet-log") { request, context in
                let wanted: ExpressionText = try await request.message(limits)
                return try .json(await engine.setPacketLog(wanted.expression, by: context.actor))
            },
            .change(.delete, "/v1/packet-log") { _, context in
                try .json(await engine.setPacketLog(nil, by: context.actor))
            },
            // A question, though its body makes it a POST.
            Route(method: .post, path: "/v1/explain", permission: .read) { request, _ in
                let asked: ExpressionText = try await request.message(limits)
                return try .json(await engine.explain(asked.expression))
            },
        ]
    }
}
