import PacketDecoding
public import Primitives

/// A packet that the Security log tells of, with the names that were known at that moment: the log keeps no table
/// beside it.
public struct SecurityPacket: Hashable, Sendable {
    /// One end of it.
    public struct Endpoint: Hashable, Sendable {
        public var address: IPAddress
        /// Nil for protocols without ports, and for fragments.
        public var port: UInt16?
        public var host: String?
        public var user: String?

        public init(address: IPAddress, port: UInt16? = nil, host: String? = nil, user: String? = nil) {
            self.address = address
            self.port = port
            self.host = host
            self.user = user
        }
    }

    /// What people call the interface on which it was seen.
    public var interface: String
    /// `TCP`, or the number of a protocol without a name.
    public var protocolName: String
    public var protocolNumber: UInt8
    /// IP total length.
    public var length: UInt32
    public var source: Endpoint
    public var destination: Endpoint
    /// What the protocol says of itself: `flags: SYN, seq:1 ack:0, win:2, tcplen:0`.
    public var details: String
    /// The conversation that it belongs to.
    public var flowID: UInt64?
    public var communityID: String?

    public init(
        interface: String, protocolName: String, protocolNumber: UInt8, length: UInt32, source: Endpoint,
        destination: Endpoint, details: String
    ) {
        self.interface = interface
        self.protocolName = protocolName
        self.protocolNumber = protocolNumber
        self.length = length
        self.source = source
        self.destination = destination
        self.details = details
    }

    /// `proto:TCP, ip/port:192.0.2.1:80(www.example.com) -> 192.168.1.9:49960(pc.example.com,user:jane)`
    var conversation: String { "proto:\(protocolName), ip/port:\(source.named) -> \(destination.named)" }

    /// The members that every packet of the Security log has.
    func add(to fields: inout RecordFields) {
        fields.add("interface", interface)
        fields.add("ip_version", if: source.address) { if case .v4 = $0 { "4" } else { "6" } }
        fields.add("protocol", "\(protocolNumber)")
        fields.add("source_ip", "\(source.address)")
        fields.add("source_port", if: source.port) { "\($0)" }
        fields.add("destination_ip", "\(destination.address)")
        fields.add("destination_port", if: destination.port) { "\($0)" }
        fields.add("length", "\(length)")
        fields.add("source_user", if: source.user) { $0 }
        fields.add("destination_user", if: destination.user) { $0 }
        fields.add("source_host", if: source.host) { $0 }
        fields.add("destination_host", if: destination.host) { $0 }
        fields.add("flow_id", if: flowID) { "\($0)" }
        fields.add("community_id", if: communityID) { $0 }
    }
}

extension SecurityPacket.Endpoint {
    /// `192.0.2.1:80`, `[2001:db8::1]:80`, or the address alone.
    var text: String {
        guard let port else { return "\(address)" }
        if case .v6 = address { return "[\(address)]:\(port)" }
        return "\(address):\(port)"
    }

    /// The same, and behind it in brackets who it is, where that is known.
    var named: String {
        let names = [host.map(SecurityPacket.harmless), user.map { "user:\(SecurityPacket.harmless($0))" }]
        let known = names.compactMap(\.self)
        return known.isEmpty ? text : "\(text)(\(known.joined(separator: ",")))"
    }
}

extension SecurityPacket {
    /// What came from the network, so that it stays in its line.
    static func harmless(_ text: String) -> String { String(appending: { $0.append(escaping: text) }) }
}

extension RecordFields {
    fileprivate mutating func add<Value>(_ name: String, if value: Value?, _ text: (Value) -> String) {
        if let value { add(name, text(value)) }
    }
}

/// Makes packets of the Security log out of records: owned by a worker, since texts of flags are made once.
public struct SecurityPacketMaker: ~Copyable {
    private let flags: FlagTexts

    public init() {
        // No brackets in either dialect: that is how the only known lines are.
        flags = FlagTexts(.winroute)
    }

    /// The facts of a record, with its names; nil for what is no IP packet.
    public func packet(_ record: PacketRecord, _ names: borrowing PacketNames) -> SecurityPacket? {
        guard let source = record.sourceAddress, let destination = record.destinationAddress else { return nil }
        let hasPorts = record.present.contains(.ports)
        return SecurityPacket(
            interface: String(appending: { record.appendInterface(names, to: &$0) }),
            protocolName: String(appending: { record.appendProtocol(to: &$0) }),
            protocolNumber: record.protocolNumber, length: record.length,
            source: SecurityPacket.Endpoint(
                address: source, port: hasPorts ? record.sourcePort : nil,
                host: names.hosts.text(record.sourceHost), user: names.users.text(record.sourceUser)),
            destination: SecurityPacket.Endpoint(
                address: destination, port: hasPorts ? record.destinationPort : nil,
                host: names.hosts.text(record.destinationHost), user: names.users.text(record.destinationUser)),
            details: String(appending: { record.appendDetails(after: ShortText([]), flags, to: &$0) }))
    }
}

extension NameTable {
    /// The name as it was given; nil where the number has none.
    fileprivate func text(_ id: UInt32) -> String? {
        guard id != 0, contains(Int(id)) else { return nil }
        return String(appending: { _ = appendPlain(Int(id), to: &$0) })
    }
}
