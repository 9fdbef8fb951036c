public import Primitives

/// A packet that was logged: what stands between the header and the packet's bytes.
///
/// Flags are kept as the layout has them; `IPLogFilterRecord+Meaning` says what they mean.
public struct IPLogFilterRecord: Hashable, Sendable {
    /// Whose bits `flags` are.
    public var generation: IPLogGeneration
    /// The name of the interface, in older layouts without its number.
    public var interface: IPLogName
    /// The number of the interface among those of its name.
    public var interfaceUnit: UInt32
    /// The number of the rule from 0; `noRule` without one.
    public var rule: UInt32
    /// What the rule says; see `IPLogFlags`.
    public var flags: UInt32
    /// What is known about the packet; see `IPLogPacketFlags`. 0 before 4.1.
    public var packetFlags: UInt32
    /// The number that the rule tags its packets with; 0 for none.
    public var logTag: UInt32
    /// The name that translations tag their packets with; its first byte 0 for none.
    public var natTag: IPLogName
    /// What follows that name: whether it shall not match.
    public var natTagNegation: UInt32
    /// Bytes of the packet behind its headers.
    public var bodyLength: UInt16
    /// The syslog facility and priority of the rule; `noLevel` where it has none.
    public var level: UInt16
    /// The rule's group by name; `IPLogName.none` for none. Generation 3 counts groups: see `groupNumber`.
    public var group: IPLogName
    /// The rule's group in generation 3; `noRule` for none, and 0 from 4.1 on.
    public var groupNumber: UInt32
    /// Bytes of the packet's headers.
    public var headerLength: UInt8
    /// 0 inwards, 1 outwards, anything else unknown.
    public var direction: UInt8
    /// Why it was blocked (5.x); 0 where it was not.
    public var reason: UInt8
    /// AF_INET or AF_INET6 as the writing system numbers them (5.0.5 and later); 0 unknown.
    public var family: UInt8

    /// No rule.
    @inlinable
    public static var noRule: UInt32 { .max }
    /// No syslog level.
    @inlinable
    public static var noLevel: UInt16 { .max }

    /// A record of generation 5 for a packet; its lengths are those of the bytes that go with it.
    public init(
        interface: IPLogName, interfaceUnit: UInt32 = 0, rule: UInt32 = IPLogFilterRecord.noRule, flags: UInt32,
        packetFlags: UInt32 = 0, level: UInt16 = IPLogFilterRecord.noLevel, group: IPLogName = IPLogName(),
        headerLength: UInt8, bodyLength: UInt16, direction: UInt8, reason: UInt8 = 0, family: UInt8
    ) {
        self.init(generation: .five)
        self.interface = interface
        self.interfaceUnit = interfaceUnit
        self.rule = rule
        self.flags = flags
        self.packetFlags = packetFlags
        self.level = level
        self.group = group
        self.headerLength = headerLength
        self.bodyLength = bodyLength
        self.direction = direction
        self.reason = reason
        self.family = family
    }

    @inlinable @inline(__always)
    init(generation: IPLogGeneration) {
        self.generation = generation
        interface = IPLogName()
        interfaceUnit = 0
        rule = Self.noRule
        flags = 0
        packetFlags = 0
        logTag = 0
        natTag = IPLogName()
        natTagNegation = 0
        bodyLength = 0
        level = Self.noLevel
        group = IPLogName()
        groupNumber = 0
        headerLength = 0
        // Layouts without a direction show none.
        direction = 0xFF
        reason = 0
        family = 0
    }

    /// The record whose first byte behind the header is at `offset`; all of its bytes must be there.
    @inlinable
    public init(_ bytes: RawSpan, at offset: Int, _ layout: IPLogLayout) {
        self.init(generation: layout.generation)
        switch layout {
        case .manualPage: readManualPage(bytes, at: offset)
        case .manualPageLongNames: readManualPageLongNames(bytes, at: offset)
        case .v32: readShort32(bytes, at: offset)
        case .v340: readShort340(bytes, at: offset)
        case .v34: read34(bytes, at: offset)
        case .v41, .v50, .v51: read41(bytes, at: offset)
        }
        if layout == .v41 {
            // The two bytes are padding there, and hold anything.
            reason = 0
            family = 0
        }
    }

