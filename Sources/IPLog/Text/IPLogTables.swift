import Primitives

/// The names that this machine has for numbers, taken once: protocols, services, and networks.
public struct IPLogTables: Sendable {
    /// The text of all names, one behind the other.
    private var text: [UInt8] = []
    /// Where the name of each protocol stands in `text`.
    private var protocols = [Place](repeating: Place(), count: 256)
    /// Where the names of services stand: those of TCP, then those of UDP; empty without any.
    private var services: [Place] = []
    private var networks: [UInt32: String] = [:]

    private struct Place {
        var start: UInt32 = 0
        var count: UInt32 = 0
    }

    /// Tables without a name: everything is shown as its number.
    public init() {}

    /// Gives a protocol its name; the first one counts. Number 0 is "ip" whatever is said.
    public mutating func add(protocol number: UInt8, _ name: String) {
        if protocols[Int(number)].count == 0 { protocols[Int(number)] = store(number == 0 ? "ip" : name) }
    }

    /// Gives a port of TCP (6) or UDP (17) the name of its service; the last one counts.
    public mutating func add(service name: String, port: UInt16, protocol number: UInt8) {
        guard let table = Self.table(number) else { return }
        if services.isEmpty { services = [Place](repeating: Place(), count: 2 << 16) }
        services[table << 16 | Int(port)] = store(name)
    }

    /// Gives a network its name (networks(5)): `number` with zeros in place of its hosts.
    public mutating func add(network name: String, number: UInt32) {
        if networks[number] == nil { networks[number] = name }
    }

    private mutating func store(_ name: String) -> Place {
        let place = Place(start: UInt32(text.count), count: UInt32(name.utf8.count))
        text += name.utf8
        return place
    }

    @inline(__always)
    private static func table(_ number: UInt8) -> Int? {
        switch number {
        case 6: 0
        case 17: 1
        default: nil
        }
    }

    /// Appends the name of a protocol, its number where it has none.
    @inline(__always)
    func append(protocol number: UInt8, to out: inout ByteBuffer) {
        let place = protocols[Int(number)]
        if place.count > 0 { return append(place, to: &out) }
        number == 0 ? out.append("ip") : out.append(decimal: UInt32(number))
    }

    /// Appends the name of a service; false where there is none.
    func append(port: UInt16, protocol number: UInt8, to out: inout ByteBuffer) -> Bool {
        guard !services.isEmpty, let table = Self.table(number) else { return false }
        let place = services[table << 16 | Int(port)]
        guard place.count > 0 else { return false }
        append(place, to: &out)
        return true
    }

    @inline(__always)
    private func append(_ place: Place, to out: inout ByteBuffer) {
        let start = Int(place.start)
        out.append(text.span.bytes.extracting(start..<start + Int(place.count)))
    }

    /// The name of a network; nil where it has none.
    func network(_ number: UInt32) -> String? { networks[number] }

    /// The number of a protocol by its name; nil where there is none of that name.
    public func protocolNumber(_ name: String) -> UInt8? {
        (0...255).first { number in
            let place = protocols[Int(number)]
            guard place.count > 0 else { return false }
            let start = Int(place.start)
            return text[start..<start + Int(place.count)].elementsEqual(name.utf8)
        }
    }
}
