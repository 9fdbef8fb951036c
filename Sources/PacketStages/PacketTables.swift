public import Expressions
public import PacketDecoding
public import Primitives
public import Records

/// The tables of one worker: what the packets themselves teach (host names, ports of fragments, interfaces), and
/// what is looked up for each of them. A packet is read once, however many programs ask about it afterwards.
///
/// Owns what is reused from packet to packet, so that a steady state allocates nothing.
public struct PacketTables: ~Copyable {
    /// - Limit: datagrams whose fragments inherit ports |  | the oldest make room
    private static let datagrams = 16_384
    /// - Limit: addresses with names; there is room for twice as many names |  | addresses make room, names are
    ///   refused and counted
    private static let addresses = 32_768

    /// Facts that cost a look-up.
    public struct Needs: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let hosts = Needs(rawValue: 1 << 0)
        public static let users = Needs(rawValue: 1 << 1)
        public static let geography = Needs(rawValue: 1 << 2)
        /// Ports of later fragments.
        public static let fragments = Needs(rawValue: 1 << 3)
        /// Names of DNS answers, for others to know: nothing is looked up for a packet.
        public static let answers = Needs(rawValue: 1 << 4)
    }

    /// A name that packets taught, or that was known before: each program is told once.
    enum News {
        case host(UInt32)
        case user(NumberedUser)
        case interface(InterfaceID, Directory.Interface)
    }

    /// What the decoder made of the packet that was read last.
    public private(set) var layers = Layers()
    /// What was looked up for it.
    public private(set) var facts = PacketFacts()
    /// The names that lines show for the numbers in frames and facts.
    public private(set) var names = PacketNames()
    private var fragments: FragmentPorts
    fileprivate var hosts: HostNames
    fileprivate var questions: HostQuestions
    private var numbers: InterfaceNumbers
    private var learned: [InterfaceID: Directory.Interface] = [:]
    private var news: [News] = []
    private var lookups: PacketLookups
    private var needs: Needs = []
    private var users = UserView.nobody
    /// Somebody may be logged in somewhere.
    private var hasUsers = false
    /// Facts from beside the packet are looked up for each one.
    public private(set) var looksUp = false
    /// DNS answers are looked at.
    public private(set) var learnsHosts = false
    private var asksForHosts = false
    private let seed: UInt64
    fileprivate var learnedHosts: UInt32 = 0

    /// Tables for `needs`; `seed` is new for each run.
    public init(_ needs: Needs, _ lookups: PacketLookups, seed: UInt64) {
        self.seed = seed
        self.lookups = lookups
        fragments = FragmentPorts(capacity: 16, seed: seed)
        hosts = HostNames(capacity: 16, seed: seed)
        questions = HostQuestions(seed: seed, capacity: 16)
        numbers = InterfaceNumbers(lookups.interfacesByIndex)
        reconfigure(needs, lookups)
    }

    /// Goes on with other needs and look-ups; what packets taught is kept.
    public mutating func reconfigure(_ needs: Needs, _ lookups: PacketLookups) {
        var needs = needs
        if lookups.users == nil { needs.remove(.users) }
        if lookups.geography.isEmpty { needs.remove(.geography) }
        // Tables that were in use stay in use: a name that was learned remains true.
        if needs.contains(.fragments), !self.needs.contains(.fragments) {
            fragments = FragmentPorts(capacity: Self.datagrams, seed: seed)
        }
        let named: Needs = [.hosts, .answers]
        if !needs.isDisjoint(with: named), self.needs.isDisjoint(with: named) {
            hosts = HostNames(capacity: Self.addresses, seed: seed)
        }
        if needs.contains(.hosts), lookups.asksForHosts, !asksForHosts {
            questions = HostQuestions(seed: seed)
            asksForHosts = true
        }
        hosts.keepsNews = needs.contains(.answers)
        learnsHosts = !needs.isDisjoint(with: named)
        self.needs = needs.union(self.needs.intersection([.fragments, .hosts]))
        looksUp = !self.needs.isDisjoint(with: [.hosts, .users, .geography])
        self.lookups = lookups
        hasUsers = lookups.users != nil
        if let known = lookups.users, known.board !== users.board {
            users = UserView(known)
            names.users = NameTable()
            for (index, user) in known.users.enumerated() { names.users.set(user.name, for: index + 1) }
        }
    }

    /// Follows the news of users, `most` of them at a time; programs have to be told afterwards where `hasNews` says so.
    /// Costs one atomic load where there are none.
    public mutating func followUsers(most: Int) {
        guard hasUsers, users.hasNews else { return }
        let taught = lookups.users?.latest.number ?? 0
        // Borrowed by hand: the closure changes what stands beside the view.
        var view = users
        view.follow(most: most) { item, piece in
            if !names.users.hasName(Int(item.number)) { names.users.set(item.user.name, for: Int(item.number)) }
            // A plan's programs may be ahead of this worker.
            if piece > taught { add(.user(item)) }
        }
        users = view
    }

    /// Programs have to be told of names: call `tell` for each, then `newsTold`. Cheap enough to ask for each packet.
    @inlinable public var hasNews: Bool { pendingNews }
    @usableFromInline var pendingNews = false

    /// Tells a program what was learned since `newsTold`.
    public func tell(_ program: inout Program) {
        for item in news {
            switch item {
            case .host(let number): program.learn(host: hosts.name(number), as: number)
            case .user(let item): program.learn(user: item.user, as: item.number)
            case .interface(let id, let interface): program.learn(interface: interface, as: id)
            }
        }
    }

    /// Every program was told.
    public mutating func newsTold() {
        news.removeAll(keepingCapacity: true)
        pendingNews = false
    }

    /// Tells a new program everything that is known, but for the users whom `KnownUsers.teach` told it.
    public func teach(_ program: inout Program) {
        if let known = lookups.users { users.teach(&program, since: known.latest) }
        for (id, interface) in learned { program.learn(interface: interface, as: id) }
        for number in 1..<max(1, learnedHosts + 1) { program.learn(host: hosts.name(number), as: number) }
    }

    /// Names an interface of the run.
    public mutating func learn(_ interface: Directory.Interface, as id: InterfaceID) {
        guard id != .none, learned[id] != interface else { return }
        learned[id] = interface
        names.name(id, interface.displayName)
        add(.interface(id, interface))
    }

    /// Facts that need more than the packet: what a link header tells of interfaces, and fragments.
    private static let unusual: Layers.Presence = [.linkDirection, .inputIndex, .outputIndex, .fragment]

    /// Decodes a frame and looks up what is needed of it. What its link header tells of direction and interfaces is
    /// filled into `frame`.
    public mutating func read(_ frame: inout Frame, _ bytes: RawSpan) {
        layers.decode(bytes, of: frame)
        if looksUp || learnsHosts || !layers.present.isDisjoint(with: Self.unusual) { consult(&frame, bytes) }
    }

    /// Decodes a plain packet, for which nothing is looked up.
    public mutating func readPlain(_ frame: Frame, _ bytes: RawSpan) {
        layers.decode(bytes, of: frame)
    }

    @inline(never)
    private mutating func consult(_ frame: inout Frame, _ bytes: RawSpan) {
        if !layers.present.isDisjoint(with: [.linkDirection, .inputIndex, .outputIndex]) { settleInterfaces(&frame) }
        if needs.contains(.fragments) { fragments.settle(&layers, bytes, at: frame.time) }
        if learnsHosts || needs.contains(.hosts) {
            hosts.learn(layers, bytes, at: frame.time)
            while learnedHosts < hosts.nameCount { learnNextHost() }
        }
        if looksUp { lookUp(bytes, at: frame.time) }
    }

    fileprivate mutating func learnNextHost() {
        learnedHosts += 1
        names.hosts.set(hosts.name(learnedHosts), for: Int(learnedHosts))
        add(.host(learnedHosts))
    }

    private mutating func add(_ item: News) {
        news.append(item)
        pendingNews = true
    }

    private mutating func lookUp(_ bytes: RawSpan, at time: Timestamp) {
        facts = PacketFacts()
        guard let source = layers.source(in: bytes), let destination = layers.destination(in: bytes) else { return }
        if needs.contains(.hosts) {
            facts.sourceHosts = hosts.names(of: source)
            facts.destinationHosts = hosts.names(of: destination)
            if asksForHosts {
                if facts.sourceHosts[0] == 0 { facts.sourceHosts[0] = questions.number(of: source, at: time) }
                if facts.destinationHosts[0] == 0 {
                    facts.destinationHosts[0] = questions.number(of: destination, at: time)
                }
            }
        }
        if needs.contains(.users) {
            (facts.sourceUser, facts.destinationUser) = users.users(at: source, and: destination)
        }
        if needs.contains(.geography) {
            facts.sourceCountry = lookups.geography.country(of: source)
            facts.destinationCountry = lookups.geography.country(of: destination)
            facts.sourceASN = lookups.geography.asn(of: source)
            facts.destinationASN = lookups.geography.asn(of: destination)
        }
    }

    /// Looks up the users at the addresses of the packet that was read last, for what is written of it; nothing where
    /// they were looked up as it was read.
    public mutating func findUsers(_ bytes: RawSpan) {
        guard hasUsers, !needs.contains(.users) else { return }
        (facts.sourceUser, facts.destinationUser) = (0, 0)
        guard let source = layers.source(in: bytes), let destination = layers.destination(in: bytes) else { return }
        (facts.sourceUser, facts.destinationUser) = users.users(at: source, and: destination)
    }

    /// The firewall's log and the cooked link headers name interfaces by the kernel's index, and tell directions. A
    /// source that knew them itself is believed.
    private mutating func settleInterfaces(_ frame: inout Frame) {
        let isTold = frame.direction != .unknown
        if layers.present.contains(.linkDirection), !isTold {
            frame.direction = layers.linkDirection
            frame.incoming = frame.direction == .incoming ? frame.interface : .none
            frame.outgoing = frame.direction == .outgoing ? frame.interface : .none
        }
        if layers.present.contains(.inputIndex), !isTold {
            frame.incoming = interface(at: layers.inputIndex)
        }
        if layers.present.contains(.outputIndex), !isTold {
            frame.outgoing = interface(at: layers.outputIndex)
        }
        guard !isTold else { return }
        // What left has been received before, perhaps.
        if frame.direction == .outgoing, frame.outgoing != .none {
            frame.interface = frame.outgoing
        } else if frame.incoming != .none {
            frame.direction = .incoming
            frame.interface = frame.incoming
        } else if frame.outgoing != .none {
            frame.direction = .outgoing
            frame.interface = frame.outgoing
        }
    }

    private mutating func interface(at index: UInt32) -> InterfaceID {
        let (id, new) = numbers.id(at: index)
        if let new { learn(new, as: id) }
        return id
    }
}

