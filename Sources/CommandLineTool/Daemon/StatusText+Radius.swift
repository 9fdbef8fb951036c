import ControlMessages

extension StatusText {
    /// RADIUS clients and what they sent; nothing where there are none.
    var radius: String {
        guard let radius = status.radius else { return "" }
        let place = radius.listening.isEmpty ? "nowhere" : radius.listening.map(\.escaped).joined(separator: ", ")
        var text =
            "RADIUS accounting on \(place): \(HumanNumbers.grouped(radius.sessions)) sessions"
            + ", \(Self.count(radius.timedOut)) ended without a stop, \(Self.count(radius.unknownClients)) packets of strangers"
        if radius.dropped > 0 { text += ", \(warned(radius.dropped)) packets lost" }
        var table = TextTable([
            ("RADIUS client", .left), ("Requests", .right), ("Start", .right), ("Interim", .right), ("Stop", .right),
            ("On/Off", .right), ("Twice", .right), ("Late", .right), ("Refused", .right), ("Wrong secret", .right),
            ("Malformed", .right),
        ])
        for client in radius.clients {
            table.add([
                client.name.escaped, Self.count(client.requests), Self.count(client.starts),
                Self.count(client.interims), Self.count(client.stops), Self.count(client.restarts),
                Self.count(client.duplicates), Self.count(client.stale),
                warned(client.replays + client.untimely + client.refused), warned(client.badAuthenticators),
                warned(client.malformed),
            ])
        }
        return text + "\n" + table.text
    }
}
