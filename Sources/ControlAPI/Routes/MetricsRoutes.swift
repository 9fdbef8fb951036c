import ControlMessages
import Hummingbird

extension ControlRoutes {
    var metricsRoutes: [Route] {
        [
            .get("/metrics", .statusRead) { request, _ in await Self.metrics(of: engine, request) }
                .documented("What monitoring systems are told (Prometheus, OpenMetrics)", .text("text/plain"))
        ]
    }

    /// All metrics, in the form that the client prefers.
    static func metrics(of engine: any EngineControl, _ request: Request) async -> Response {
        let form = MetricsForm(accept: request.headers[.accept])
        let text = MetricsText(await engine.metrics(), as: form).text
        return Response(
            status: .ok, headers: [.contentType: form.contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
