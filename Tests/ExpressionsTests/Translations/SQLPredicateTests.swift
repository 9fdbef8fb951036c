import ExpressionSupport
import Expressions
import PacketDecoding
import Primitives
import Records
import TestSupport
import Testing

/// SQLite selects the same rows as the expression selects packets.
@Suite struct SQLPredicateTests {
    private static let rounds = Judging.rounds(usually: 400)

    @Test func selectsTheSameRecordedPackets() throws {
        var judged = JudgedPackets(.ethernet)
        judged.addCaptures(limit: 10)
        judged.addBuilt()
        judged.addDamaged(count: 300, seed: Judging.seed)
        // The column holds the outermost tag.
        let packets = judged.packets.filter { !$0.layers.present.contains(.vlan) || $0.layers.vlanCount < 2 }
        var expressions = JudgeExpressions(
            seed: Judging.seed, about: packets,
            variables: JudgeExpressions.header + [.vlan, .mac, .smac, .dmac, .payloadLength])
        let trees = (0..<Self.rounds).map { expressions.tree(depth: $0 % 4) }
        try compare(trees, packets, Directory()) { _ in }
    }

    /// More ranges than a chain of conditions may have.
    @Test func takesLongLists() throws {
        var random = SeededGenerator(seed: Judging.seed)
        var directory = Directory()
        let hosts = (0..<10_000).map { _ in IPAddress.v4(IPv4Address(UInt32(truncatingIfNeeded: random.next()))) }
        let networks = (0..<500).compactMap { _ in
            AddressRange(.v6(IPv6Address(high: random.next(), low: 0)), prefixLength: 48)
        }
        directory.lists = ["long": hosts.map { AddressRange($0) } + networks]
        var packets: [TestPacket] = []
        for host in hosts.prefix(100) {
            let builder = PacketBuilder().ethernet().ipv4("\(host)", "10.0.0.1").udp()
            packets.append(TestPacket(frame: builder.frame(), layers: builder.decoded(), bytes: builder.bytes))
        }
        for network in networks.prefix(50) {
            let builder = PacketBuilder().ethernet().ipv6("2001:db8::1", "\(network.upper)").udp()
            packets.append(TestPacket(frame: builder.frame(), layers: builder.decoded(), bytes: builder.bytes))
        }
        let texts = [#"addr = list:"long""#, #"saddr != list:"long""#, #"daddr = list:"long" & port = 53"#]
        let trees = try texts.compactMap { try Expression(parsing: $0, directory: directory).tree }
        try compare(trees, packets, directory) { _ in }
    }

    /// Everything else that records have columns for: interfaces, direction, users, hosts, countries, rules.
    @Test func selectsTheSameBuiltPackets() throws {
        var random = RandomPackets(seed: Judging.seed)
        var packets: [TestPacket] = []
        while packets.count < 400 {
            var packet = random.packet()
            guard !packet.layers.present.contains(.vlan) || packet.layers.vlanCount < 2 else { continue }
            settle(&packet)
            // A record holds one name of an address.
            for other in 1..<4 {
                packet.facts.sourceHosts[other] = 0
                packet.facts.destinationHosts[other] = 0
            }
            packets.append(packet)
        }
        let variables = Variable.allCases.filter { $0 != .payload }
        var expressions = RandomExpressions(seed: Judging.seed, variables: variables)
        let directory = RandomExpressions.directory
        let trees = (0..<Self.rounds).map { expressions.tree(depth: $0 % 4) }.filter { tree in
            // SQLite's own REGEXP does not know `(?i)`.
            !tree.looksInside && !SQLPredicate(tree, directory: directory).text.contains("(?i)")
        }
        try compare(trees, packets, directory) { program in
            for (id, interface) in Self.interfaces(directory) { program.learn(interface: interface, as: id) }
            for (id, user) in Self.users(directory) { program.learn(user: user, as: id) }
            for (id, host) in RandomPackets.hosts { program.learn(host: host, as: id) }
        }
    }

    /// Interfaces and direction as a source gives them: they go together. An interface without a direction has
    /// no column.
    private func settle(_ packet: inout TestPacket) {
        if packet.layers.present.contains(.linkDirection) { packet.frame.direction = packet.layers.linkDirection }
        let frame = packet.frame
        let both = frame.direction == .incoming && frame.interface != .none
        packet.frame = Frame(
            time: frame.time, capturedLength: frame.capturedLength, originalLength: frame.originalLength,
            linkType: frame.linkType, direction: frame.direction,
            interface: frame.direction == .unknown ? .none : frame.interface)
        if both { packet.frame.outgoing = frame.outgoing }
    }

    private static func interfaces(_ directory: Directory) -> [(InterfaceID, Directory.Interface)] {
        zip([0, 1, 2, 64, 100] as [UInt16], directory.interfaces ?? []).map { (InterfaceID(rawValue: $0), $1) }
    }

    private static func users(_ directory: Directory) -> [(UInt32, Directory.User)] {
        Array(zip([1, 2, 200] as [UInt32], directory.users ?? []))
    }

    private func compare(
        _ trees: [Tree], _ packets: [TestPacket], _ directory: Directory, learn: (inout Program) -> Void
    ) throws {
        var script = Self.table(packets, directory)
        let predicates = trees.map { SQLPredicate($0, directory: directory).text }
        for predicate in predicates {
            script += "SELECT coalesce(group_concat(rowid - 1), '') FROM packets WHERE \(predicate);\n"
        }
        let answer = try Peer.output(of: "sqlite3", ["-bail"], input: Array(script.utf8)).text
        let lines = answer.split(separator: "\n", omittingEmptySubsequences: false)
        try #require(lines.count == trees.count + 1)
        var selected = 0
        for (index, tree) in trees.enumerated() {
            let theirs = lines[index].split(separator: ",").compactMap { Int($0) }
            var program = Program(tree, directory: directory)
            learn(&program)
            let ours = packets.indices.filter { number in
                let packet = packets[number]
                return program.matches(packet.frame, packet.layers, packet.bytes.span.bytes, packet.facts)
            }
            selected += ours.count
            guard ours != theirs else { continue }
            let difference = Set(ours).symmetricDifference(theirs).min() ?? 0
            let who = ours.contains(difference) ? "the expression" : "SQLite"
            let verdict = "packet \(difference) is selected by \(who) only"
            let report = Judging.report(verdict, tree, predicates[index], packets[difference])
            Issue.record(Comment(rawValue: report))
            return
        }
        print(
            "SQLite, GATELOG_SEED=\(Judging.seed): \(trees.count) expressions, \(packets.count) packets, \(selected) selected"
        )
    }

    private static func table(_ packets: [TestPacket], _ directory: Directory) -> String {
        var names = PacketNames()
        for (id, interface) in interfaces(directory) { names.name(id, interface.displayName) }
        for (id, user) in users(directory) { names.users.set(user.name, for: Int(id)) }
        // As the table of names has learned them: in lower case, without the last dot.
        for (id, host) in RandomPackets.hosts {
            let plain = host.hasSuffix(".") ? String(host.dropLast()) : host
            names.hosts.set(plain.lowercased(), for: Int(id))
        }
        var rows = PacketRowRenderer()
        return String(appending: { buffer in
            PacketRowRenderer.appendTable(named: "packets", to: &buffer)
            buffer.append("BEGIN;\n")
            for packet in packets {
                var record = PacketRecord(packet.frame, packet.layers, packet.bytes.span.bytes)
                record.sourceHost = packet.facts.sourceHosts[0]
                record.destinationHost = packet.facts.destinationHosts[0]
                record.sourceUser = packet.facts.sourceUser
                record.destinationUser = packet.facts.destinationUser
                record.sourceCountry = packet.facts.sourceCountry
                record.destinationCountry = packet.facts.destinationCountry
                record.sourceASN = packet.facts.sourceASN
                record.destinationASN = packet.facts.destinationASN
                rows.append(record, packet.bytes.span.bytes, names, into: "packets", to: &buffer)
                buffer.append("\n")
            }
            buffer.append("COMMIT;\n")
        })
    }
}

extension Tree {
    /// Whether a part looks into a tunnel.
    fileprivate var looksInside: Bool {
        switch self {
        case .any, .condition: false
        case .inner: true
        case .not(let tree): tree.looksInside
        case .and(let parts), .or(let parts): parts.contains(where: \.looksInside)
        }
    }
}
