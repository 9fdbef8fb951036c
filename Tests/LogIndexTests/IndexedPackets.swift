import ExpressionSupport
import Expressions
import LogIndex
import PacketDecoding
import Primitives
import Records

/// What a run knows that logs random packets: the names of `RandomPackets` and `RandomExpressions`.
struct IndexedPackets {
    static let interfaces: [UInt16] = [0, 1, 2, 64, 100]
    static let users: [UInt32] = [1, 2, 200]

    /// Names as the lines show them.
    static func names() -> PacketNames {
        var names = PacketNames()
        let directory = RandomExpressions.directory
        for (id, interface) in zip(interfaces, directory.interfaces ?? []) {
            names.name(InterfaceID(rawValue: id), interface.displayName)
        }
        for (id, user) in zip(users, directory.users ?? []) { names.users.set(user.name, for: Int(id)) }
        for (id, host) in RandomPackets.hosts { names.hosts.set(host, for: Int(id)) }
        names.name(kernelIndex: 1, "WAN \"1\"")
        return names
    }

    /// Teaches a program what the run knows.
    static func teach(_ program: inout Program) {
        let directory = RandomExpressions.directory
        for (id, interface) in zip(interfaces, directory.interfaces ?? []) {
            program.learn(interface: interface, as: InterfaceID(rawValue: id))
        }
        for (id, user) in zip(users, directory.users ?? []) { program.learn(user: user, as: id) }
        for (id, host) in RandomPackets.hosts { program.learn(host: host, as: id) }
    }

    /// The packet as a pipeline hands it on: directions and interfaces agree.
    static func settled(_ packet: TestPacket) -> TestPacket {
        var packet = packet
        if packet.layers.present.contains(.linkDirection), packet.frame.direction == .unknown {
            packet.frame.direction = packet.layers.linkDirection
        }
        if packet.frame.incoming != .none {
            packet.frame.direction = .incoming
            packet.frame.interface = packet.frame.incoming
        } else if packet.frame.outgoing != .none {
            packet.frame.direction = .outgoing
            packet.frame.interface = packet.frame.outgoing
        }
        return packet
    }

    /// The packet's record with the facts that were looked up.
    static func record(_ packet: TestPacket) -> PacketRecord {
        var record = PacketRecord(packet.frame, packet.layers, packet.bytes.span.bytes, source: .capture)
        record.sourceHost = packet.facts.sourceHosts[0]
        record.destinationHost = packet.facts.destinationHosts[0]
        record.sourceUser = packet.facts.sourceUser
        record.destinationUser = packet.facts.destinationUser
        record.sourceCountry = packet.facts.sourceCountry
        record.destinationCountry = packet.facts.destinationCountry
        record.sourceASN = packet.facts.sourceASN
        record.destinationASN = packet.facts.destinationASN
        return record
    }

    /// One block of these packets, sealed, with its directory's record.
    static func block(
        _ packets: [TestPacket], _ builder: inout IndexBlockBuilder, _ block: inout ByteBuffer,
        _ directory: inout ByteBuffer
    ) {
        let names = names()
        block.removeAll()
        directory.removeAll()
        for packet in packets {
            builder.append(
                record(packet), packet.bytes.span.bytes, names, facts: packet.facts, kind: .packet, lineLength: 100)
        }
        builder.finish(into: &block)
        var sealer = IndexSealer()
        sealer.seal(&block, lineOffset: 0, lineNumber: 0, recordOffset: 0, into: &directory)
    }
}
