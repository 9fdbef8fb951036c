import Primitives

/// An expression as a condition over the columns of packet records, for the place behind `WHERE`.
///
/// Every leaf is 0 for an absent fact (NULL), never NULL itself, so that `NOT` means what `!` means.
/// The text is SQLite's dialect (3.33 or later). ClickHouse takes most of it, but for the literals
/// of addresses (`x'...'` is `unhex('...')` there), `VALUES` as a table and `REGEXP` (`match`).
public struct SQLPredicate: Sendable {
    public let text: String
    public let losses: [Loss]

    /// - Parameter tree: nil is every IP packet.
    public init(_ tree: Tree?, directory: Directory) {
        let resolution = Resolution(tree, directory: directory)
        var writer = SQLWriter(directory: directory, losses: resolution.losses)
        let formula = resolution.formula.replacing { writer.atom($0, widening: $1) }
        switch formula {
        case .always: text = "1"
        case .never: text = "0"
        default: text = Connectives(and: " AND ", or: " OR ", not: "NOT ", halving: 64).text(of: formula)
        }
        losses = writer.losses.losses
    }
}

/// Writes leaves as conditions over columns.
struct SQLWriter {
    /// Ranges written as a chain of `OR`; more become a table. SQLite's trees are at most 1000 deep.
    static let chainLimit = 32

    var directory: Directory
    var losses: LossList

    mutating func atom(_ leaf: Leaf, widening: Bool) -> Formula<String> {
        switch leaf.question {
        case .ip(let version): .atom(version.map { whole("ip_version = \($0)") } ?? "ip_version IS NOT NULL")
        case .addresses(let side, let ranges): either(side, "source_ip", "destination_ip") { addresses($0, ranges) }
        case .ports(let side, let ranges, let carriers):
            either(side, "source_port", "destination_port") { ports($0, ranges, carriers) }
        case .protocols(let ranges): .atom(whole(numbers("protocol", ranges)))
        case .flags(let flags):
            .atom(whole("protocol = 6 AND tcp_flags & \(flags.set | flags.clear) = \(flags.set)"))
        case .icmp(let v4, let v6): .either(v4.map { icmp(1, $0) } + v6.map { icmp(58, $0) })
        case .quantity(let quantity, let ranges): .atom(whole(numbers(column(of: quantity), ranges)))
        case .mac(let side, let prefixes): either(side, "source_mac", "destination_mac") { hardware($0, prefixes) }
        case .fragment(let value): fragment(value)
        case .direction(let incoming): .atom(whole("direction = '\(incoming ? "in" : "out")'"))
        case .interfaces(let side, let found): interfaces(side, found, leaf)
        case .rule(let test): .atom(whole(text("rule", test, leaf)))
        case .verdict(let verdict): .atom(whole("verdict = '\(verdict.rawValue)'"))
        case .user(let names): users(names, leaf)
        case .userMatches(let pattern): texts("source_user", "destination_user", .pattern(pattern), leaf)
        case .host(let test): hosts(test, leaf)
        case .country(let codes):
            either(.either, "source_country", "destination_country") { .atom(whole(isOne($0, codes))) }
        case .asn(let ranges):
            either(.either, "source_asn", "destination_asn") { .atom(whole(numbers($0, ranges))) }
        case .vlan(let ranges): vlan(ranges, leaf)
        case .payload, .payloadMatches, .inner: lost(leaf, widening)
        }
    }

    private mutating func lost(_ leaf: Leaf, _ widening: Bool) -> Formula<String> {
        let what = if case .inner = leaf.question { "the packet inside a tunnel" } else { "the payload" }
        losses.add(.wider, at: leaf.place, "No column holds \(what).")
        return .unknown(widening: widening)
    }

    /// A condition that is 0 where a column is NULL.
    private func whole(_ condition: String) -> String { "coalesce(\(condition), 0)" }

    private func either(
        _ side: Place, _ source: String, _ destination: String, _ condition: (String) -> Formula<String>
    ) -> Formula<String> {
        switch side {
        case .source: condition(source)
        case .destination: condition(destination)
        case .either: .either([condition(source), condition(destination)])
        }
    }

