extension IPLogFilterRecord {
    /// What happened to a packet.
    public enum Verdict: Hashable, Sendable {
        case passed, blocked, noMatch, logged
    }

    /// What the record says happened; a `log` rule decides nothing.
    public var verdict: Verdict {
        if generation == .three {
            if flags & IPLogFlags.pass != 0 { return .passed }
            if flags & IPLogFlags.block != 0 { return .blocked }
            return flags & (IPLogFlags.loggedNoMatch | IPLogFlags.noMatch3) != 0 ? .noMatch : .logged
        }
        switch flags & IPLogFlags.command {
        case IPLogFlags.pass: return .passed
        case IPLogFlags.block: return .blocked
        default: return flags & IPLogFlags.loggedNoMatch != 0 ? .noMatch : .logged
        }
    }

    /// Whether the packet was too short for its headers.
    @inlinable
    public var isShort: Bool {
        generation == .three
            ? flags & IPLogFlags.short3 != 0 : packetFlags & IPLogPacketFlags.short != 0
    }

    /// Whether the rule keeps state.
    @inlinable
    public var keepsState: Bool {
        flags & (generation == .three ? IPLogFlags.keepState3 : IPLogFlags.keepState) != 0
    }

    /// Whether the rule keeps fragments.
    @inlinable
    public var keepsFragments: Bool {
        flags & (generation == .three ? IPLogFlags.keepFragments3 : IPLogFlags.keepFragments) != 0
    }

    /// Whether the rule logs the body of packets; 3.2 and the manual page have another bit than 3.4.
    @inlinable
    public func logsBody(_ layout: IPLogLayout) -> Bool {
        switch layout {
        case .manualPage, .manualPageLongNames, .v32: flags & IPLogFlags.logBody32 != 0
        case .v340, .v34: flags & IPLogFlags.logBody34 != 0
        case .v41, .v50, .v51: flags & IPLogFlags.logBody != 0
        }
    }

    /// The flags of generation 5 as 3.2 and the manual page have them.
    @usableFromInline
    var flags32: UInt32 {
        if generation == .three { return flags }
        var old = flags & (IPLogFlags.log | IPLogFlags.logOrBlock)
        old |= flags & (IPLogFlags.loggedPass | IPLogFlags.loggedBlock | IPLogFlags.loggedNoMatch)
        switch flags & IPLogFlags.command {
        case IPLogFlags.pass: old |= IPLogFlags.pass
        case IPLogFlags.block: old |= IPLogFlags.block
        default: break
        }
        if keepsState { old |= IPLogFlags.keepState3 }
        if keepsFragments { old |= IPLogFlags.keepFragments3 }
        if flags & IPLogFlags.logBody != 0 { old |= IPLogFlags.logBody32 }
        if isShort { old |= IPLogFlags.short3 }
        if flags & IPLogFlags.noMatch != 0 { old |= IPLogFlags.noMatch3 }
        // The page has no direction of the packet: that of the rule stands for it.
        if direction == 0 { old |= IPLogFlags.incoming3 }
        if direction == 1 { old |= IPLogFlags.outgoing3 }
        return old
    }
}
