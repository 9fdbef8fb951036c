import Primitives

// Rule files that ask for nothing but addresses: a group of them on one side, everything else on the other.

extension AddressList {
    mutating func readRule(_ line: RawSpan, _ number: Int) {
        guard let open = line.firstIndex(of: UInt8(ascii: "(")) else {
            return complain(number, line, "is no rule: it has no options in brackets")
        }
        let words = line.extracting(0..<open).words(limit: 8)
        guard words.count == 7 else {
            return complain(number, line, "is no rule: action, protocol, addresses, port, arrow, addresses, port")
        }
        let (source, target) = (line.extracting(words[2]), line.extracting(words[5]))
        guard line.extracting(words[3]).equals("any"), line.extracting(words[6]).equals("any") else {
            return complain(number, line, "asks for a port: it is for the intrusion detection, not for a blacklist")
        }
        let listed: Range<Int>
        switch (source.isAddressGroup, target.isAddressGroup) {
        case (true, false): listed = words[2]
        case (false, true): listed = words[5]
        default: return complain(number, line, "has no list of addresses on one side alone")
        }
        let options = RuleOptions(line.extracting(open + 1..<line.byteCount))
        guard let sid = options.sid else { return complain(number, line, "has no sid") }
        if let asked = options.beyondAddresses {
            return complain(number, line, "asks for \(asked): it is for the intrusion detection, not for a blacklist")
        }
        rules.append(
            Rule(
                gid: options.gid ?? 1, sid: sid, revision: options.revision ?? 0, message: options.message,
                protocolNumber: AddressList.protocolNumber(line.extracting(words[1]))))
        addGroup(line.extracting(listed), number, rule: Int32(rules.count - 1))
    }

    private mutating func addGroup(_ group: RawSpan, _ number: Int, rule: Int32) {
        let isBracketed = group.byte(at: 0) == UInt8(ascii: "[")
        let list = isBracketed ? group.extracting(1..<max(1, group.byteCount - 1)) : group
        var place = 0
        while place < list.byteCount {
            let end = list.firstIndex(of: UInt8(ascii: ","), from: place) ?? list.byteCount
            add(list.extracting(place..<end), number, rule: rule)
            place = end + 1
        }
    }

    private static func protocolNumber(_ name: RawSpan) -> UInt8? {
        if name.equals("tcp") { return 6 }
        if name.equals("udp") { return 17 }
        if name.equals("icmp") { return 1 }
        return nil
    }
}

extension RawSpan {
    /// Addresses, and neither a variable nor a negation nor `any`.
    fileprivate var isAddressGroup: Bool {
        for place in 0..<byteCount {
            let byte = byte(at: place)
            if byte == UInt8(ascii: "$") || byte == UInt8(ascii: "!") { return false }
        }
        return !equals("any") && byteCount > 0
    }
}

/// The options of a rule that a blacklist needs.
private struct RuleOptions {
    var message = ""
    var gid: UInt32?
    var sid: UInt32?
    var revision: UInt32?
    /// An option that says more than addresses do.
    var beyondAddresses: String?

    private static let harmless: Set<String> = [
        "msg", "gid", "sid", "rev", "reference", "classtype", "metadata", "priority", "threshold", "flowbits", "target",
        "detection_filter",
    ]

    init(_ text: RawSpan) {
        var place = 0
        while place < text.byteCount, text.byte(at: place) != UInt8(ascii: ")") {
            let end = RuleOptions.end(of: text, from: place)
            take(text.extracting(place..<end).trimmedBlanks)
            place = end + 1
            while place < text.byteCount, text.byte(at: place) <= 32 { place += 1 }
        }
    }

    /// The semicolon that ends an option; those in quotes and behind a backslash do not.
    private static func end(of text: RawSpan, from start: Int) -> Int {
        var isQuoted = false
        var place = start
        while place < text.byteCount {
            switch text.byte(at: place) {
            case UInt8(ascii: "\\"): place += 1
            case UInt8(ascii: "\""): isQuoted.toggle()
            case UInt8(ascii: ";") where !isQuoted: return place
            default: break
            }
            place += 1
        }
        return text.byteCount
    }

    private mutating func take(_ option: RawSpan) {
        let name = String(option.before(UInt8(ascii: ":")).trimmedBlanks)
        let colon = option.firstIndex(of: UInt8(ascii: ":"))
        let value = String(option.extracting(min(option.byteCount, (colon ?? option.byteCount) + 1)..<option.byteCount))
        switch name {
        case "msg": message = RuleOptions.unquoted(value)
        case "gid": gid = UInt32(value)
        case "sid": sid = UInt32(value)
        case "rev": revision = UInt32(value)
        default: if !RuleOptions.harmless.contains(name), !name.isEmpty { beyondAddresses = beyondAddresses ?? name }
        }
    }

    private static func unquoted(_ text: String) -> String {
        var bytes = Array(text.utf8)
        if bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\""), bytes.count >= 2 {
            bytes = Array(bytes.dropFirst().dropLast())
        }
        var plain: [UInt8] = []
        var place = 0
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "\\"), place + 1 < bytes.count { place += 1 }
            plain.append(bytes[place])
            place += 1
        }
        return String(decoding: plain, as: UTF8.self)
    }
}

extension String {
    fileprivate init(_ bytes: RawSpan) {
        self.init(decoding: (0..<bytes.byteCount).map { bytes.byte(at: $0) }, as: UTF8.self)
    }
}
