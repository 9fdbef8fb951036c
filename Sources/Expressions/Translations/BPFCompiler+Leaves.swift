import PacketDecoding
import Primitives

extension BPFCompiler {
    /// A leaf as tests within a context. What cannot be decided there errs towards the wider side.
    mutating func tests(_ leaf: Leaf, _ context: Context, widening: Bool) -> Formula<BPFTest> {
        if context.family == .other, leaf.question.needsIP { return .never }
        let network = context.network
        let isIPv4 = context.family == .v4
        switch leaf.question {
        case .ip(let version): return version == nil || version == (isIPv4 ? 4 : 6) ? .always : .never
        case .addresses(let side, let ranges):
            return addresses(side, ranges, leaf, context, widening: widening)
        case .ports(let side, let ranges, let carriers): return ports(side, ranges, carriers, context)
        case .protocols(let ranges): return protocols(ranges, context)
        case .flags(let flags):
            let field = transport(
                BPFCode.loadByteIndexed, BPFCode.loadByte, 13, bytes: 14, [UInt32(flags.set)...UInt32(flags.set)],
                context, mask: UInt32(flags.set | flags.clear))
            return .every([protocols([6...6], context), field])
        case .icmp(let v4, let v6): return icmp(v4, v6, context)
        case .quantity(.length, let ranges):
            let shifted =
                isIPv4
                ? ClosedRange.shifted(ranges, down: 0, in: 0...65535)
                : ClosedRange.shifted(ranges, down: 40, in: 40...65575)
            // Such a length stands in no field: jumbograms, and what a network card has still to cut up.
            if shifted.isEmpty, !ranges.isEmpty { return lost(leaf, widening) }
            let offset: UInt32 = isIPv4 ? 2 : 4
            return field(BPFField(code: BPFCode.loadHalf, offset: network &+ offset, ranges: shifted, need: .length))
        case .quantity(.ttl, let ranges):
            return field(BPFField(code: BPFCode.loadByte, offset: network &+ (isIPv4 ? 8 : 7), ranges: ranges))
        case .quantity(.dscp, let ranges):
            return isIPv4
                ? field(BPFField(code: BPFCode.loadByte, offset: network &+ 1, shift: 2, ranges: ranges))
                : field(BPFField(code: BPFCode.loadHalf, offset: network, shift: 6, mask: 0x3F, ranges: ranges))
        case .fragment(let value): return fragment(value, context)
        case .vlan(let ranges): return vlan(ranges, context)
        case .mac(let side, let prefixes): return hardware(side, prefixes, leaf, widening: widening)
        default: return lost(leaf, widening)
        }
    }

    private mutating func lost(_ leaf: Leaf, _ widening: Bool) -> Formula<BPFTest> {
        losses.add(
            .wider, at: leaf.place, "The kernel's filter does not decide `\(leaf.question.variable)`: packets pass.")
        return .unknown(widening: widening)
    }

    private func field(_ field: BPFField) -> Formula<BPFTest> {
        field.ranges.isEmpty ? .never : .atom(.field(field))
    }

    // MARK: Network header

    private mutating func addresses(
        _ side: Place, _ ranges: [AddressRange], _ leaf: Leaf, _ context: Context, widening: Bool
    ) -> Formula<BPFTest> {
        let isIPv4 = context.family == .v4
        let own = ranges.filter { $0.isIPv4 == isIPv4 }
        guard !own.isEmpty else { return .never }
        if own.contains(where: \.isWholeFamily) { return .always }
        var numbers = own.map { $0.lower.number...$0.upper.number }
        if numbers.count > rangeLimit {
            losses.add(
                .wider, at: leaf.place,
                "The list has \(own.count) ranges; the kernel's filter decides \(rangeLimit) wider ones.")
            numbers = widening ? numbers.coarsened(to: rangeLimit) : numbers.largest(rangeLimit)
        }
        let source: UInt32 = isIPv4 ? 12 : 8
        let destination: UInt32 = isIPv4 ? 16 : 24
        let words = isIPv4 ? 1 : 4
        return .either(
            offsets(side, source, destination).map {
                .atom(.address(context.network &+ $0, words: words, numbers))
            })
    }

    private func offsets(_ side: Place, _ source: UInt32, _ destination: UInt32) -> [UInt32] {
        switch side {
        case .source: [source]
        case .destination: [destination]
        case .either: [source, destination]
        }
    }

    private func protocols(_ ranges: [ClosedRange<UInt32>], _ context: Context) -> Formula<BPFTest> {
        let offset: UInt32 = context.family == .v4 ? 9 : 6
        return field(
            BPFField(
                code: BPFCode.loadByte, offset: context.network &+ offset, ranges: ranges, need: .protocolNumber))
    }

