public import Primitives

/// An address of this machine and a port on it.
public struct ListenAddress: Hashable, Sendable, CustomStringConvertible {
    public var address: IPAddress
    public var port: UInt16

    /// Reads "127.0.0.1:9107" or "[::1]:9107"; nil for any other text.
    public init?(parsing text: String) {
        guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]), port > 0 else {
            return nil
        }
        var host = text[..<colon]
        let isBracketed = host.hasPrefix("[") && host.hasSuffix("]") && host.count > 2
        if isBracketed { host = host.dropFirst().dropLast() }
        guard let address = IPAddress(parsing: String(host)) else { return nil }
        switch address {
        case .v4: if isBracketed { return nil }
        case .v6: if !isBracketed { return nil }
        }
        self.address = address
        self.port = port
    }

    /// Whether nobody but this machine can reach it (RFC 1122 section 3.2.1.3, RFC 4291 section 2.5.3).
    public var isLoopback: Bool {
        switch address {
        case .v4(let address): address.number >> 24 == 127
        case .v6(let address): address.number == 1
        }
    }

    public var description: String {
        switch address {
        case .v4: "\(address):\(port)"
        case .v6: "[\(address)]:\(port)"
        }
    }
}

/// What monitoring systems are told.
public struct MetricsSettings: Sendable {
    /// Where they are told besides the unix socket; nil is nowhere.
    public internal(set) var listen = Setting(ListenAddress?.none)
}

extension MetricsSettings: SettingsSection {
    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "listen", \.listen, .either("none", or: .loopback),
                "Where Prometheus fetches the metrics over TCP: an address of the loopback and a port. They are always at /metrics on the unix socket."
            )
        ]
    }
}

extension SettingFormat where Value == ListenAddress {
    /// An address that only this machine can reach.
    fileprivate static var loopback: Self {
        SettingFormat(
            "a loopback address and a port, like 127.0.0.1:9107 (what others than this machine may ask needs a proxy with TLS)",
            schema: #"{ "type": "string", "pattern": "^(127(\\.[0-9]{1,3}){3}|\\[::1\\]):[0-9]{1,5}$" }"#,
            parse: { text in ListenAddress(parsing: text).flatMap { $0.isLoopback ? $0 : nil } },
            show: { yamlScalar("\($0)") })
    }
}
