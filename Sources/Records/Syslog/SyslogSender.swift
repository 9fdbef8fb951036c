public import Settings

/// What all messages of one log to one receiver have in common.
public struct SyslogSender: Hashable, Sendable {
    public var format: SyslogFormat
    public var body: SyslogBody
    public var facility: SyslogFacility
    public var severity: SyslogSeverity
    /// The gateway's name as the head has it (HOSTNAME).
    public let host: String
    /// The application's (APP-NAME, or the tag of RFC 3164).
    public let application: String
    /// The log's (MSGID).
    public let log: String
    /// What the gateway is called in objects.
    public let gateway: String
    /// The private enterprise number in the name of structured data.
    public var enterprise: Int
    /// Bytes of a message at most, without what frames it.
    public var size: Int

    /// Names are made legal: what cannot stand in a head is `-` there, and what is too long is cut.
    public init(
        log: String, gateway: String, host: String, application: String, format: SyslogFormat = .rfc3164,
        body: SyslogBody = .text, facility: SyslogFacility = .local0, severity: SyslogSeverity = .info,
        enterprise: Int = 32_473, size: Int = 8192
    ) {
        self.format = format
        self.body = body
        self.facility = facility
        self.severity = severity
        self.host = Self.headWord(host, most: 255)
        self.application = Self.headWord(application, most: 48)
        self.log = Self.headWord(log, most: 32)
        self.gateway = gateway
        self.enterprise = enterprise
        self.size = max(size, 64)
    }

    /// PRI (RFC 5424 section 6.2.1).
    public var priority: UInt32 { UInt32(facility.code) * 8 + UInt32(severity.code) }

    /// `text` as a word of the head: printable US-ASCII without blanks.
    private static func headWord(_ text: String, most: Int) -> String {
        let bytes = text.utf8.prefix(most).map { 0x21...0x7E ~= $0 ? $0 : UInt8(ascii: "-") }
        return bytes.isEmpty ? "-" : String(decoding: bytes, as: UTF8.self)
    }
}