extension PacketTables {
    /// Addresses whose names packets wanted and no answer told; call `questionsTaken` once they are handed over.
    public var wantedHosts: [IPAddress] { questions.wanted }

    public mutating func questionsTaken() { questions.handedOver() }

    /// Names that DNS answers told since the last time, where they are needed for others (`Needs.answers`).
    public var answeredHosts: [HostNames.News] { hosts.news }

    public mutating func answersTaken() { hosts.newsTaken() }

    /// The text of a number that is among the news.
    public func hostName(_ number: UInt32) -> String { hosts.name(number) }

    /// Takes over an answer to a question: the name of an address, nil for none any more. Programs have to be told
    /// afterwards where `hasNews` says so.
    public mutating func settle(host name: String?, of address: IPAddress) {
        var number: UInt32 = 0
        if let name { number = hosts.number(ofName: name.utf8Span.span.bytes) ?? 0 }
        while learnedHosts < hosts.nameCount { learnNextHost() }
        questions.settle(address, number)
    }
}

extension PacketTables {
    /// The packet that was read last as a record, with the facts that were looked up (`findUsers` too).
    @inline(__always)
    public func record(of frame: Frame, _ bytes: RawSpan, source: PacketRecord.Source = .file) -> PacketRecord {
        var record = PacketRecord(frame, layers, bytes, source: source)
        addFacts(to: &record)
        return record
    }

    /// Fills in the facts that were looked up for the packet that was read last.
    @inline(__always)
    public func addFacts(to record: inout PacketRecord) {
        record.sourceUser = facts.sourceUser
        record.destinationUser = facts.destinationUser
        guard looksUp else { return }
        record.sourceHost = facts.sourceHosts[0]
        record.destinationHost = facts.destinationHosts[0]
        record.sourceCountry = facts.sourceCountry
        record.destinationCountry = facts.destinationCountry
        record.sourceASN = facts.sourceASN
        record.destinationASN = facts.destinationASN
    }
}

extension PacketTables.Needs {
    /// What a template shows.
    public init(_ template: PacketTemplate.Needs) {
        self = []
        if template.contains(.hosts) { insert(.hosts) }
        if template.contains(.users) { insert(.users) }
        if template.contains(.countries) { insert(.geography) }
    }

    /// What a program asks.
    public init(_ demands: Program.Demands) {
        self = []
        if demands.contains(.hosts) { insert(.hosts) }
        if demands.contains(.users) { insert(.users) }
        if !demands.isDisjoint(with: [.countries, .asns]) { insert(.geography) }
        if demands.contains(.fragmentPorts) { insert(.fragments) }
    }
}
