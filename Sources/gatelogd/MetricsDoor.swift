import ControlAPI
import Engine
import Logging

/// Serves metrics over TCP where the settings want it, and follows them: another port, or none.
enum MetricsDoor {
    /// Runs until the task is cancelled.
    static func serve(_ engine: GatewayEngine, logger: Logger) async {
        var server: MetricsServer?
        for await place in engine.metricsPlaces {
            await server?.stop()
            server = nil
            guard let place else {
                await engine.metricsFailed(nil)
                continue
            }
            do {
                server = try await MetricsServer.start(
                    engine: engine, host: place.host, port: place.port, logger: logger)
                await engine.metricsFailed(nil)
            } catch {
                await engine.metricsFailed("\(error)")
            }
        }
        await server?.stop()
    }
}
