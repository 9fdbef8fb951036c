import Primitives

/// Names of services by port, as lines and objects of connections show them: escaped once, then only copied.
public struct ServiceNames: ~Copyable {
    /// One more than the place of a port's name in `names`; 0 is none.
    private var places: [UInt16]
    private var names = NameTable()

    /// No names at all.
    public init() { places = [] }

    /// The names that `name` has, asked once for each port.
    public init(_ name: (UInt16) -> String?) {
        places = [UInt16](repeating: 0, count: 65_536)
        for port in UInt16.min...UInt16.max {
            guard let name = name(port), names.count < Int(UInt16.max) else { continue }
            names.set(name, for: names.count)
            places[Int(port)] = UInt16(names.count)
        }
    }

    /// The place of a port's name; nil for a port without one.
    @inline(__always)
    func place(of port: UInt16) -> Int? {
        guard Int(port) < places.count else { return nil }
        let place = places[Int(port)]
        return place == 0 ? nil : Int(place) - 1
    }

    /// Appends the name at a place.
    @inline(__always)
    func append(_ place: Int, to buffer: inout ByteBuffer) { _ = names.append(place, to: &buffer) }

    func appendJSON(_ place: Int, to buffer: inout ByteBuffer) { _ = names.appendJSON(place, to: &buffer) }
}

extension ConnectionRecord {
    /// The place of the service's name: that of the port which the connection was made to.
    func service(_ services: borrowing ServiceNames) -> Int? {
        present.contains(.ports) ? services.place(of: original.destinationPort) : nil
    }
}
