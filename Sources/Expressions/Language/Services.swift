/// Services by name, as `/etc/services` has them: the ones that a gateway's rules speak of.
public enum Services {
    /// Ports of a built-in service; nil for a name that is not built in. `name` is in lower case.
    public static func ports(of name: String) -> [ClosedRange<UInt16>]? { byName[name] }

    /// All built-in names, sorted.
    public static let names: [String] = byName.keys.sorted()

    /// The first built-in name of a port; nil where it has none.
    public static func name(of port: UInt16) -> String? { byPort[port] }

    private static let byPort: [UInt16: String] = Dictionary(
        single.map { ($0.port, $0.names[0]) }, uniquingKeysWith: { first, _ in first })

    private static let byName: [String: [ClosedRange<UInt16>]] = {
        var byName: [String: [ClosedRange<UInt16>]] = [:]
        for (names, port) in single { for name in names { byName[name] = [port...port] } }
        for (names, ports) in several { for name in names { byName[name] = ports } }
        return byName
    }()

    private static let single: [(names: [String], port: UInt16)] = [
        (["echo"], 7), (["discard"], 9), (["daytime"], 13), (["chargen"], 19), (["ftp-data"], 20), (["ftp"], 21),
        (["ssh"], 22), (["telnet"], 23), (["smtp", "mail"], 25), (["time"], 37), (["whois"], 43), (["tacacs"], 49),
        (["domain", "dns"], 53), (["bootps"], 67), (["bootpc"], 68), (["tftp"], 69), (["gopher"], 70),
        (["finger"], 79), (["http", "www"], 80), (["kerberos"], 88), (["pop3"], 110), (["sunrpc", "portmapper"], 111),
        (["ident", "auth"], 113), (["nntp"], 119), (["ntp"], 123), (["epmap", "msrpc"], 135), (["netbios-ns"], 137),
        (["netbios-dgm"], 138), (["netbios-ssn"], 139), (["imap", "imap2"], 143), (["snmp"], 161),
        (["snmp-trap", "snmptrap"], 162), (["bgp"], 179), (["irc"], 194), (["ldap"], 389), (["https"], 443),
        (["microsoft-ds", "smb"], 445), (["kpasswd"], 464), (["submissions", "smtps"], 465), (["isakmp", "ike"], 500),
        (["login"], 513), (["syslog"], 514), (["printer"], 515), (["rip", "router"], 520), (["uucp"], 540),
        (["dhcpv6-client"], 546), (["dhcpv6-server"], 547), (["rtsp"], 554), (["nntps"], 563), (["submission"], 587),
        (["ipp"], 631), (["ldaps"], 636), (["ldp"], 646), (["domain-s", "dns-over-tls"], 853), (["rsync"], 873),
        (["ftps-data"], 989), (["ftps"], 990), (["telnets"], 992), (["imaps"], 993), (["pop3s"], 995),
        (["socks"], 1080), (["openvpn"], 1194), (["ms-sql-s"], 1433), (["ms-sql-m"], 1434), (["l2f", "l2tp"], 1701),
        (["pptp"], 1723), (["mqtt"], 1883), (["radius"], 1812), (["radius-acct"], 1813), (["nfs"], 2049),
        (["ssdp"], 1900), (["gtp-control"], 2123), (["gtp-user"], 2152), (["iscsi-target"], 3260), (["mysql"], 3306),
        (["ms-wbt-server", "rdp"], 3389), (["stun"], 3478), (["svn"], 3690), (["ipsec-nat-t"], 4500),
        (["vxlan"], 4789), (["sip"], 5060), (["sip-tls"], 5061), (["xmpp-client"], 5222), (["xmpp-server"], 5269),
        (["mdns"], 5353), (["llmnr"], 5355), (["postgresql"], 5432), (["amqp"], 5672), (["vnc"], 5900),
        (["geneve"], 6081), (["redis"], 6379), (["irc-u"], 6667), (["syslog-tls"], 6514), (["http-alt"], 8080),
        (["secure-mqtt", "mqtts"], 8883), (["git"], 9418), (["wireguard"], 51820),
    ]

    private static let several: [(names: [String], ports: [ClosedRange<UInt16>])] = [
        (["x11"], [6000...6063]),
        (["dhcp"], [67...68]),
        (["netbios"], [137...139]),
    ]
}

extension Directory {
    /// Ports of a service: the directory's own meaning of the name, else the built-in one; nil where
    /// neither knows it. `name` in lower case.
    public func ports(ofService name: String) -> [ClosedRange<UInt16>]? {
        services[name] ?? Services.ports(of: name)
    }
}
