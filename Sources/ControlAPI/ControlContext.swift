import ControlMessages
import Hummingbird
import NIOCore

/// What travels with a request.
struct ControlContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let channel: any Channel
    /// Set by `AccessCheck`; no route is reached without it.
    var caller: ControlCaller?

    init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        channel = source.channel
    }

    /// Who asks, and what he may.
    var known: ControlCaller {
        guard let caller else { preconditionFailure("a route was reached without an access check") }
        return caller
    }

    /// Who asks.
    var actor: ControlActor { known.actor }

    /// The part of the path that a route names `{name}`, decoded.
    func segment(_ name: String) throws(ControlError) -> String {
        guard let raw = coreContext.parameters.get(name) else {
            preconditionFailure("the route has no {\(name)}")
        }
        guard let text = PercentText.decode(raw), !text.isEmpty, !text.utf8.contains(0) else {
            throw ControlError(.invalid, "\"\(raw)\" in the path is not a name in percent encoding")
        }
        return text
    }
}
