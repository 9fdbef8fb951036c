import Primitives

extension Value {
    /// The value as the language would write it behind `=`.
    public func canonical(of variable: Variable) -> String {
        switch self {
        case .number(let lower, let upper): lower == upper ? "\(lower)" : "\(lower)-\(upper)"
        case .service(let name): Quoting.plainOrQuoted(name)
        case .protocolName(let name, _): name
        case .addresses(let range): range.description
        case .list(let name): "list:\(Quoting.quoted(name))"
        case .users(let users) where variable == .user: Quoting.quoted(users)
        case .users(let users): "user:\(Quoting.quoted(users))"
        case .interface(let name), .text(let name): Quoting.quoted(name)
        case .vpnClient: "vpnclient"
        case .vpn: "vpn"
        case .vpnConnection(let name): "vpn:\(Quoting.quoted(name))"
        case .mac(let prefix, let count): Self.hardware(prefix, count)
        case .icmp(let value): value.canonical
        case .direction(let incoming): incoming ? "in" : "out"
        case .fragment(let value): value.rawValue
        case .verdict(let value): value.rawValue
        case .bytes(let bytes): Quoting.quoted(bytes)
        case .country(let letters): letters
        }
    }

    private static func hardware(_ prefix: UInt64, _ count: Int) -> String {
        (0..<count).map { index in
            let byte = UInt8(truncatingIfNeeded: prefix >> UInt64(8 * (count - 1 - index)))
            return Quoting.twoDigits(byte)
        }.joined(separator: ":")
    }
}

extension ICMPValue {
    /// The name, or the numbers of the one family that it means.
    public var canonical: String {
        if let name { return name }
        guard let numbers = v4 ?? v6 else { return "" }
        return numbers.code.map { "\(numbers.type)/\($0)" } ?? "\(numbers.type)"
    }
}

/// Strings as the lexer reads them back.
enum Quoting {
    /// A backslash is doubled only where it would escape: before a quote, a backslash or the end.
    static func quoted(_ text: String) -> String { quotedText(Array(text.utf8)) }

    /// As a plain name where it is one, and none of the language's own words.
    static func plainOrQuoted(_ name: String) -> String {
        let words = ["and", "or", "not"]
        let isPlain = name.utf8.enumerated().allSatisfy { index, byte in
            byte.isLetter || byte == UInt8(ascii: "_") || index > 0 && (byte.isDigit || byte == UInt8(ascii: "-"))
        }
        return isPlain && !name.isEmpty && !words.contains(name) ? name : quoted(name)
    }

    /// Users and `[groups]` with commas between.
    static func quoted(_ users: [UserName]) -> String {
        var text: [UInt8] = []
        for (index, user) in users.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            if user.isGroup { text.append(UInt8(ascii: "[")) }
            let name = Array(user.name.utf8)
            for (offset, byte) in name.enumerated() {
                // In a name a comma and a bracket are escaped, and so is a backslash that would escape.
                let next = offset + 1 < name.count ? name[offset + 1] : UInt8(ascii: ",")
                switch byte {
                case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\""):
                    text.append(UInt8(ascii: "\\"))
                case UInt8(ascii: "\\") where escapes(next):
                    text.append(UInt8(ascii: "\\"))
                default:
                    break
                }
                text.append(byte)
            }
            if user.isGroup { text.append(UInt8(ascii: "]")) }
        }
        return "\"\(String(decoding: text, as: UTF8.self))\""
    }

    /// Bytes of a payload: what is not printable ASCII as `\xNN`.
    static func quoted(_ bytes: [UInt8]) -> String {
        var text = "\""
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): text += "\\" + String(UnicodeScalar(byte))
            case 0x20...0x7E: text += String(UnicodeScalar(byte))
            default: text += "\\x" + twoDigits(byte)
            }
        }
        return text + "\""
    }

    static func twoDigits(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16)
    }

    private static func escapes(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "\""), UInt8(ascii: "\\"): true
        default: false
        }
    }

    private static func quotedText(_ bytes: [UInt8]) -> String {
        var text: [UInt8] = [UInt8(ascii: "\"")]
        for (index, byte) in bytes.enumerated() {
            let next = index + 1 < bytes.count ? bytes[index + 1] : UInt8(ascii: "\"")
            let isEscaped =
                byte == UInt8(ascii: "\"")
                || byte == UInt8(ascii: "\\") && (next == UInt8(ascii: "\"") || next == UInt8(ascii: "\\"))
            if isEscaped { text.append(UInt8(ascii: "\\")) }
            text.append(byte)
        }
        text.append(UInt8(ascii: "\""))
        return String(decoding: text, as: UTF8.self)
    }
}
