import Expressions
import PacketDecoding
import Primitives
import Records

/// The names of a packet's two addresses, as identifiers of the run.
struct PacketHosts {
    var source: PacketFacts.Names
    var destination: PacketFacts.Names

    @inline(__always)
    init(source: PacketFacts.Names, destination: PacketFacts.Names) {
        self.source = source
        self.destination = destination
    }

    @inline(__always)
    init(of record: borrowing PacketRecord) {
        source = .init(repeating: 0)
        destination = .init(repeating: 0)
        source[0] = record.sourceHost
        destination[0] = record.destinationHost
    }
}

/// The shapes that a block has already, by the hash of all that is in them.
///
/// Two shapes of one hash would be taken for one. With 64 bits and a seed that nobody knows that does not happen in
/// the life of a machine. A shape that finds its two slots taken is written once more: never a fault, only bytes.
struct KnownShapes: ~Copyable {
    private struct Slot {
        var hash: UInt64
        /// The block in the upper half, the shape in the lower one; block 0 is vacant.
        var shape: UInt64
    }

    private static let size = 8192

    private var slots = [Slot](repeating: Slot(hash: 0, shape: 0), count: size)
    private var block: UInt64 = 1
    let keys: InlineArray<12, UInt64>

    init(seed: UInt64) {
        var keys = InlineArray<12, UInt64>(repeating: 0)
        var state = seed
        for index in keys.indices {
            state = state &+ 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
            keys[index] = mixed ^ mixed >> 31
        }
        self.keys = keys
    }

    /// Forgets all.
    mutating func removeAll() {
        block += 1
        guard block > UInt64(UInt32.max) else { return }
        block = 1
        for index in slots.indices { slots[index].shape = 0 }
    }

    /// The number of the shape with this hash, or nil; then it is known from now on as `next`.
    @inline(__always)
    mutating func number(of hash: UInt64, next: UInt32) -> UInt32? {
        let home = Int(truncatingIfNeeded: hash >> 20) & (KnownShapes.size - 1)
        let other = home ^ 1
        if slots[home].hash == hash, slots[home].shape >> 32 == block {
            return UInt32(truncatingIfNeeded: slots[home].shape)
        }
        if slots[other].hash == hash, slots[other].shape >> 32 == block {
            return UInt32(truncatingIfNeeded: slots[other].shape)
        }
        let free = slots[home].shape >> 32 == block ? other : home
        slots[free] = Slot(hash: hash, shape: block << 32 | UInt64(next))
        return nil
    }
}

extension PacketRecord {
    /// Whether something beside the packet is known of its addresses.
    @inline(__always)
    func hasNeighbours(_ hosts: PacketHosts) -> Bool {
        let users = sourceUser | destinationUser
        let networks = sourceASN | destinationASN
        let countries = UInt32(sourceCountry | destinationCountry)
        let names = hosts.source[0] | hosts.source[1] | hosts.source[2] | hosts.source[3]
        let others = hosts.destination[0] | hosts.destination[1] | hosts.destination[2] | hosts.destination[3]
        return users | networks | countries | names | others != 0
    }

    /// A hash of all that a shape holds: facts that are not present do not count. `rule` and `group` are
    /// the block's numbers of these names. About 6 ns.
    @inline(__always)
    func shapeHash(_ hosts: PacketHosts, rule: UInt16, group: UInt16, _ keys: InlineArray<12, UInt64>) -> UInt64 {
        let present = present
        let ports = present.contains(.ports) ? UInt64(sourcePort) << 16 | UInt64(destinationPort) : 0
        let network =
            present.isDisjoint(with: .ip)
            ? 0 : UInt64(protocolNumber) << 56 | UInt64(ttl) << 48 | UInt64(dscp) << 40
        let icmp = present.contains(.icmp) ? UInt64(icmpType) << 8 | UInt64(icmpCode) : 0
        let verdict = present.contains(.verdict) ? UInt64(verdict.rawValue) + 1 : 0
        let plain =
            UInt64(source.rawValue) | UInt64(direction.rawValue) << 2 | verdict << 4
            | (hasEcho ? 128 : 0) | (isReadBack ? 256 : 0)
        let type = present.contains(.etherType) ? UInt64(etherType) : 0
        let interfaces =
            UInt64(interface.rawValue) << 32 | UInt64(incoming.rawValue) << 16 | UInt64(outgoing.rawValue)

        var hash = folded(sourceIP.low ^ keys[0], destinationIP.low ^ keys[1])
        hash ^= folded(sourceIP.high &+ keys[2], destinationIP.high ^ keys[3])
        hash &+= folded(sourceMAC.number ^ type << 48 ^ keys[4], destinationMAC.number ^ keys[5])
        hash ^= folded(
            ports | icmp << 32 ^ keys[6],
            UInt64(present.rawValue) | network ^ interfaces &* HashConstant.c ^ keys[7])
        hash &+= folded(plain | UInt64(linkType.rawValue) << 16 | interfaces << 32 ^ keys[8], network ^ keys[9])
        if !present.isDisjoint(with: PacketRecord.rareFacts) { hash ^= rareHash(rule, group, keys) }
        if hasNeighbours(hosts) { hash ^= neighbourHash(hosts, keys) }
        return folded(hash ^ keys[10], keys[11] | 1)
    }

    /// As a number, since a literal of several members is an array where the optimiser is off.
    private static var rareFacts: Layers.Presence {
        Layers.Presence(
            rawValue: Layers.Presence.vlan.rawValue | Layers.Presence.rule.rawValue
                | Layers.Presence.ruleNumber.rawValue | Layers.Presence.inputIndex.rawValue
                | Layers.Presence.outputIndex.rawValue)
    }

    @inline(never)
    private func rareHash(_ rule: UInt16, _ group: UInt16, _ keys: InlineArray<12, UInt64>) -> UInt64 {
        var tags: UInt64 = 0
        if present.contains(.vlan) {
            for index in 0..<min(Int(vlanCount), 4) { tags = tags << 16 | UInt64(vlans[index]) }
        }
        let number = present.contains(.ruleNumber) ? UInt64(ruleNumber) : 0
        let input = present.contains(.inputIndex) ? UInt64(inputIndex) : 0
        let output = present.contains(.outputIndex) ? UInt64(outputIndex) : 0
        let names = folded(UInt64(rule) << 32 | UInt64(group) ^ keys[1], number << 8 | UInt64(vlanCount) ^ keys[3])
        return folded(names ^ tags ^ keys[5], (input << 32 | output) ^ keys[7])
    }

    @inline(never)
    private func neighbourHash(_ hosts: PacketHosts, _ keys: InlineArray<12, UInt64>) -> UInt64 {
        var hash = folded(UInt64(sourceUser) << 32 | UInt64(destinationUser) ^ keys[0], keys[2])
        hash = folded(hash ^ (UInt64(sourceASN) << 32 | UInt64(destinationASN)), keys[4])
        hash = folded(hash ^ (UInt64(sourceCountry) << 16 | UInt64(destinationCountry)), keys[6])
        for index in 0..<4 {
            hash = folded(hash ^ (UInt64(hosts.source[index]) << 32 | UInt64(hosts.destination[index])), keys[8])
        }
        return hash
    }
}
