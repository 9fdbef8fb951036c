public import PacketDecoding
public import Primitives

/// A dump that runs, by a number that no other dump of this run has.
public struct DumpID: Hashable, Sendable {
    let number: UInt64
}

/// A dump as it stands.
public struct DumpReport: Hashable, Sendable {
    public enum Phase: String, Hashable, Sendable {
        case running, finished
        /// The disk is full: packets are counted and not written until there is room.
        case suspended
    }

    /// What was ordered: name, expression, who and when, limits.
    public var order: DumpOrder
    public var phase = Phase.running
    /// Why it ended or waits, as in "size limit reached"; nil while it runs.
    public var reason: String?
    public var endedAt: Timestamp?
    /// Packets in the files that are there.
    public var packets: UInt64 = 0
    /// Bytes of the files that are there, whole or under way.
    public var bytes: UInt64 = 0
    /// Packets that matched and are not in the files: the writer or the disk did not keep up, or the disk was full. What
    /// limits and rings leave out is not lost.
    public var lost: UInt64 = 0
    /// Packets that the kernel lost while the dump ran, whether it had wanted them or not.
    public var lostInKernel: UInt64 = 0
    /// Files that are there, whole or under way.
    public var files = 0
}

/// How an interface is called in a dump.
public struct DumpInterface: Hashable, Sendable {
    /// The display name; nil where the packets do not tell an interface.
    public var name: String?
    public var description: String?

    public init(name: String?, description: String? = nil) {
        self.name = name
        self.description = description
    }
}

/// Something that an administrator may want to know of; told on a thread of the dumps, which must not be held up.
public enum DumpEvent: Sendable {
    /// The dump ended, by itself or because it was stopped; its files are whole.
    case ended(DumpReport)
    /// The disk is full; the dump counts what it loses.
    case suspended(DumpReport)
    /// There is room again.
    case resumed(DumpReport)
}

/// What dumps are told about the machine that they are taken on.
public struct DumpSurroundings: Sendable {
    /// The program and its version, in the head of each file.
    public var application: String
    public var operatingSystem: String?
    /// How an interface is called at present; asked on the writer's thread, once an interface, link type and dump.
    public var interface: @Sendable (InterfaceID, LinkType) -> DumpInterface
    public var event: @Sendable (DumpEvent) -> Void

    public init(
        application: String = "gatelog", operatingSystem: String? = nil,
        interface: @escaping @Sendable (InterfaceID, LinkType) -> DumpInterface = { _, _ in DumpInterface(name: nil) },
        event: @escaping @Sendable (DumpEvent) -> Void = { _ in }
    ) {
        self.application = application
        self.operatingSystem = operatingSystem
        self.interface = interface
        self.event = event
    }
}
