import Primitives

/// Names of hosts, asked for once an address and then remembered.
struct IPLogHosts: ~Copyable {
    /// Asks for a name; nil where there is none. Only IPv4, as the original.
    private let ask: @Sendable (IPv4Address) -> String?
    private var places: [UInt32: Place] = [:]
    private var text = ByteBuffer(capacity: 4096)

    private struct Place {
        var start: Int
        var count: Int
    }

    /// Addresses that are remembered at most; then all are forgotten and asked for anew.
    private static var mostPlaces: Int { 1 << 16 }
    /// Bytes of names that are remembered at most.
    private static var mostText: Int { 4 << 20 }

    init(ask: @escaping @Sendable (IPv4Address) -> String?) { self.ask = ask }

    /// Appends the name of a host; false where it has none.
    mutating func append(_ address: IPv4Address, to out: inout ByteBuffer) -> Bool {
        let place = places[address.number] ?? learn(address)
        guard place.count > 0 else { return false }
        out.append(text.bytes.extracting(place.start..<place.start + place.count))
        return true
    }

    mutating func forget() {
        places.removeAll(keepingCapacity: true)
        text.removeAll()
    }

    private mutating func learn(_ address: IPv4Address) -> Place {
        if places.count >= Self.mostPlaces || text.count >= Self.mostText { forget() }
        let start = text.count
        // A name is what some server says.
        if let name = ask(address) { text.append(escaping: name) }
        let place = Place(start: start, count: text.count - start)
        places[address.number] = place
        return place
    }
}
