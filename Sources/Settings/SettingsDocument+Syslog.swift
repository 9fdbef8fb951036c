/// How messages travel to a syslog receiver.
public enum SyslogTransport: String, Hashable, Sendable, CaseIterable {
    /// One message a datagram (RFC 5426).
    case udp
    /// Octet counting (RFC 6587).
    case tcp
    /// The same within TLS (RFC 5425).
    case tls

    /// Where receivers listen unless told otherwise.
    public var standardPort: Int { self == .tls ? 6514 : 514 }

    /// Bytes that every receiver takes: what RFC 5426 asks of receivers, and what common ones keep of a stream's.
    public var standardSize: Int { self == .udp ? 2048 : 8192 }
}

/// The form of a message's head.
public enum SyslogFormat: String, Hashable, Sendable, CaseIterable {
    /// BSD syslog, as Kerio Control sends it.
    case rfc3164
    /// With structured data, microseconds and the log's name as MSGID.
    case rfc5424
}

/// What stands behind the head.
public enum SyslogBody: String, Hashable, Sendable, CaseIterable {
    /// The log's line without its time.
    case text
    /// An object of Gatelog's own names.
    case json
    /// An object of the Elastic Common Schema's names.
    case ecs
    /// An object of the names of Suricata's EVE.
    case eve
    /// ArcSight's Common Event Format.
    case cef
}

/// Facilities in the order of their numbers (RFC 5424 section 6.2.1).
public enum SyslogFacility: String, Hashable, Sendable, CaseIterable {
    case kern, user, mail, daemon, auth, syslog, lpr, news, uucp, cron, authpriv, ftp, ntp, audit, alert, clock
    case local0, local1, local2, local3, local4, local5, local6, local7

    /// 0 ... 23.
    public var code: UInt8 { UInt8(Self.allCases.firstIndex(of: self) ?? 0) }
}

/// Severities in the order of their numbers (RFC 5424 section 6.2.1).
public enum SyslogSeverity: String, Hashable, Sendable, CaseIterable {
    case emergency, alert, critical, error, warning, notice, info, debug

    /// 0 ... 7.
    public var code: UInt8 { UInt8(Self.allCases.firstIndex(of: self) ?? 0) }
}

/// With what severity the lines of each log are sent.
public struct SyslogSeverities: Sendable {
    var debug = Setting(SyslogSeverity.debug)
    var filter = Setting(SyslogSeverity.info)
    var security = Setting(SyslogSeverity.notice)
    var connection = Setting(SyslogSeverity.info)
    var config = Setting(SyslogSeverity.notice)
    var warning = Setting(SyslogSeverity.warning)
    var error = Setting(SyslogSeverity.error)

    public subscript(log: LogName) -> SyslogSeverity { self[keyPath: Self.path(log)].value }

    static func path(_ log: LogName) -> any WritableKeyPath<SyslogSeverities, Setting<SyslogSeverity>> & Sendable {
        switch log {
        case .debug: \.debug
        case .filter: \.filter
        case .security: \.security
        case .connection: \.connection
        case .config: \.config
        case .warning: \.warning
        case .error: \.error
        }
    }
}

/// A receiver of logs by syslog.
public struct SyslogReceiverSettings: Sendable {
    /// What people call it.
    public let name: Located<String>
    public internal(set) var enabled = Setting(true)
    /// A name or an address; written in every document that was read.
    public internal(set) var server = Setting("")
    /// Nil is the transport's own.
    public internal(set) var port = Setting(Int?.none)
    public internal(set) var transport = Setting(SyslogTransport.udp)
    public internal(set) var logs = Setting(LogName.allCases.filter { $0 != .debug })
    public internal(set) var format = Setting(SyslogFormat.rfc3164)
    public internal(set) var body = Setting(SyslogBody.text)
    public internal(set) var facility = Setting(SyslogFacility.local0)
    public internal(set) var severity = SyslogSeverities()
    public internal(set) var application = Setting("gatelog")
    /// Nil is the gateway's name.
    public internal(set) var hostname = Setting(String?.none)
    /// The number behind `gatelog@` in the name of structured data.
    public internal(set) var enterprise = Setting(32_473)
    /// Bytes of a message; nil is the transport's own.
    public internal(set) var size = Setting(Int?.none)
    /// Bytes of log files that may wait for the receiver; nil is as much as is kept of the logs.
    public internal(set) var queue = Setting(ByteSize?.some(.gibibytes(1)))
    /// Files of TLS; paths as written (`SettingsDocument.resolved`).
    public internal(set) var authorities = Setting(String?.none)
    public internal(set) var certificate = Setting(String?.none)
    public internal(set) var key = Setting(String?.none)
    /// The name that the receiver's certificate must have; nil is the server's.
    public internal(set) var serverName = Setting(String?.none)
}

extension SyslogSeverities: SettingsSection {
    static var rows: [SettingRow<Self>] {
        LogName.allCases.map { log in
            SettingRow(log.rawValue, path(log), .choice, "The severity of lines of the \(log.rawValue) log.")
        }
    }
}

extension SyslogReceiverSettings: NamedSection {
    /// Receivers that there can be.
    /// - Limit: syslog receivers |  | an error with its place
    static let most = 16

    static let nameWants = "1 to 64 letters, digits, '-' and '_'"

    static func isName(_ name: String) -> Bool {
        1...64 ~= name.utf8.count
            && name.utf8.allSatisfy { byte in
                0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == UInt8(ascii: "-")
                    || byte == UInt8(ascii: "_")
            }
    }

    init(name: Located<String>) { self.name = name }

