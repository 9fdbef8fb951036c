import Settings
import Synchronization

/// Tells whoever serves metrics over TCP where the settings want that, and whenever they want it elsewhere.
final class MetricsListener: Sendable {
    private struct State {
        var wanted: ListenAddress?
        var listener: AsyncStream<GatewayEngine.MetricsPlace?>.Continuation?
    }

    private let state = Mutex(State())

    func want(_ settings: MetricsSettings) {
        state.withLock { state in
            guard state.wanted != settings.listen.value else { return }
            state.wanted = settings.listen.value
            state.listener?.yield(GatewayEngine.MetricsPlace(settings.listen.value))
        }
    }

    func places() -> AsyncStream<GatewayEngine.MetricsPlace?> {
        let (places, listener) = AsyncStream.makeStream(
            of: GatewayEngine.MetricsPlace?.self, bufferingPolicy: .bufferingNewest(1))
        state.withLock { state in
            state.listener = listener
            listener.yield(GatewayEngine.MetricsPlace(state.wanted))
        }
        return places
    }
}

extension GatewayEngine {
    /// Where metrics are served over TCP: on the loopback.
    public struct MetricsPlace: Hashable, Sendable {
        /// "127.0.0.1", "::1".
        public var host: String
        public var port: Int

        init?(_ address: ListenAddress?) {
            guard let address else { return nil }
            host = "\(address.address)"
            port = Int(address.port)
        }
    }

    /// The place that the settings have now, and each new one; nil is nowhere. For one listener.
    public nonisolated var metricsPlaces: AsyncStream<MetricsPlace?> { metricsListener.places() }

    /// Says that metrics could not be served there, and why; nil takes it back.
    public func metricsFailed(_ reason: String?) {
        guard let reason else {
            standing["metrics.listen"] = nil
            return
        }
        let text = "\(fault(at: document.metrics.listen.place, "metrics cannot be told there: \(reason)"))"
        standing["metrics.listen"] = Condition(
            .metrics, about: "metrics.listen", text, remedy: "Choose another port, or end what has it.")
    }
}