    /// Over IPv6 a fragment has an extension header, and with one every packet passes.
    private func fragment(_ value: FragmentValue, _ context: Context) -> Formula<BPFTest> {
        guard context.family == .v4 else {
            let noExtension = protocols([0...255], context)
            return value == .no ? noExtension : noExtension.negated
        }
        let offset = context.network &+ 6
        let bits = { (mask: UInt32, ranges: [ClosedRange<UInt32>]) in
            self.field(BPFField(code: BPFCode.loadHalf, offset: offset, mask: mask, ranges: ranges))
        }
        return switch value {
        case .yes: bits(0x3FFF, [1...0x3FFF])
        case .no: bits(0x3FFF, [0...0])
        case .first: bits(0x3FFF, [0x2000...0x2000])
        case .later: bits(0x1FFF, [1...0x1FFF])
        }
    }

    // MARK: Transport

    private func transport(
        _ indexed: UInt16, _ absolute: UInt16, _ offset: UInt32, bytes: UInt32, _ ranges: [ClosedRange<UInt32>],
        _ context: Context, mask: UInt32? = nil
    ) -> Formula<BPFTest> {
        let isIPv4 = context.family == .v4
        return field(
            BPFField(
                code: isIPv4 ? indexed : absolute, offset: context.network &+ offset &+ (isIPv4 ? 0 : 40), mask: mask,
                ranges: ranges, need: .transport(bytes)))
    }

    private func ports(
        _ side: Place, _ ranges: [ClosedRange<UInt32>], _ carriers: PortCarriers, _ context: Context
    ) -> Formula<BPFTest> {
        let numbers = PortCarriers.numbers.filter { carriers.contains($0.carrier) }.map { $0.number...$0.number }
        let ports = offsets(side, 0, 2).map {
            transport(BPFCode.loadHalfIndexed, BPFCode.loadHalf, $0, bytes: 4, ranges, context)
        }
        return .every([protocols(numbers, context), .either(ports)])
    }

    private func icmp(
        _ v4: [ICMPValue.TypeAndCode], _ v6: [ICMPValue.TypeAndCode], _ context: Context
    ) -> Formula<BPFTest> {
        // Either may come in either family, as the decoder reads it.
        let one = { (number: UInt32, value: ICMPValue.TypeAndCode) -> Formula<BPFTest> in
            let byte = { (offset: UInt32, value: UInt8) in
                self.transport(
                    BPFCode.loadByteIndexed, BPFCode.loadByte, offset, bytes: 2, [UInt32(value)...UInt32(value)],
                    context)
            }
            return .every([
                self.protocols([number...number], context), byte(0, value.type),
                value.code.map { byte(1, $0) } ?? .always,
            ])
        }
        return .either(v4.map { one(1, $0) } + v6.map { one(58, $0) })
    }

    // MARK: Link

    private func vlan(_ ranges: [ClosedRange<UInt32>], _ context: Context) -> Formula<BPFTest> {
        switch frames {
        case .live:
            let present = BPFField(code: BPFCode.loadWord, offset: Kernel.vlanTagPresent, ranges: [1...UInt32.max])
            let tag = BPFField(code: BPFCode.loadWord, offset: Kernel.vlanTag, mask: 0xFFF, ranges: ranges)
            return .every([.atom(.field(present)), .atom(.field(tag))])
        case .file:
            return .either(
                (0..<context.tags).map {
                    .atom(.field(BPFField(code: BPFCode.loadHalf, offset: 14 + 4 * $0, mask: 0xFFF, ranges: ranges)))
                })
        }
    }

    private mutating func hardware(
        _ side: Place, _ prefixes: [MACPrefix], _ leaf: Leaf, widening: Bool
    ) -> Formula<BPFTest> {
        guard frames == .file(.ethernet) else { return lost(leaf, widening) }
        return .either(
            offsets(side, 6, 0).flatMap { offset in
                prefixes.map { prefix -> Formula<BPFTest> in
                    .every(
                        prefix.bytes.enumerated().map { index, byte in
                            let value = UInt32(byte)
                            return .atom(
                                .field(
                                    BPFField(
                                        code: BPFCode.loadByte, offset: offset + UInt32(index), ranges: [value...value])
                                ))
                        })
                }
            })
    }
}

extension [ClosedRange<UInt128>] {
    /// At most `limit` ranges that hold all of these: the narrowest gaps between them are filled.
    func coarsened(to limit: Int) -> [ClosedRange<UInt128>] {
        guard count > limit, limit > 0 else { return self }
        let gaps = indices.dropFirst().sorted {
            self[$0].lowerBound - self[$0 - 1].upperBound
                > self[$1].lowerBound - self[$1 - 1].upperBound
        }
        let kept = Set(gaps.prefix(limit - 1))
        var result: [ClosedRange<UInt128>] = []
        for (index, range) in enumerated() {
            if index == 0 || kept.contains(index) {
                result.append(range)
            } else {
                result[result.count - 1] = result[result.count - 1].lowerBound...range.upperBound
            }
        }
        return result
    }

    /// The `limit` widest of these, in their order.
    func largest(_ limit: Int) -> [ClosedRange<UInt128>] {
        let order = indices.sorted {
            self[$0].upperBound - self[$0].lowerBound > self[$1].upperBound - self[$1].lowerBound
        }
        return order.prefix(limit).sorted().map { self[$0] }
    }
}
