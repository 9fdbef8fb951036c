// Leaves of one variable that stand beside each other under `|` become one: thousands of
// `addr = A | addr = B` cost one look-up. (A negated chain under `&` is the same thing, turned round.)

extension ProgramLeaf {
    /// Leaves of one key can be united: "a place lies in A, or a place lies in B" is "a place lies in A or B".
    struct UnionKey: Hashable {
        private var kind: Int
        private var place: UInt8

        init(_ kind: Int, _ place: UInt8 = 0) {
            self.kind = kind
            self.place = place
        }
    }

    /// nil for what cannot be united.
    var unionKey: UnionKey? {
        switch self {
        case .presence: UnionKey(0)
        case .fragment: UnionKey(1)
        case .ports(let place, _): UnionKey(2, place.rawValue)
        case .addresses(let place, _): UnionKey(3, place.rawValue)
        case .number(let field, _): UnionKey(4, field.rawValue)
        case .vlan: UnionKey(5)
        case .hardware(let place, _): UnionKey(6, place.rawValue)
        case .direction: UnionKey(7)
        case .interface(let place, _): UnionKey(8, place.rawValue)
        case .user(let place, _): UnionKey(9, place.rawValue)
        case .host: UnionKey(10)
        case .country: UnionKey(11)
        case .asn: UnionKey(12)
        case .verdict: UnionKey(13)
        case .flags, .payloadContains, .payloadMatches, .ruleEquals, .ruleMatches, .inner: nil
        }
    }

    /// One leaf that is met when one of `leaves`, at least one and all of one key, is.
    init(union leaves: [ProgramLeaf]) {
        guard leaves.count > 1 else {
            self = leaves[0]
            return
        }
        switch leaves[0] {
        case .presence: self = .presence(leaves.reduce(0) { $0 | $1.mask })
        case .fragment: self = .fragment(FragmentStates(rawValue: UInt8(leaves.reduce(0) { $0 | $1.mask })))
        case .direction: self = .direction(UInt8(leaves.reduce(0) { $0 | $1.mask }))
        case .verdict: self = .verdict(UInt8(leaves.reduce(0) { $0 | $1.mask }))
        case .ports(let place, _): self = .ports(place, RangeSet(union: leaves.compactMap(\.numbers)))
        case .number(let field, _): self = .number(field, RangeSet(union: leaves.compactMap(\.numbers)))
        case .vlan: self = .vlan(RangeSet(union: leaves.compactMap(\.numbers)))
        case .country: self = .country(RangeSet(union: leaves.compactMap(\.numbers)))
        case .asn: self = .asn(RangeSet(union: leaves.compactMap(\.numbers)))
        case .addresses(let place, _):
            self = .addresses(
                place,
                AddressSet(
                    union: leaves.compactMap {
                        guard case .addresses(_, let set) = $0 else { return nil }
                        return set
                    }))
        case .hardware(let place, _):
            self = .hardware(
                place,
                RangeSet(
                    union: leaves.compactMap {
                        guard case .hardware(_, let set) = $0 else { return nil }
                        return set
                    }))
        case .interface(let place, _):
            self = .interface(
                place,
                leaves.reduce(into: []) { all, leaf in
                    if case .interface(_, let criteria) = leaf { all.formUnion(criteria) }
                })
        case .user(let place, _): self = .user(place, leaves.reduce(into: []) { $0.formUnion($1.names) })
        case .host: self = .host(leaves.reduce(into: []) { $0.formUnion($1.names) })
        case .flags, .payloadContains, .payloadMatches, .ruleEquals, .ruleMatches, .inner:
            preconditionFailure("a leaf without a key is not united")
        }
    }

    private var mask: UInt32 {
        switch self {
        case .presence(let mask): mask
        case .fragment(let states): UInt32(states.rawValue)
        case .direction(let mask), .verdict(let mask): UInt32(mask)
        default: 0
        }
    }

    private var numbers: RangeSet<UInt32>? {
        switch self {
        case .ports(_, let set), .number(_, let set), .vlan(let set), .country(let set), .asn(let set): set
        default: nil
        }
    }

    private var names: Set<NameCriterion> {
        switch self {
        case .user(_, let names), .host(let names): names
        default: []
        }
    }
}
