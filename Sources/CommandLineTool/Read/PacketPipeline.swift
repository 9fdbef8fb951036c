import CaptureFiles
import Expressions
import PacketDecoding
import Primitives
import Records

/// One packet's way from its bytes to the program's answer, with the tables that packets teach.
///
/// Owns what is reused from packet to packet, so that a steady state allocates nothing.
struct PacketPipeline: ~Copyable {
    /// What beside the program's own demands a sink shows.
    struct Needs: OptionSet {
        let rawValue: UInt8

        static let hosts = Needs(rawValue: 1 << 0)
        static let users = Needs(rawValue: 1 << 1)
        static let geography = Needs(rawValue: 1 << 2)
        /// Ports of later fragments.
        static let fragments = Needs(rawValue: 1 << 3)
    }

    private(set) var program: Program
    private(set) var layers = Layers()
    private(set) var facts = PacketFacts()
    /// The names that lines show for the numbers in frames and facts.
    private(set) var names = PacketNames()
    private(set) var fragments: FragmentPorts
    private(set) var hosts: HostNames
    private var interfaces: InterfaceNames
    private let surroundings: Surroundings
    private let needs: Needs
    /// Facts from beside the packet are looked up for each one.
    private let looksUp: Bool
    /// Answers for plain packets without decoding them; nil where the program or a look-up needs more.
    let plain: PlainMatcher?
    private var learnedHosts: UInt32 = 0

    /// A pipeline for `program`, whose names `surroundings` knows; `seed` is new for each run.
    init(_ program: consuming Program, _ surroundings: Surroundings, shows: Needs, seed: UInt64) {
        var needs = shows
        if program.demands.contains(.hosts) { needs.insert(.hosts) }
        if program.demands.contains(.users) { needs.insert(.users) }
        if !program.demands.isDisjoint(with: [.countries, .asns]) { needs.insert(.geography) }
        if program.demands.contains(.fragmentPorts) { needs.insert(.fragments) }
        if surroundings.users.isEmpty { needs.remove(.users) }
        if surroundings.geography.isEmpty { needs.remove(.geography) }
        self.needs = needs
        looksUp = !needs.isDisjoint(with: [.hosts, .users, .geography])
        plain = looksUp ? nil : program.plainMatcher
        fragments = FragmentPorts(capacity: needs.contains(.fragments) ? 16_384 : 16, seed: seed)
        hosts = HostNames(capacity: needs.contains(.hosts) ? 32_768 : 16, seed: seed)
        interfaces = InterfaceNames(surroundings.interfacesByIndex)
        self.surroundings = surroundings
        self.program = program
        for (index, user) in surroundings.users.enumerated() {
            self.program.learn(user: user, as: UInt32(index + 1))
            names.users.set(user.name, for: index + 1)
        }
    }

    /// Tells the program and the lines of an interface that a capture named.
    mutating func learn(_ interface: CaptureInterface, as id: InterfaceID) {
        learn(surroundings.interface(interface), as: id)
    }

    private mutating func learn(_ interface: Directory.Interface?, as id: InterfaceID) {
        guard let interface else { return }
        program.learn(interface: interface, as: id)
        names.name(id, interface.displayName)
    }

    /// Says whether the program is met. Where it is, `layers` and `facts` are those of the frame, unless nobody
    /// reads them (`decodesMatches`).
    @inline(__always)
    mutating func matches(_ frame: inout Frame, _ bytes: RawSpan, decodesMatches: Bool) -> Bool {
        if let plain, let packet = PlainPacket(bytes, of: frame) {
            guard plain.matches(packet) else { return false }
            if decodesMatches { layers.decode(bytes, of: frame) }
            return true
        }
        return matchesDecoded(&frame, bytes)
    }

    /// Facts that need more than the packet: what a link header tells of interfaces, and fragments.
    private static let unusual: Layers.Presence = [.linkDirection, .inputIndex, .outputIndex, .fragment]