    private mutating func interfaces(
        _ side: Place, _ found: [Directory.Interface], _ leaf: Leaf
    ) -> Formula<String> {
        if side == .either {
            losses.add(.both, at: leaf.place, "A record holds no interface of a packet whose direction is not known.")
        }
        return either(side, "iif", "oif") { .atom(whole(isOne($0, found.map(\.displayName)))) }
    }

    // MARK: Numbers

    private func numbers(_ column: String, _ ranges: [ClosedRange<UInt32>]) -> String {
        let single = ranges.filter { $0.count == 1 }.map { String($0.lowerBound) }
        var parts = ranges.filter { $0.count > 1 }.map { "\(column) BETWEEN \($0.lowerBound) AND \($0.upperBound)" }
        if single.count == 1 { parts.insert("\(column) = \(single[0])", at: 0) }
        if single.count > 1 { parts.insert("\(column) IN (\(single.joined(separator: ", ")))", at: 0) }
        guard parts.count > Self.chainLimit else { return parts.joined(separator: " OR ") }
        return table(column, ranges.map { (String($0.lowerBound), String($0.upperBound)) })
    }

    /// Many ranges as a table to look into.
    private func table(_ column: String, _ ranges: [(lower: String, upper: String)]) -> String {
        let rows = ranges.map { "(\($0.lower), \($0.upper))" }.joined(separator: ", ")
        return "EXISTS (SELECT 1 FROM (VALUES \(rows)) WHERE \(column) BETWEEN column1 AND column2)"
    }

    private func ports(
        _ column: String, _ ranges: [ClosedRange<UInt32>], _ carriers: PortCarriers
    ) -> Formula<String> {
        let condition = numbers(column, ranges)
        guard carriers != .all else { return .atom(whole(condition)) }
        let protocols = PortCarriers.numbers.filter { carriers.contains($0.carrier) }
            .map { $0.number...$0.number }
        return .atom(whole("\(numbers("protocol", protocols)) AND (\(condition))"))
    }

    private func icmp(_ number: Int, _ value: ICMPValue.TypeAndCode) -> Formula<String> {
        let code = value.code.map { " AND icmp_code = \($0)" } ?? ""
        return .atom(whole("protocol = \(number) AND icmp_type = \(value.type)\(code)"))
    }

    private func column(of quantity: Quantity) -> String {
        switch quantity {
        case .length: "length"
        case .payloadLength: "payload_length"
        case .ttl: "ttl"
        case .dscp: "dscp"
        }
    }

    private func fragment(_ value: FragmentValue) -> Formula<String> {
        switch value {
        case .yes: .atom("fragment_offset IS NOT NULL")
        case .no: .every([.atom("ip_version IS NOT NULL"), .atom("fragment_offset IS NULL")])
        case .first: .atom(whole("fragment_offset = 0"))
        case .later: .atom(whole("fragment_offset > 0"))
        }
    }

    private mutating func vlan(_ ranges: [ClosedRange<UInt32>], _ leaf: Leaf) -> Formula<String> {
        losses.add(.both, at: leaf.place, "The column `vlan` holds the outermost tag only.")
        return .atom(whole(numbers("vlan", ranges)))
    }

    // MARK: Addresses

    /// Sixteen bytes, IPv4 as mapped ones; the version keeps the families apart.
    private func addresses(_ column: String, _ ranges: [AddressRange]) -> Formula<String> {
        let families = [(4, ranges.filter(\.isIPv4)), (6, ranges.filter { !$0.isIPv4 })]
        return .either(
            families.filter { !$0.1.isEmpty }.map { version, ranges in
                let bounds = ranges.map { (blob($0.lower), blob($0.upper)) }
                let single = bounds.filter { $0.0 == $0.1 }.map(\.0)
                let wide = bounds.filter { $0.0 != $0.1 }
                var parts: [String] = []
                if single.count == 1 { parts.append("\(column) = \(single[0])") }
                if single.count > 1 { parts.append("\(column) IN (\(single.joined(separator: ", ")))") }
                if wide.count > Self.chainLimit {
                    parts.append(table(column, wide))
                } else {
                    parts += wide.map { "\(column) BETWEEN \($0.0) AND \($0.1)" }
                }
                let condition = parts.count > 1 ? "(\(parts.joined(separator: " OR ")))" : parts[0]
                return .atom(whole("ip_version = \(version) AND \(condition)"))
            })
    }