    @inlinable @inline(__always)
    mutating func read41(_ bytes: RawSpan, at offset: Int) {
        interfaceUnit = bytes.little32(at: offset)
        rule = bytes.little32(at: offset + 4)
        flags = bytes.little32(at: offset + 8)
        packetFlags = bytes.little32(at: offset + 12)
        logTag = bytes.little32(at: offset + 16)
        natTag = IPLogName(bytes, at: offset + 20)
        natTagNegation = bytes.little32(at: offset + 36)
        bodyLength = bytes.little16(at: offset + 40)
        level = bytes.little16(at: offset + 42)
        group = IPLogName(bytes, at: offset + 44)
        headerLength = bytes.byte(at: offset + 60)
        direction = bytes.byte(at: offset + 61)
        reason = bytes.byte(at: offset + 62)
        family = bytes.byte(at: offset + 63)
        interface = IPLogName(bytes, at: offset + 64)
    }

    @usableFromInline
    mutating func read34(_ bytes: RawSpan, at offset: Int) {
        interfaceUnit = bytes.little32(at: offset)
        interface = IPLogName(bytes, at: offset + 4)
        bodyLength = UInt16(bytes.byte(at: offset + 20))
        headerLength = bytes.byte(at: offset + 21)
        level = bytes.little16(at: offset + 22)
        rule = bytes.little32(at: offset + 24)
        groupNumber = bytes.little32(at: offset + 28)
        flags = bytes.little32(at: offset + 32)
        direction = bytes.byte(at: offset + 36)
    }

    @usableFromInline
    mutating func readShort340(_ bytes: RawSpan, at offset: Int) {
        readShortHead(bytes, at: offset)
        level = bytes.little16(at: offset + 10)
        rule = bytes.little32(at: offset + 12)
        groupNumber = bytes.little32(at: offset + 16)
        flags = bytes.little32(at: offset + 20)
        packetFlags = bytes.little32(at: offset + 24)
        readDirectionOfFlags()
    }

    @usableFromInline
    mutating func readShort32(_ bytes: RawSpan, at offset: Int) {
        readShortHead(bytes, at: offset)
        readRule16(bytes.little16(at: offset + 10))
        groupNumber = UInt32(bytes.little16(at: offset + 12))
        flags = bytes.little32(at: offset + 16)
    }

    @usableFromInline
    mutating func readManualPage(_ bytes: RawSpan, at offset: Int) {
        readShortHead(bytes, at: offset)
        readRule16(bytes.little16(at: offset + 10))
        flags = bytes.little32(at: offset + 12)
        readDirectionOfFlags()
    }

    @usableFromInline
    mutating func readManualPageLongNames(_ bytes: RawSpan, at offset: Int) {
        interface = IPLogName(bytes, at: offset)
        bodyLength = UInt16(bytes.byte(at: offset + 16))
        headerLength = bytes.byte(at: offset + 17)
        readRule16(bytes.little16(at: offset + 18))
        flags = bytes.little32(at: offset + 20)
        readDirectionOfFlags()
    }

    /// What the layouts with names of four bytes begin with.
    private mutating func readShortHead(_ bytes: RawSpan, at offset: Int) {
        interfaceUnit = bytes.little32(at: offset)
        interface = IPLogName(low: UInt64(bytes.little32(at: offset + 4)))
        bodyLength = UInt16(bytes.byte(at: offset + 8))
        headerLength = bytes.byte(at: offset + 9)
    }

    private mutating func readRule16(_ number: UInt16) {
        rule = number == .max ? Self.noRule : UInt32(number)
    }

    /// Layouts without a direction of the packet have that of the rule.
    private mutating func readDirectionOfFlags() {
        if flags & IPLogFlags.incoming3 != 0 {
            direction = 0
        } else if flags & IPLogFlags.outgoing3 != 0 {
            direction = 1
        }
    }
}
