import IPLog
import Primitives

// What stands between `match {` and `}`.

extension ConfigurationParser {
    mutating func option(_ rule: inout ConfigurationRule) throws(ConfigurationError) {
        guard token.kind == .word else { throw expected("an option such as protocol = tcp") }
        let (key, line) = (token.text, token.line)
        if key == "every" {
            let every = try every()
            guard rule.every == nil else { return note(key, line) }
            rule.every = every
            return
        }
        guard Self.keys.contains(key) else { throw expected("one of \(Self.keys.joined(separator: ", ")), every") }
        try advance()
        try mark("=")
        let condition = try condition(key)
        guard !rule.conditions.contains(where: { $0.key == condition.key }) else { return note(key, line) }
        rule.conditions.append(condition)
    }

    private static let keys = [
        "direction", "srcip", "dstip", "srcport", "dstport", "protocol", "group", "interface", "logtag", "nattag",
        "rule", "result", "type",
    ]

    private mutating func note(_ key: String, _ line: Int) {
        guard notes.count < Self.mostRules else { return }
        notes.append("\(key) redefined on line \(line)")
    }

    private mutating func condition(_ key: String) throws(ConfigurationError) -> ConfigurationRule.Condition {
        switch key {
        case "direction": .direction(try choice("in or out"))
        case "srcip": .source(try network())
        case "dstip": .destination(try network())
        case "srcport": .sourcePort(try number("a port"))
        case "dstport": .destinationPort(try number("a port"))
        case "protocol": .protocolNumber(try protocolNumber())
        case "group": .group(try word("a group"))
        case "interface": .interface(try word("an interface"))
        case "logtag": .logTag(try number("a number"))
        case "nattag": .natTag(try word("a tag"))
        case "rule": .rule(try number("a number"))
        case "result": .result(try choice("pass, block, nomatch or log"))
        default: .type(try choice("ipf, nat or state"))
        }
    }

    /// every second | every N seconds | every packet | every N packets
    private mutating func every() throws(ConfigurationError) -> ConfigurationRule.Every {
        try advance()
        if token.kind == .word, token.text == "second" || token.text == "packet" {
            let every: ConfigurationRule.Every = token.text == "second" ? .seconds(1) : .packets(1)
            try advance()
            return every
        }
        guard token.kind == .word, let count = UInt32(token.text), count > 0 else {
            throw expected("second, packet, or a number of seconds or packets above 0")
        }
        try advance()
        guard token.kind == .word, ["seconds", "packets"].contains(token.text) else {
            throw expected("seconds or packets")
        }
        let every: ConfigurationRule.Every = token.text == "seconds" ? .seconds(Int64(count)) : .packets(UInt64(count))
        try advance()
        return every
    }

    private mutating func choice<Choice: RawRepresentable<String>>(
        _ what: String
    ) throws(ConfigurationError) -> Choice {
        guard token.kind == .word || token.kind == .string, let choice = Choice(rawValue: token.text) else {
            throw expected(what)
        }
        try advance()
        return choice
    }

    private mutating func number<Number: FixedWidthInteger>(_ what: String) throws(ConfigurationError) -> Number {
        let failure = expected("\(what), 0 ... \(Number.max),")
        guard let number = Number(try word(what)) else { throw failure }
        return number
    }

    private mutating func protocolNumber() throws(ConfigurationError) -> UInt8 {
        let failure = expected("a protocol by its name or number")
        let name = try word("a protocol")
        guard let number = UInt8(name) ?? tables.protocolNumber(name) else { throw failure }
        return number
    }

    /// a.b.c.d or a.b.c.d/bits
    private mutating func network() throws(ConfigurationError) -> ConfigurationRule.Network {
        let failure = expected("an IPv4 address a.b.c.d or a network a.b.c.d/bits")
        let parts = try word("an address").split(separator: "/", omittingEmptySubsequences: false)
        let octets = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, octets.count == 4 else { throw failure }
        var address: UInt32 = 0
        for octet in octets {
            guard octet.utf8.count <= 3, let number = UInt8(octet) else { throw failure }
            address = address << 8 | UInt32(number)
        }
        guard parts.count == 2 else { return ConfigurationRule.Network(address: address, bits: 32) }
        guard let bits = UInt8(parts[1]), bits <= 32 else { throw failure }
        return ConfigurationRule.Network(address: address, bits: bits)
    }
}

extension ConfigurationRule.Condition {
    /// The word before "=".
    var key: Substring { description.prefix { $0 != " " } }
}