    static var rows: [SettingRow<Self>] {
        [
            SettingRow("enabled", \.enabled, .flag, "Whether anything is sent; what waits, waits on."),
            SettingRow("server", \.server, .host, "The receiver: a name or an address. Always needed."),
            SettingRow(
                "port", \.port, .either("standard", or: .integer(1...65_535)),
                "Its port; standard is 514 for UDP and TCP, 6514 for TLS."),
            SettingRow("transport", \.transport, .choice, "How messages travel."),
            SettingRow(
                "logs", \.logs, .list(of: .choice) { $0.rawValue }, "Whose lines are sent."),
            SettingRow(
                "format", \.format, .choice,
                "The head of a message: as Kerio Control sends it (rfc3164), or with structured data (rfc5424)."),
            SettingRow("body", \.body, .choice, "What stands behind the head."),
            SettingRow("facility", \.facility, .choice, "The facility of all messages."),
            SettingRow("severity", section: \.severity, "The severity of each log's lines."),
            SettingRow(
                "application", \.application, .headerWord("the name of an application", most: 48),
                "The application's name in the head; Kerio Control's is KerioControl."),
            SettingRow(
                "hostname", \.hostname, .either("standard", or: .headerWord("the name of a host", most: 255)),
                "The name of the gateway in the head; standard is the gateway's name."),
            SettingRow(
                "enterprise", \.enterprise, .integer(1...4_294_967_295),
                "The private enterprise number in the name of structured data: gatelog@32473 (that one is for examples)."
            ),
        ] + sizeRows + tlsRows
    }

    private static var sizeRows: [SettingRow<Self>] {
        [
            SettingRow(
                "size", \.size, .either("standard", or: .integer(480...65_000)),
                "Bytes of a message; longer ones are cut, and counted. standard is 2048 for UDP, 8192 for TCP and TLS."),
            SettingRow(
                "queue", \.queue, .either("none", or: .size(.mebibytes(1) ... .gibibytes(1 << 20), like: "1 GiB")),
                "Bytes of log files that may wait for this receiver; beyond, the oldest lines are passed over, counted and said. none is all that the logs keep."
            ),
        ]
    }

    private static var tlsRows: [SettingRow<Self>] {
        [
            SettingRow(
                "ca", \.authorities, .either("system", or: .path("a file of certificates (PEM)")),
                "Who may have signed the receiver's certificate; system is who this machine trusts."),
            SettingRow(
                "certificate", \.certificate, .either("none", or: .path("a file of certificates (PEM)")),
                "Our own certificate for the receiver, and those between it and its authority."),
            SettingRow(
                "key", \.key, .either("none", or: .path("a file with a private key (PEM, without a passphrase)")),
                "The private key of our own certificate."),
            SettingRow(
                "server_name", \.serverName, .either("standard", or: .host),
                "The name that the receiver's certificate must have; standard is the server's."),
        ]
    }

    func check(_ faults: inout FaultList) {
        let called = quoted(name.value)
        if server.place == nil {
            faults.add(at: name.place, "no server for the syslog receiver \(called); write server: logs.example.com")
        }
        if transport.value != .tls {
            let told = [
                ("ca", authorities), ("certificate", certificate), ("key", key), ("server_name", serverName),
            ]
            // What is said to be as it is anyway does no harm: so are values listed, and set again.
            for (name, setting) in told where setting.value != nil {
                guard let place = setting.place else { continue }
                faults.add(
                    at: place, "\(name) for a receiver over \(transport.value.rawValue); it is for transport: tls")
            }
        } else if certificate.value != nil, key.value == nil {
            faults.add(
                at: certificate.place ?? name.place, "a certificate without its private key; write key: FILE as well")
        } else if key.value != nil, certificate.value == nil {
            faults.add(at: key.place ?? name.place, "a private key without its certificate; write certificate: FILE")
        }
        if logs.value.isEmpty {
            faults.add(
                at: logs.place ?? name.place,
                "no logs for the syslog receiver \(called); name one, or say enabled: false")
        }
    }
}

extension SettingFormat where Value == String {
    /// A name or an address of a machine.
    fileprivate static var host: Self {
        SettingFormat(
            "the name or the address of a machine, its port apart", schema: #"{ "type": "string", "minLength": 1 }"#,
            parse: { text in
                let isHost = text.utf8.allSatisfy { byte in
                    0x30...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte
                        || [
                            UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: ":"),
                            UInt8(ascii: "%"),
                        ]
                        .contains(byte)
                }
                let colons = text.utf8.count { $0 == UInt8(ascii: ":") }
                return 1...253 ~= text.utf8.count && isHost && colons != 1 ? text : nil
            }, show: { yamlScalar($0) })
    }

    /// A word of a message's head.
    fileprivate static func headerWord(_ what: String, most: Int) -> Self {
        SettingFormat(
            "\(what): 1 to \(most) letters, digits and -_./",
            schema: #"{ "type": "string", "pattern": "^[-A-Za-z0-9_./]{1,\#(most)}$" }"#,
            parse: { text in
                let isWord = text.utf8.allSatisfy { byte in
                    0x2D...0x39 ~= byte || 0x41...0x5A ~= byte || 0x61...0x7A ~= byte || byte == UInt8(ascii: "_")
                }
                return 1...most ~= text.utf8.count && isWord ? text : nil
            }, show: { yamlScalar($0) })
    }

    /// The path of a file.
    fileprivate static func path(_ what: String) -> Self {
        SettingFormat(
            what, schema: #"{ "type": "string", "minLength": 1 }"#,
            parse: { $0.isEmpty || $0.utf8.contains(0) ? nil : $0 }, show: { yamlScalar($0) })
    }
}