    @inline(never)
    private mutating func matchesDecoded(_ frame: inout Frame, _ bytes: RawSpan) -> Bool {
        layers.decode(bytes, of: frame)
        if looksUp || !layers.present.isDisjoint(with: Self.unusual) { return matchesWithTables(&frame, bytes) }
        return program.matches(frame, layers, bytes, facts)
    }

    @inline(never)
    private mutating func matchesWithTables(_ frame: inout Frame, _ bytes: RawSpan) -> Bool {
        if !layers.present.isDisjoint(with: [.linkDirection, .inputIndex, .outputIndex]) { settleInterfaces(&frame) }
        if needs.contains(.fragments) { fragments.settle(&layers, bytes, at: frame.time) }
        if needs.contains(.hosts) {
            hosts.learn(layers, bytes, at: frame.time)
            while learnedHosts < hosts.nameCount { learnNextHost() }
        }
        if looksUp { lookUp(bytes) }
        return program.matches(frame, layers, bytes, facts)
    }

    private mutating func learnNextHost() {
        learnedHosts += 1
        let name = hosts.name(learnedHosts)
        program.learn(host: name, as: learnedHosts)
        names.hosts.set(name, for: Int(learnedHosts))
    }

    private mutating func lookUp(_ bytes: RawSpan) {
        facts = PacketFacts()
        guard let source = layers.source(in: bytes), let destination = layers.destination(in: bytes) else { return }
        if needs.contains(.hosts) {
            facts.sourceHosts = hosts.names(of: source)
            facts.destinationHosts = hosts.names(of: destination)
        }
        if needs.contains(.users) {
            facts.sourceUser = surroundings.user(at: source)
            facts.destinationUser = surroundings.user(at: destination)
        }
        if needs.contains(.geography) {
            facts.sourceCountry = surroundings.geography.country(of: source)
            facts.destinationCountry = surroundings.geography.country(of: destination)
            facts.sourceASN = surroundings.geography.asn(of: source)
            facts.destinationASN = surroundings.geography.asn(of: destination)
        }
    }

    /// The firewall's log and the cooked link headers name interfaces by the kernel's index, and tell directions.
    private mutating func settleInterfaces(_ frame: inout Frame) {
        if layers.present.contains(.linkDirection), frame.direction == .unknown {
            frame.direction = layers.linkDirection
            frame.incoming = frame.direction == .incoming ? frame.interface : .none
            frame.outgoing = frame.direction == .outgoing ? frame.interface : .none
        }
        if layers.present.contains(.inputIndex) { frame.incoming = interface(at: layers.inputIndex) }
        if layers.present.contains(.outputIndex) { frame.outgoing = interface(at: layers.outputIndex) }
        if frame.incoming != .none {
            frame.direction = .incoming
            frame.interface = frame.incoming
        } else if frame.outgoing != .none {
            frame.direction = .outgoing
            frame.interface = frame.outgoing
        }
    }

    private mutating func interface(at index: UInt32) -> InterfaceID {
        let (id, new) = interfaces.id(at: index)
        learn(new, as: id)
        return id
    }
}

extension PacketPipeline {
    /// The last frame as a record, with the facts that were looked up.
    @inline(__always)
    func record(of frame: Frame, _ bytes: RawSpan) -> PacketRecord {
        var record = PacketRecord(frame, layers, bytes)
        if looksUp {
            record.sourceHost = facts.sourceHosts[0]
            record.destinationHost = facts.destinationHosts[0]
            record.sourceUser = facts.sourceUser
            record.destinationUser = facts.destinationUser
            record.sourceCountry = facts.sourceCountry
            record.destinationCountry = facts.destinationCountry
            record.sourceASN = facts.sourceASN
            record.destinationASN = facts.destinationASN
        }
        return record
    }
}

extension PacketPipeline.Needs {
    /// What a template shows.
    init(_ template: PacketTemplate.Needs) {
        self = []
        if template.contains(.hosts) { insert(.hosts) }
        if template.contains(.users) { insert(.users) }
        if template.contains(.countries) { insert(.geography) }
    }
}