    private func blob(_ address: IPAddress) -> String {
        switch address {
        case .v4(let address): blob(IPv6Address(mapping: address).number, bytes: 16)
        case .v6(let address): blob(address.number, bytes: 16)
        }
    }

    private func blob(_ number: UInt128, bytes: Int) -> String {
        let text = String(number, radix: 16)
        return "x'" + String(repeating: "0", count: 2 * bytes - text.utf8.count) + text + "'"
    }

    private func hardware(_ column: String, _ prefixes: [MACPrefix]) -> Formula<String> {
        .either(
            prefixes.map { prefix in
                let text = prefix.bytes.map { byte in
                    (byte < 16 ? "0" : "") + String(byte, radix: 16)
                }.joined(separator: ":")
                return .atom(
                    whole(
                        prefix.count == 6
                            ? "\(column) = '\(text)'" : "substr(\(column), 1, \(text.utf8.count)) = '\(text)'"))
            })
    }

    // MARK: Texts

    private func isOne(_ column: String, _ texts: [String]) -> String {
        texts.count == 1
            ? "\(column) = \(literal(texts[0]))"
            : "\(column) IN (\(texts.map(literal).joined(separator: ", ")))"
    }

    /// A text between single quotes. A literal ends at a NUL byte, so that one is put in as a number.
    private func literal(_ text: String) -> String {
        var result = "'"
        for scalar in text.unicodeScalars {
            switch scalar {
            case "'": result += "''"
            case "\0": result += "' || char(0) || '"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return text.unicodeScalars.contains("\0") ? "(\(result)')" : result + "'"
    }

    private mutating func text(_ column: String, _ test: TextTest, _ leaf: Leaf) -> String {
        switch test {
        case .names(let names):
            return isOne(column, names)
        case .pattern(let pattern):
            losses.add(
                .both, at: leaf.place,
                "`REGEXP` is a function that the database must bring; where its patterns are not PCRE2's, it decides otherwise."
            )
            return "\(column) REGEXP \(literal((pattern.ignoresCase ? "(?i)" : "") + pattern.pattern))"
        }
    }

    private mutating func texts(
        _ source: String, _ destination: String, _ test: TextTest, _ leaf: Leaf
    ) -> Formula<String> {
        .either([.atom(whole(text(source, test, leaf))), .atom(whole(text(destination, test, leaf)))])
    }

    private mutating func users(_ names: [UserName], _ leaf: Leaf) -> Formula<String> {
        var members: [String] = []
        for name in names {
            guard name.isGroup else {
                members.append(name.name)
                continue
            }
            losses.add(.both, at: leaf.place, "The group \"\(name.name)\" stands as its members are now.")
            members += (directory.users ?? []).filter { $0.groups.contains(name.name) }.map(\.name)
        }
        return members.isEmpty ? .never : texts("source_user", "destination_user", .names(members), leaf)
    }

    private mutating func hosts(_ test: TextTest, _ leaf: Leaf) -> Formula<String> {
        losses.add(.both, at: leaf.place, "A record holds one name of an address, of those that DNS gave it.")
        guard case .names(let names) = test else {
            guard case .pattern(var pattern) = test else { return .never }
            // Domain names have no case.
            pattern.ignoresCase = true
            return texts("source_host", "destination_host", .pattern(pattern), leaf)
        }
        return either(.either, "source_host", "destination_host") { column in
            .either(
                names.map { name in
                    guard name.hasPrefix("*.") else { return .atom(whole("\(column) = \(literal(name))")) }
                    let suffix = String(name.dropFirst())
                    return .atom(
                        whole(
                            "substr(\(column), -\(suffix.unicodeScalars.count)) = \(literal(suffix))"
                                + " AND length(\(column)) > \(suffix.unicodeScalars.count)"))
                })
        }
    }
}
