import Expressions
import PacketDecoding
import PacketDumps
import PacketStages
import Records
import Synchronization

/// What the workers shall do: made whole and checked by the control plane, never changed afterwards. Each worker
/// compiles it for itself, since a program has one owner.
struct Plan: Sendable {
    /// Counts up; a worker that has adopted a plan says its number.
    var number: UInt64 = 0
    /// Who wants packets, in the order in which they are told.
    var taps: [TapPlan] = []
    /// The names that expressions resolve.
    var directory = Directory()
    /// Interfaces of this machine by their identifiers.
    var interfaces: [InterfaceID: Directory.Interface] = [:]
    /// Kernel indexes that are captured on; nil is all.
    var captured: Set<UInt32>?
    var lines = LinePlan()
    var geography = GeographyFiles()
    var hosts = HostPlan()
    /// Drops that the firewall's log tells are said in the Debug log too.
    var tellsDrops = true
    /// Each packet of the firewall's log is a line of the Filter log.
    var writesFilterLog = true
    /// Each packet of the firewall's log is a record of the ipl log.
    var recordsFirewall = false

    /// The taps that a source of `kind` feeds.
    func taps(of kind: FeedKind) -> [TapPlan] { taps.filter { $0.feed == kind } }
}

/// What feeds a tap (spec: never two for one expression, so that no packet is told twice).
enum FeedKind: Hashable, Sendable {
    /// The interfaces, or the file that is replayed in their place.
    case interfaces
    /// The firewall's log, for expressions that read `rule` or `verdict`.
    case firewallLog
}

/// One feature's expression and where its packets go.
struct TapPlan: Sendable {
    enum Purpose: Hashable, Sendable {
        case packetLog
        case dump(DumpID)
        /// Records of the ipl log.
        case ipl
    }

    var name: String
    var purpose: Purpose
    var text: String
    var tree: Tree
    var feed: FeedKind
    /// Packets that met the expression, over all workers and as long as the expression stays.
    var counter: TapCounter

    /// `feed` follows from what the expression reads.
    init(name: String, purpose: Purpose, text: String, tree: Tree, counter: TapCounter = TapCounter()) {
        self.counter = counter
        self.name = name
        self.purpose = purpose
        self.text = text
        self.tree = tree
        let demands = Program(tree, directory: Directory()).demands
        feed = demands.contains(.firewallLog) ? .firewallLog : .interfaces
    }
}

/// A count that workers add to once a batch and that anyone reads.
final class TapCounter: Sendable {
    let matches = Atomic<UInt64>(0)
}

/// How lines of packets look.
struct LinePlan: Sendable {
    var template: PacketTemplate
    var dialect: LogDialect
    var milliseconds: Bool
    var zone: ZoneTable
    /// Lines a second that packet logging may write, and how many at once; 0 is no limit.
    var rate = 0
    var burst = 0

    init(
        template: PacketTemplate? = nil, dialect: LogDialect = .control, milliseconds: Bool = false,
        zone: ZoneTable = .utc
    ) {
        self.template = template ?? .standard(dialect)
        self.dialect = dialect
        self.milliseconds = milliseconds
        self.zone = zone
    }

    var renderer: PacketLineRenderer {
        PacketLineRenderer(
            template: template, dialect: dialect,
            clock: LineClock(zone: zone, form: milliseconds ? .bracketedMilliseconds : .bracketed))
    }
}

/// Where countries and networks are looked up; each worker opens them for itself.
struct GeographyFiles: Hashable, Sendable {
    var country: String?
    var networks: String?
}
