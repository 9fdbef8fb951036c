import Primitives

extension IPLogTranslationRecord {
    /// The record whose first byte behind the header is at `offset`; all of its bytes must be there.
    public init(_ bytes: RawSpan, at offset: Int, _ layout: IPLogLayout) {
        switch layout {
        case .v50, .v51: self.init(five: bytes, at: offset)
        case .v41: self.init(four: bytes, at: offset)
        case .manualPage, .manualPageLongNames, .v32, .v340, .v34: self.init(three: bytes, at: offset)
        }
    }

    private init(five bytes: RawSpan, at offset: Int) {
        func endpoint(_ address: Int, _ port: Int) -> Endpoint {
            Endpoint(
                address: UInt128(bytes.big64(at: offset + address)) << 64
                    | UInt128(bytes.big64(at: offset + address + 8)), port: bytes.big16(at: offset + port))
        }
        self.init(
            action: bytes.little32(at: offset + 72), kind: bytes.little32(at: offset + 76),
            oldSource: endpoint(0, 64), oldDestination: endpoint(16, 66), newSource: endpoint(32, 68),
            newDestination: endpoint(48, 70), rule: Int32(bitPattern: bytes.little32(at: offset + 80)),
            protocol: bytes.byte(at: offset + 120), version: bytes.byte(at: offset + 122))
        packets = Pair(there: bytes.little64(at: offset + 88), back: bytes.little64(at: offset + 96))
        self.bytes = Pair(there: bytes.little64(at: offset + 104), back: bytes.little64(at: offset + 112))
        protocols.after = bytes.byte(at: offset + 121)
        versions.after = bytes.byte(at: offset + 123)
        interfaces = (IPLogName(bytes, at: offset + 124), IPLogName(bytes, at: offset + 140))
    }

    private init(four bytes: RawSpan, at offset: Int) {
        self.init(common: bytes, at: offset)
        packets = Pair(there: bytes.little64(at: offset + 24), back: bytes.little64(at: offset + 32))
        self.bytes = Pair(there: bytes.little64(at: offset + 40), back: bytes.little64(at: offset + 48))
        let number = bytes.byte(at: offset + 56)
        protocols = (number, number)
    }

    private init(three bytes: RawSpan, at offset: Int) {
        self.init(common: bytes, at: offset)
        packets.there = bytes.little64(at: offset + 24)
        self.bytes.there = bytes.little64(at: offset + 32)
        let number = bytes.byte(at: offset + 40)
        protocols = (number, number)
    }

    /// What 3.4 and 4.1 begin with: the peer, the outer and the inner address, and one number for action and kind.
    private init(common bytes: RawSpan, at offset: Int) {
        func endpoint(_ address: Int, _ port: Int) -> Endpoint {
            Endpoint(address: UInt128(bytes.big32(at: offset + address)) << 96, port: bytes.big16(at: offset + port))
        }
        let peer = endpoint(0, 12)
        let event = bytes.little16(at: offset + 18)
        let (action, kind) = Self.meaning(ofEvent: event)
        self.init(
            action: action, kind: kind, oldSource: endpoint(8, 16), oldDestination: peer,
            newSource: endpoint(4, 14), newDestination: peer,
            rule: Int32(Int16(bitPattern: bytes.little16(at: offset + 20))), protocol: 0, version: 4)
        self.event = event
    }

    /// The numbers of 5.x for the one of 4.1 and 3.4.
    private static func meaning(ofEvent event: UInt16) -> (action: UInt32, kind: UInt32) {
        switch event {
        case 1...4: (Action.new, UInt32(event))
        case 0xFFFC: (Action.destroy, 0)
        case 0xFFFD: (Action.clone, 0)
        case 0xFFFE: (Action.flush, 0)
        case 0xFFFF: (Action.expire, 0)
        default: (Action.unknown, 0)
        }
    }

    /// The one number of 4.1 and 3.4 for those of 5.x.
    var event41: UInt16 {
        switch action {
        case Action.new where 1...4 ~= kind: UInt16(truncatingIfNeeded: kind)
        case Action.new where kind == Kind.rewriteMap: 1
        case Action.new where kind == Kind.rewriteRedirect: 2
        case Action.clone: 0xFFFD
        case Action.destroy, Action.purge: 0xFFFC
        case Action.flush: 0xFFFE
        case Action.expire: 0xFFFF
        default: event
        }
    }
}
