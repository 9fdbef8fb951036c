import ControlMessages
import Hummingbird

/// What the answers are made from.
struct ControlRoutes: Sendable {
    let engine: any EngineControl
    let limits: ControlLimits
    let slots: StreamSlots

    var table: RouteTable {
        var routes = statusRoutes + packetRoutes + dumpRoutes + logRoutes
        routes += surroundingsRoutes + settingsRoutes + loginRoutes
        routes += accountRoutes + tokenRoutes
        routes += alertRoutes + syslogRoutes
        routes += metricsRoutes + documentRoutes
        return RouteTable(routes: routes)
    }

    /// The query of a URL; a value that is not in percent encoding is refused.
    static func query(_ request: Request) throws(ControlError) -> [(name: String, value: String)] {
        var items: [(name: String, value: String)] = []
        for part in (request.uri.query ?? "").split(separator: "&") {
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentText.decode(sides[0]),
                let value = PercentText.decode(sides.count > 1 ? sides[1] : "")
            else {
                throw ControlError(.invalid, "\"\(part)\" in the query is not in percent encoding")
            }
            items.append((name, value))
        }
        return items
    }

    /// The one parameter that a route takes; others are refused.
    static func parameter(_ name: String, _ request: Request) throws(ControlError) -> String? {
        var value: String?
        for item in try query(request) {
            guard item.name == name else {
                throw ControlError(.invalid, "there is no parameter \"\(item.name)\" here; there is \(name)")
            }
            value = item.value
        }
        return value
    }
}
