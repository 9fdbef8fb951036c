public import PacketDecoding
public import Primitives

/// Whose field names an object has.
public enum JSONNames: String, Hashable, Sendable, CaseIterable {
    /// Gatelog's own: those of `PacketColumn`.
    case gatelog
    /// Elastic Common Schema 8.
    case ecs
    /// Suricata's EVE.
    case eve
}

/// Writes packets as JSON, one object a line (RFC 8259). A fact that is not known is not there.
public struct PacketJSONRenderer: ~Copyable {
    let names: JSONNames
    var clock: LineClock
    private var own: OwnJSON

    /// A renderer whose times are in `zone`.
    public init(names: JSONNames = .gatelog, zone: ZoneTable) {
        self.names = names
        clock = LineClock(zone: zone, form: names == .eve ? .eve : .rfc3339)
        own = OwnJSON()
    }

    /// Objects show all that can be looked up.
    public var needs: PacketTemplate.Needs { [.hosts, .users, .countries] }

    /// Appends the object of a frame whose layers have been decoded.
    public mutating func append(
        _ frame: Frame, _ layers: Layers, _ bytes: RawSpan, _ names: borrowing PacketNames,
        to buffer: inout ByteBuffer
    ) {
        append(PacketRecord(frame, layers, bytes), bytes, names, to: &buffer)
    }

    /// Appends the object of a record; `bytes` are those of its frame.
    public mutating func append(
        _ record: PacketRecord, _ bytes: RawSpan, _ table: borrowing PacketNames, to buffer: inout ByteBuffer
    ) {
        buffer.reserve(2048)
        buffer.append(UInt8(ascii: "{"))
        switch names {
        case .gatelog:
            buffer.append("\"time\":\"")
            clock.append(record.time, to: &buffer)
            buffer.append("\",\"kind\":\"packet\",")
            record.give(to: &own, bytes, table, &buffer)
        case .ecs:
            buffer.append("\"@timestamp\":\"")
            clock.append(record.time, to: &buffer)
            buffer.append("\",")
            record.appendECS(bytes, table, to: &buffer)
        case .eve:
            buffer.append("\"timestamp\":\"")
            clock.append(record.time, to: &buffer)
            buffer.append("\",")
            record.appendEVE(bytes, table, to: &buffer)
        }
        buffer.closeObject()
        buffer.append(UInt8(ascii: "\n"))
    }
}

/// Members under Gatelog's own names. The keys with their punctuation are made once.
struct OwnJSON: ~Copyable, PacketFactSink {
    private var keys = ByteBuffer(capacity: 1024)
    private var ends: InlineArray<64, Int32> = .init(repeating: 0)

    init() {
        for column in PacketColumn.allCases {
            keys.append(UInt8(ascii: "\""))
            keys.append(column.name)
            keys.append("\":")
            ends[Int(column.rawValue) + 1] = Int32(keys.count)
        }
    }

    @inline(__always)
    private func key(_ column: PacketColumn, _ buffer: inout ByteBuffer) {
        let index = Int(column.rawValue)
        buffer.append(keys.bytes.extracting(Int(ends[index])..<Int(ends[index + 1])))
    }

    @inline(__always)
    func put(_ column: PacketColumn, number: UInt32, to buffer: inout ByteBuffer) {
        key(column, &buffer)
        buffer.append(decimal: number)
        buffer.append(UInt8(ascii: ","))
    }

    @inline(__always)
    func put(_ column: PacketColumn, flag: Bool, to buffer: inout ByteBuffer) {
        key(column, &buffer)
        buffer.append(flag ? "true," : "false,")
    }

    @inline(__always)
    func put(_ column: PacketColumn, word: StaticString, to buffer: inout ByteBuffer) {
        key(column, &buffer)
        buffer.append(UInt8(ascii: "\""))
        buffer.append(word)
        buffer.append("\",")
    }

    @inline(__always)
    func put(_ column: PacketColumn, address: IPv6Address, isIPv4: Bool, to buffer: inout ByteBuffer) {
        key(column, &buffer)
        buffer.append(UInt8(ascii: "\""))
        buffer.append(address, isIPv4: isIPv4)
        buffer.append("\",")
    }

    @inline(__always)
    func put(_ column: PacketColumn, hardware: MACAddress, to buffer: inout ByteBuffer) {
        key(column, &buffer)
        buffer.append(UInt8(ascii: "\""))
        buffer.append(hardware)
        buffer.append("\",")
    }

    func put(_ column: PacketColumn, wire bytes: RawSpan, to buffer: inout ByteBuffer) {
        key(column, &buffer)
        buffer.append(UInt8(ascii: "\""))
        buffer.append(escapingJSON: bytes)
        buffer.append("\",")
    }

    func put(_ column: PacketColumn, id: Int, in names: borrowing NameTable, to buffer: inout ByteBuffer) {
        key(column, &buffer)
        buffer.append(UInt8(ascii: "\""))
        _ = names.appendJSON(id, to: &buffer)
        buffer.append("\",")
    }

    func put(_ column: PacketColumn, country: UInt16, to buffer: inout ByteBuffer) {
        key(column, &buffer)
        buffer.append(UInt8(ascii: "\""))
        buffer.appendCountryJSON(country)
        buffer.append("\",")
    }
}
