/// ICMP messages by name, for both families (IANA "ICMP Parameters" and "ICMPv6 Parameters").
public enum ICMPNames {
    /// All names that `icmp` takes (`icmp6`: those that have a meaning there), sorted.
    public static func all(onlyICMP6: Bool) -> [String] {
        messages.filter { !onlyICMP6 || $0.value.v6 != nil }.map(\.key).sorted()
    }

    /// What a name means in each family; nil for a name that means nothing. `name` in lower case.
    public static func value(of name: String) -> ICMPValue? { messages[name] }

    private static let messages: [String: ICMPValue] = {
        var messages: [String: ICMPValue] = [:]
        for row in table {
            for name in row.names {
                messages[name] = ICMPValue(
                    name: name, v4: row.v4.map { .init(type: $0, code: nil) },
                    v6: row.v6.map { .init(type: $0, code: nil) })
                for (code, v4, v6) in row.codes {
                    messages["\(name)/\(code)"] = ICMPValue(
                        name: "\(name)/\(code)", v4: pair(row.v4, v4), v6: pair(row.v6, v6))
                }
            }
        }
        return messages
    }()

    private static func pair(_ type: UInt8?, _ code: UInt8?) -> ICMPValue.TypeAndCode? {
        guard let type, let code else { return nil }
        return .init(type: type, code: code)
    }

    private struct Row {
        var names: [String]
        var v4: UInt8?
        var v6: UInt8?
        var codes: [(name: String, v4: UInt8?, v6: UInt8?)]

        init(_ names: String..., v4: UInt8? = nil, v6: UInt8? = nil, codes: [(String, UInt8?, UInt8?)] = []) {
            self.names = names
            self.v4 = v4
            self.v6 = v6
            self.codes = codes
        }
    }

    private static let table: [Row] = [
        Row("echo-request", "echo", v4: 8, v6: 128),
        Row("echo-reply", v4: 0, v6: 129),
        Row(
            "unreachable", "destination-unreachable", v4: 3, v6: 1,
            codes: [
                ("net", 0, nil), ("host", 1, nil), ("protocol", 2, nil), ("port", 3, 4),
                ("fragmentation-needed", 4, nil), ("source-route", 5, nil), ("net-unknown", 6, nil),
                ("host-unknown", 7, nil), ("net-prohibited", 9, nil), ("host-prohibited", 10, nil),
                ("net-tos", 11, nil), ("host-tos", 12, nil), ("admin-prohibited", 13, 1), ("precedence", 14, nil),
                ("no-route", nil, 0), ("beyond-scope", nil, 2), ("address", nil, 3), ("policy", nil, 5),
                ("reject-route", nil, 6),
            ]),
        Row("source-quench", v4: 4),
        Row(
            "redirect", v4: 5, v6: 137,
            codes: [("net", 0, nil), ("host", 1, nil), ("net-tos", 2, nil), ("host-tos", 3, nil)]),
        Row("time-exceeded", v4: 11, v6: 3, codes: [("transit", 0, 0), ("reassembly", 1, 1)]),
        Row(
            "parameter-problem", v4: 12, v6: 4,
            codes: [
                ("header", 0, 0), ("option-missing", 1, nil), ("length", 2, nil), ("next-header", nil, 1),
                ("option", nil, 2),
            ]),
        Row("router-advertisement", v4: 9, v6: 134),
        Row("router-solicitation", v4: 10, v6: 133),
        Row("timestamp-request", v4: 13),
        Row("timestamp-reply", v4: 14),
        Row("information-request", v4: 15),
        Row("information-reply", v4: 16),
        Row("address-mask-request", v4: 17),
        Row("address-mask-reply", v4: 18),
        Row("packet-too-big", v6: 2),
        Row("multicast-listener-query", v6: 130),
        Row("multicast-listener-report", v6: 131),
        Row("multicast-listener-done", v6: 132),
        Row("neighbor-solicitation", "neighbour-solicitation", v6: 135),
        Row("neighbor-advertisement", "neighbour-advertisement", v6: 136),
        Row("multicast-listener-report-v2", v6: 143),
    ]
}
