public import Primitives

/// A packet whose source cannot be where it came from.
public struct SpoofedPacket: Hashable, Sendable {
    public enum Reason: String, Hashable, Sendable {
        /// No packet on a network has such a source.
        case martian
        /// The route to the source leads through another interface.
        case elsewhere
        /// There is no route to the source.
        case nowhere
    }

    public var packet: SecurityPacket
    public var reason: Reason

    public init(_ packet: SecurityPacket, reason: Reason) {
        self.packet = packet
        self.reason = reason
    }

    /// The only known lines have no names and no brackets, in either dialect.
    var text: String {
        var text =
            "Anti-Spoofing: Packet from \(packet.interface), proto:\(packet.protocolName), len:\(packet.length), "
        text += "ip/port:\(packet.source.text) -> \(packet.destination.text)"
        return packet.details.isEmpty ? text : "\(text), \(packet.details)"
    }

    var fields: RecordFields {
        var fields = RecordFields()
        fields.add("event", "spoofing")
        fields.add("action", "alert")
        fields.add("reason", reason.rawValue)
        packet.add(to: &fields)
        return fields
    }
}

/// A command or a reply of FTP that sends somebody to a third party.
public struct FTPAttack: Hashable, Sendable {
    public enum Kind: String, Hashable, Sendable {
        case bounce = "ftp_bounce"
        case reply = "ftp_reply"
    }

    public var kind: Kind
    public var client: IPAddress
    public var server: IPAddress
    /// The line as it was sent: hostile bytes.
    public var line: [UInt8]
    /// The packet that made it whole.
    public var packet: SecurityPacket

    public init(_ kind: Kind, client: IPAddress, server: IPAddress, line: [UInt8], packet: SecurityPacket) {
        self.kind = kind
        self.client = client
        self.server = server
        self.line = line
        self.packet = packet
    }

    var text: String {
        let parties = "client: \(client), server: \(server)"
        return switch kind {
        case .bounce: "FTP: Bounce attack attempt: \(parties), command: \(command)"
        case .reply: "FTP: Malicious server reply: \(parties), response: \(command)"
        }
    }

    private var command: String {
        let bytes = line.prefix(512)
        let shown = String(appending: { $0.append(escaping: Array(bytes).span.bytes) })
        return line.count > bytes.count ? "\(shown)... (\(line.count) bytes)" : shown
    }

    var fields: RecordFields {
        var fields = RecordFields()
        fields.add("event", kind.rawValue)
        fields.add("action", "alert")
        fields.add("command", command)
        packet.add(to: &fields)
        return fields
    }
}

/// What the intrusion detection says of a packet: a listed address, or a stream that cannot be trusted.
public struct IntrusionAlert: Hashable, Sendable {
    public enum Severity: String, Hashable, Sendable {
        case high = "High"
        case medium = "Medium"
        case low = "Low"
        case blacklist = "Blacklist"
    }

    public var severity: Severity
    public var gid: UInt32
    public var sid: UInt32
    public var revision: UInt32
    public var message: String
    public var packet: SecurityPacket
    /// The packet really was dropped.
    public var isDropped = false

    public init(
        _ severity: Severity, gid: UInt32, sid: UInt32, revision: UInt32, message: String, packet: SecurityPacket
    ) {
        self.severity = severity
        self.gid = gid
        self.sid = sid
        self.revision = revision
        self.message = message
        self.packet = packet
    }

    var text: String {
        let name = message.isEmpty ? "" : " \(SecurityPacket.harmless(message))"
        return "IPS: \(isDropped ? "Packet drop" : "Alert"), severity: \(severity.rawValue), "
            + "Rule ID: \(gid):\(sid)\(name), \(packet.conversation)"
    }

    var fields: RecordFields {
        var fields = RecordFields()
        fields.add("event", severity == .blacklist ? "blacklist" : "ips")
        fields.add("action", isDropped ? "drop" : "alert")
        fields.add("severity", severity.rawValue.lowercased())
        fields.add("gid", "\(gid)")
        fields.add("sid", "\(sid)")
        fields.add("revision", "\(revision)")
        fields.add("message", message)
        packet.add(to: &fields)
        return fields
    }
}
