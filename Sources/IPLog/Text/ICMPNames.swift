import Primitives

/// What ipmon calls types and codes of ICMP, which is not what others call them.
enum ICMPNames {
    /// A type's name, and those of its codes from 0 on; a code without one is shown as its number.
    private struct Row {
        var name: StaticString
        var codes: [StaticString?] = []
    }

    /// Appends `unreach/port`, or `3/3`.
    static func append(_ type: UInt8, _ code: UInt8, names: Bool, to out: inout ByteBuffer) {
        append(row4[Int(type)], "icmptype(", type, code, names, to: &out)
    }

    /// Appends `unreach/noport` for ICMPv6.
    static func append6(_ type: UInt8, _ code: UInt8, names: Bool, to out: inout ByteBuffer) {
        if names, type == 138, code == 255 { return out.append("routerrenumber/seqnum_reset") }
        append(row6[Int(type)], "icmpv6type(", type, code, names, to: &out)
    }

    private static func append(
        _ row: Row?, _ unknown: StaticString, _ type: UInt8, _ code: UInt8, _ names: Bool, to out: inout ByteBuffer
    ) {
        guard names else {
            out.append(decimal: UInt32(type))
            out.append(UInt8(ascii: "/"))
            return out.append(decimal: UInt32(code))
        }
        if let row {
            out.append(row.name)
        } else {
            out.append(unknown)
            out.append(decimal: UInt32(type))
            out.append(UInt8(ascii: ")"))
        }
        out.append(UInt8(ascii: "/"))
        if let row, Int(code) < row.codes.count, let name = row.codes[Int(code)] {
            out.append(name)
        } else {
            out.append(decimal: UInt32(code))
        }
    }

    private static let row4: [Row?] = table([
        0: Row(name: "echoreply"),
        3: Row(
            name: "unreach",
            codes: [
                "net", "host", "protocol", "port", "needfrag", "srcfail", "net_unknown", "host_unknown", nil,
                "net_prohib", nil, "tosnet", "toshost", "admin_prohibit",
            ]),
        4: Row(name: "sourcequench"),
        5: Row(name: "redirect", codes: ["net", "host", "tosnet", "toshost"]),
        8: Row(name: "echo"),
        9: Row(name: "routeradvert"),
        10: Row(name: "routersolicit"),
        11: Row(name: "timxceed", codes: ["transit", "reassem"]),
        12: Row(name: "paramprob", codes: ["errata_pointer", "optmissing", "length"]),
        13: Row(name: "timestamp"),
        14: Row(name: "timestampreply"),
        15: Row(name: "inforeq"),
        16: Row(name: "inforeply"),
        17: Row(name: "maskreq"),
        18: Row(name: "maskreply"),
    ])

    private static let row6: [Row?] = table([
        1: Row(name: "unreach", codes: ["noroute", "admin", "neighbour", "address", "noport"]),
        2: Row(name: "toobig"),
        3: Row(name: "timxceed", codes: ["intransit", "reassem"]),
        4: Row(name: "paramprob", codes: ["header", "nextheader", "option"]),
        128: Row(name: "echo"),
        129: Row(name: "echoreply"),
        130: Row(name: "groupmemberquery", codes: ["ipv6", "fqdn", "ipv4"]),
        131: Row(name: "groupmemberreport"),
        132: Row(name: "groupmemberterm"),
        133: Row(name: "routersolicit"),
        134: Row(name: "routeradvert"),
        135: Row(name: "neighborsolicit"),
        136: Row(name: "neighboradvert"),
        137: Row(name: "redirect"),
        138: Row(name: "routerrenumber", codes: ["command", "result"]),
        139: Row(name: "whoareyourequest"),
        140: Row(name: "whoareyoureply"),
        200: Row(name: "mtraceresponse"),
        201: Row(name: "mtracerequest"),
    ])

    private static func table(_ rows: [Int: Row]) -> [Row?] { (0...255).map { rows[$0] } }
}
