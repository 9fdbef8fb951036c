import Primitives

/// A value in the data section of a MaxMind database (MaxMind DB file format 2.0).
indirect enum MaxMindValue: Hashable {
    case text(String)
    case number16(UInt16)
    case number32(UInt32)
    case number64(UInt64)
    case map([String: MaxMindValue])
    case list([MaxMindValue])

    /// The bytes: a control byte with type and size, then the content.
    var bytes: [UInt8] {
        switch self {
        case .text(let text): control(2, size: text.utf8.count) + Array(text.utf8)
        case .number16(let number): integer(5, UInt64(number))
        case .number32(let number): integer(6, UInt64(number))
        case .number64(let number): integer(9, number)
        case .map(let pairs):
            pairs.sorted { $0.key < $1.key }.reduce(control(7, size: pairs.count)) {
                $0 + MaxMindValue.text($1.key).bytes + $1.value.bytes
            }
        case .list(let elements): elements.reduce(control(11, size: elements.count)) { $0 + $1.bytes }
        }
    }

    private func integer(_ type: UInt8, _ number: UInt64) -> [UInt8] {
        let length = (64 - number.leadingZeroBitCount + 7) / 8
        return control(type, size: length)
            + (0..<length).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    private func control(_ type: UInt8, size: Int) -> [UInt8] {
        precondition(size < 285, "longer values are not needed here")
        let field = UInt8(min(size, 29))
        let head: [UInt8] = type > 7 ? [field, type - 7] : [type << 5 | field]
        return size < 29 ? head : head + [UInt8(size - 29)]
    }
}

/// Makes small databases, so that tests need no download.
struct MaxMindWriter {
    private enum Child {
        case empty
        case node(Int)
        case data(Int)
    }

    /// 24, 28 or 32 bits.
    var recordSize = 24
    /// 4 or 6; a tree of IPv6 holds IPv4 below ::/96.
    var family = 6
    var type = "Gatelog-Test"
    private var nodes: [(Child, Child)] = [(.empty, .empty)]
    private var data: [UInt8] = []
    private var offsets: [MaxMindValue: Int] = [:]

    init(recordSize: Int = 24, family: Int = 6, type: String = "Gatelog-Test") {
        self.recordSize = recordSize
        self.family = family
        self.type = type
    }

    /// Says `value` of a prefix; wider prefixes come before narrower ones inside them.
    mutating func insert(_ prefix: AddressRange, _ value: MaxMindValue) {
        let offset = offsets[value] ?? data.count
        if offsets.updateValue(offset, forKey: value) == nil { data += value.bytes }
        let (bits, count) = path(of: prefix)
        insert(bits, count, offset)
    }

    private func path(of prefix: AddressRange) -> (UInt128, Int) {
        guard let length = prefix.prefixLength else { preconditionFailure("\(prefix) is no prefix") }
        switch prefix.lower {
        case .v4(let address):
            return family == 4 ? (UInt128(address.number) << 96, length) : (UInt128(address.number), length + 96)
        case .v6(let address):
            precondition(family == 6, "an IPv6 prefix in a database of IPv4")
            return (address.number, length)
        }
    }

    private mutating func insert(_ bits: UInt128, _ count: Int, _ offset: Int) {
        var node = 0
        for depth in 0..<count {
            let isRight = bits >> UInt128(127 - depth) & 1 == 1
            if depth == count - 1 {
                set(.data(offset), at: node, isRight)
                return
            }
            let child = isRight ? nodes[node].1 : nodes[node].0
            if case .node(let next) = child {
                node = next
            } else {
                // What was said of the whole is now said of both halves.
                nodes.append((child, child))
                set(.node(nodes.count - 1), at: node, isRight)
                node = nodes.count - 1
            }
        }
    }

    private mutating func set(_ child: Child, at node: Int, _ isRight: Bool) {
        if isRight { nodes[node].1 = child } else { nodes[node].0 = child }
    }

    /// Tree, sixteen zero bytes, data, marker, metadata.
    var bytes: [UInt8] {
        var file: [UInt8] = []
        for (left, right) in nodes { file += record(number(left), number(right)) }
        file += [UInt8](repeating: 0, count: 16) + data
        file += [0xAB, 0xCD, 0xEF] + Array("MaxMind.com".utf8)
        return file
            + MaxMindValue.map([
                "binary_format_major_version": .number16(2), "binary_format_minor_version": .number16(0),
                "build_epoch": .number64(1_700_000_000), "database_type": .text(type),
                "description": .map(["en": .text("Documentation prefixes, for tests")]),
                "ip_version": .number16(UInt16(family)), "languages": .list([.text("en")]),
                "node_count": .number32(UInt32(nodes.count)), "record_size": .number16(UInt16(recordSize)),
            ]).bytes
    }

    private func number(_ child: Child) -> UInt32 {
        switch child {
        case .empty: UInt32(nodes.count)
        case .node(let index): UInt32(index)
        case .data(let offset): UInt32(nodes.count + 16 + offset)
        }
    }

    private func record(_ left: UInt32, _ right: UInt32) -> [UInt8] {
        func low(_ number: UInt32, _ count: Int) -> [UInt8] {
            (0..<count).reversed().map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
        }
        switch recordSize {
        case 24: return low(left, 3) + low(right, 3)
        case 28: return low(left, 3) + [UInt8(left >> 24) << 4 | UInt8(right >> 24)] + low(right, 3)
        default: return low(left, 4) + low(right, 4)
        }
    }
}
