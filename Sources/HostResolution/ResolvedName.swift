import Primitives

/// Names as name servers tell them in PTR records: whoever owns an address chooses its name, so that all of it is
/// hostile.
public enum ResolvedName {
    /// Most bytes of a name (RFC 1035, section 2.3.4).
    public static let longest = 253

    /// The name in lower case without the dot at its end; nil for what is none: bytes that are not printable ASCII, empty
    /// or too long labels, more than 253 bytes, and what looks like an address, which a line would take for one.
    public static func checked(_ bytes: [UInt8]) -> String? {
        var name = bytes
        if name.last == UInt8(ascii: ".") { name.removeLast() }
        guard 1...longest ~= name.count else { return nil }
        var label = 0
        for index in name.indices {
            let byte = name[index]
            switch byte {
            case UInt8(ascii: "."):
                guard label > 0 else { return nil }
                label = -1
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): name[index] = byte | 0x20
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
            case UInt8(ascii: "-"), UInt8(ascii: "_"): break
            default: return nil
            }
            label += 1
            guard label <= 63 else { return nil }
        }
        guard label > 0 else { return nil }
        // The last label of a name is never a number (RFC 3696, section 2): 10.0.0.1 is an address, and 10.0.0 too.
        let last = name.split(separator: UInt8(ascii: ".")).last ?? []
        guard !last.allSatisfy({ UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }) else { return nil }
        return String(decoding: name, as: UTF8.self)
    }
}
