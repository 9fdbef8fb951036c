public import PacketDecoding
public import Primitives

/// Names by small numbers, escaped once when they are learned: a line or an object only copies them.
public struct NameTable: ~Copyable {
    private struct Place {
        var start: Int32 = 0
        var count: Int32 = 0
        var jsonStart: Int32 = 0
        var jsonCount: Int32 = 0
        /// The name as it was given: the escaped one, where nothing had to be.
        var plainStart: Int32 = 0
        var plainCount: Int32 = 0
    }

    /// The most bytes of names that one table holds; later ones are not known and counted in `refused`.
    static let mostBytes = 32 << 20

    private var places: [Place] = []
    private var texts = ByteBuffer(capacity: 1024)

    /// Names that found no room.
    public private(set) var refused = 0

    public init() {}

    /// One more than the greatest number that has had a name.
    public var count: Int { places.count }

    /// Gives number `id` a name. Names are from the network or from people; either way they are escaped.
    public mutating func set(_ name: String, for id: Int) {
        guard id >= 0, texts.count < NameTable.mostBytes, name.utf8.count < NameTable.mostBytes else {
            refused += 1
            return
        }
        while places.count <= id { places.append(Place()) }
        let start = texts.count
        texts.append(escaping: name)
        let middle = texts.count
        texts.append(escapingJSON: name)
        var place = Place(
            start: Int32(start), count: Int32(middle - start), jsonStart: Int32(middle),
            jsonCount: Int32(texts.count - middle), plainStart: Int32(start), plainCount: Int32(middle - start))
        // An escape is longer than what it stands for.
        if name.utf8.count != middle - start {
            place.plainStart = Int32(texts.count)
            texts.append(name)
            place.plainCount = Int32(texts.count) - place.plainStart
        }
        places[id] = place
    }

    /// Appends the name as it was given, with all that an escape would hide; false where the number has none.
    public func appendPlain(_ id: Int, to buffer: inout ByteBuffer) -> Bool {
        guard contains(id) else { return false }
        let place = places[id]
        buffer.append(texts.bytes.extracting(Int(place.plainStart)..<Int(place.plainStart + place.plainCount)))
        return true
    }

    /// Appends the name for a value in which some signs stand behind a backslash; nothing where the number has none.
    func append(_ id: Int, behindBackslash first: UInt8, _ second: UInt8, to buffer: inout ByteBuffer) {
        guard contains(id) else { return }
        let place = places[id]
        let name = texts.bytes.extracting(Int(place.plainStart)..<Int(place.plainStart + place.plainCount))
        buffer.append(escaping: name, behindBackslash: first, second)
    }

    /// Changes with every name that is given: who remembers names by number asks whether they still hold.
    public var version: Int { texts.count }

    /// Appends the name as a line has it; false where the number has none.
    @inline(__always)
    func append(_ id: Int, to buffer: inout ByteBuffer) -> Bool {
        guard id < places.count, places[id].count > 0 else { return false }
        let place = places[id]
        buffer.append(texts.bytes.extracting(Int(place.start)..<Int(place.start + place.count)))
        return true
    }

    /// Appends the name as the inside of a JSON string; false where the number has none.
    func appendJSON(_ id: Int, to buffer: inout ByteBuffer) -> Bool {
        guard contains(id) else { return false }
        let place = places[id]
        buffer.append(texts.bytes.extracting(Int(place.jsonStart)..<Int(place.jsonStart + place.jsonCount)))
        return true
    }

    /// Appends the bytes of the name, as a line has it, in hexadecimal.
    func appendHex(_ id: Int, to buffer: inout ByteBuffer) {
        guard contains(id) else { return }
        let place = places[id]
        buffer.append(hexOf: texts.bytes.extracting(Int(place.start)..<Int(place.start + place.count)))
    }

    /// Whether the number has a name.
    public func hasName(_ id: Int) -> Bool { contains(id) }

    func contains(_ id: Int) -> Bool { id >= 0 && id < places.count && places[id].count > 0 }
}

/// The names that records speak of by number. Who reads the packets fills it: interfaces when they
/// appear, hosts and users as their tables give them numbers.
public struct PacketNames: ~Copyable {
    /// Display names by `InterfaceID.rawValue`.
    public var interfaces = NameTable()
    /// Display names by the kernel's index of an interface, for captures whose records bring only that
    /// (NFLOG, Linux cooked version 2).
    public var kernelInterfaces = NameTable()
    /// Host names by the number of the run's name table.
    public var hosts = NameTable()
    /// User names by the number of the run's user table.
    public var users = NameTable()
    /// Names of the firewall's rules by the number that the run gave them: for connections, whose records bring none.
    public var rules = NameTable()
    /// What a line calls an interface without a name.
    public var unknownInterface: String {
        didSet {
            fallback.removeAll()
            fallback.append(escaping: unknownInterface)
        }
    }
    private var fallback: ByteBuffer

    /// Changes whenever an interface is given a name.
    public var interfacesVersion: Int { interfaces.version &+ kernelInterfaces.version }

    /// No names yet.
    public init() {
        unknownInterface = "unknown"
        fallback = ByteBuffer(capacity: 64)
        fallback.append("unknown")
    }

    /// Names an interface.
    public mutating func name(_ interface: InterfaceID, _ name: String) {
        if interface != .none { interfaces.set(name, for: Int(interface.rawValue)) }
    }

    /// The greatest kernel index that can have a name.
    static let greatestKernelIndex: UInt32 = 65_535

    /// Names the interface that the kernel of the capturing machine numbered `index`.
    public mutating func name(kernelIndex index: UInt32, _ name: String) {
        if index <= PacketNames.greatestKernelIndex { kernelInterfaces.set(name, for: Int(index)) }
    }

    @inline(__always)
    func appendInterface(_ id: InterfaceID, to buffer: inout ByteBuffer) {
        if !interfaces.append(Int(id.rawValue), to: &buffer) { buffer.append(fallback.bytes) }
    }
}
