public import Primitives

/// A RADIUS client: an access point, a VPN server or a proxy that tells who is where.
public struct RadiusClientSettings: Sendable {
    /// What it is called in the status and in messages.
    public let name: Located<String>
    /// Where its packets come from.
    public internal(set) var addresses = Setting([AddressRange]())
    public internal(set) var secret = Setting(Secret?.none)
    /// A file that holds the secret; its path as written (`SettingsDocument.resolved`).
    public internal(set) var secretFile = Setting(String?.none)
    /// Packets without an Event-Timestamp are refused.
    public internal(set) var requiresTimestamp = Setting(false)
}

/// RADIUS accounting: who is where, as access points and VPN servers tell it.
public struct RadiusSettings: Sendable {
    /// What becomes of a realm in a user's name.
    public enum Realms: String, Sendable, CaseIterable {
        case keep
        case remove
    }

    /// Nothing is listened for where there are none.
    public internal(set) var clients: [RadiusClientSettings] = []
    /// Addresses to listen on; nil is all of the machine's.
    public internal(set) var listen = Setting([IPAddress]?.none)
    public internal(set) var port = Setting(1813)
    /// How long a session lasts that nobody says anything about any more.
    public internal(set) var timeout = Setting(TimeSpan.hours(24))
    /// How old a packet may be by its own Event-Timestamp and Acct-Delay-Time; nil is no limit.
    public internal(set) var maxAge = Setting(TimeSpan?.some(.seconds(300)))
    public internal(set) var realms = Setting(Realms.keep)

    /// Most clients.
    public static let clientLimit = 1000
}

extension RadiusSettings: SettingsSection {
    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "clients", named: \.clients, most: clientLimit,
                "Who may tell, by names of your own; without clients nothing is listened for."),
            SettingRow(
                "listen", \.listen, .either("all", or: .list(of: .address) { "\($0)" }),
                "Addresses to listen on; all is every address of this machine."),
            SettingRow("port", \.port, .integer(1...65_535), "The UDP port to listen on."),
            SettingRow(
                "timeout", \.timeout, .time(.seconds(10) ... .hours(24 * 365), like: "24 h"),
                "How long a login lasts that nobody renews. Where a client sends interim updates, three missed ones end it earlier."
            ),
            SettingRow(
                "max_age", \.maxAge, .either("none", or: .time(.seconds(5) ... .hours(24 * 365), like: "5 min")),
                "How old a packet may be by its own Event-Timestamp; older ones are refused as replays."),
            SettingRow(
                "realms", \.realms, .choice,
                "Whether users' names keep their realms: jane@example.com, or jane."),
        ]
    }
}

extension RadiusClientSettings: NamedSection {
    static let nameWants = "1 to \(SettingsLimits.name) bytes without control characters and double quotes"

    static func isName(_ name: String) -> Bool { name.isSettingsName }

    init(name: Located<String>) { self.name = name }

    static var rows: [SettingRow<Self>] {
        [
            SettingRow(
                "addresses", \.addresses, .list(of: .addresses) { "\($0)" },
                "Addresses and prefixes that its packets come from; where several clients fit, the narrowest counts."),
            SettingRow(
                "secret", \.secret, .either("none", or: .secret), "The secret that it shares with us; never shown."),
            SettingRow(
                "secret_file", \.secretFile, .either("none", or: .text("the path of a file")),
                "A file with the secret as its first line, in place of secret."),
            SettingRow(
                "require_timestamp", \.requiresTimestamp, .flag,
                "Whether packets without an Event-Timestamp are refused: only with one no old packet can be replayed."),
        ]
    }

    func check(_ faults: inout FaultList) {
        if addresses.value.isEmpty {
            faults.add(at: name.place, "a RADIUS client without addresses; write addresses: [10.0.0.2], or a prefix")
        }
        switch (secret.value, secretFile.value) {
        case (nil, nil):
            faults.add(at: name.place, "a RADIUS client without a secret; write secret: or secret_file:")
        case (_?, _?):
            faults.add(at: name.place, "a RADIUS client with secret and secret_file; remove one of them")
        default: break
        }
    }
}

extension SettingFormat where Value == IPAddress {
    static var address: Self {
        SettingFormat(
            "an address like 10.0.0.1 or \"2001:db8::1\"", schema: #"{ "type": "string", "minLength": 2 }"#,
            parse: { IPAddress(parsing: $0) }, show: { yamlScalar("\($0)") })
    }
}

extension SettingFormat where Value == AddressRange {
    static var addresses: Self {
        SettingFormat(
            "an address or a prefix like 10.0.0.0/24 or \"2001:db8::/64\"",
            schema: #"{ "type": "string", "minLength": 2 }"#,
            parse: { try? AddressRange(parsing: $0) }, show: { yamlScalar("\($0)") })
    }
}
