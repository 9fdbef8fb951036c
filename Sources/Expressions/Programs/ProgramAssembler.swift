import PacketDecoding
import Patterns

/// Middle form -> instructions. Works from the end to the beginning, so that every target is there
/// before what jumps to it: a jump never leads to a jump, and equal rests of the program are shared.
struct ProgramAssembler {
    private(set) var tables = ProgramTables()
    private(set) var names: ProgramNames
    /// From the last instruction to the first; targets count in this order until `finish`.
    private var reversed: [Instruction] = []
    /// Which leaf each instruction of `reversed` tests.
    private var leafOf: [Int] = []
    private var leaves: [ProgramLeaf: Int] = [:]
    /// A leaf's instruction without targets; nil for one that cannot be met after all.
    private var templates: [Instruction?] = []
    private var addressTables: [AddressSet: UInt32] = [:]
    private var interfaceSets: [Set<InterfaceCriterion>: UInt32] = [:]
    private var userSets: [Set<NameCriterion>: UInt32] = [:]
    private var innerEntries: [Int32] = []
    private var shared: [SharedKey: Int32] = [:]

    private struct SharedKey: Hashable {
        var leaf: Int
        var met: Int32
        var unmet: Int32
    }

    init(directory: Directory) {
        names = ProgramNames(directory: directory)
    }

    /// The instructions and the one to begin with.
    mutating func assemble(_ node: ProgramNode, inners: [ProgramNode]) -> (code: [Instruction], entry: Int32) {
        for inner in inners {
            innerEntries.append(emit(inner, Instruction.End.accept, Instruction.End.reject))
            // Ends mean something else in each sub-program's listing, so nothing is shared across.
            shared = [:]
        }
        let entry = emit(node, Instruction.End.accept, Instruction.End.reject)
        return finish(entry)
    }

    private mutating func emit(_ node: ProgramNode, _ met: Int32, _ unmet: Int32) -> Int32 {
        switch node {
        case .constant(let value): return value ? met : unmet
        case .not(let node): return emit(node, unmet, met)
        case .all(let nodes): return nodes.reversed().reduce(met) { emit($1, $0, unmet) }
        case .one(let nodes): return nodes.reversed().reduce(unmet) { emit($1, met, $0) }
        case .leaf(let leaf): return emit(leaf, met, unmet)
        }
    }

    private mutating func emit(_ leaf: ProgramLeaf, _ met: Int32, _ unmet: Int32) -> Int32 {
        let number = intern(leaf)
        guard var instruction = templates[number] else { return unmet }
        // Behind a test, the same test has the same outcome.
        var met = met
        var unmet = unmet
        while met >= 0, leafOf[Int(met)] == number { met = reversed[Int(met)].met }
        while unmet >= 0, leafOf[Int(unmet)] == number { unmet = reversed[Int(unmet)].unmet }
        if met == unmet { return met }
        let key = SharedKey(leaf: number, met: met, unmet: unmet)
        if let there = shared[key] { return there }
        instruction.met = met
        instruction.unmet = unmet
        reversed.append(instruction)
        leafOf.append(number)
        let place = Int32(reversed.count - 1)
        shared[key] = place
        return place
    }

    private mutating func intern(_ leaf: ProgramLeaf) -> Int {
        if let number = leaves[leaf] { return number }
        leaves[leaf] = templates.count
        templates.append(template(leaf))
        return templates.count - 1
    }

    /// Turns the order round, threads what is short enough, and leaves out what nothing leads to.
    private func finish(_ entry: Int32) -> (code: [Instruction], entry: Int32) {
        guard entry >= 0 else { return ([], entry) }
        let last = Int32(reversed.count - 1)
        var code = Array(reversed.reversed())
        for index in code.indices { code[index].renumber { $0 < 0 ? $0 : last - $0 } }
        let begin = Int(last - entry)
        if code.count <= ProgramThreading.longest {
            let entries = [begin] + code.compactMap(\.subprogram).filter { $0 >= 0 }.map(Int.init)
            var threading = ProgramThreading(code, leaves: leafOf.reversed(), entries: entries)
            code = threading.threaded()
        }
        return (Self.reachable(code, from: begin), 0)
    }

    /// The instructions that `entry` leads to, in order; it becomes the first.
    private static func reachable(_ code: [Instruction], from entry: Int) -> [Instruction] {
        var isReached = [Bool](repeating: false, count: code.count)
        isReached[entry] = true
        var places = [Int32](repeating: 0, count: code.count)
        var kept: [Int] = []
        // Targets lie behind, so one pass finds all.
        for index in entry..<code.count where isReached[index] {
            places[index] = Int32(kept.count)
            kept.append(index)
            for target in code[index].targets where target >= 0 { isReached[Int(target)] = true }
        }
        return kept.map { index in
            var instruction = code[index]
            instruction.renumber { $0 < 0 ? $0 : places[Int($0)] }
            return instruction
        }
    }
}

// MARK: Operands

extension ProgramAssembler {
    private mutating func template(_ leaf: ProgramLeaf) -> Instruction? {
        switch leaf {
        case .presence(let mask): return Instruction(.presence, mask)
        case .fragment(let states): return Instruction(.fragment, UInt32(states.rawValue))
        case .ports(let place, let set): return ports(place, set)
        case .addresses(let place, let set): return addresses(place, set)
        case .number(let field, let set):
            return Instruction.fits(set)
                ? Instruction(field.opcode, ranges: set) : slice(field.tableOpcode, tables.add(set))
        case .vlan(let set): return Instruction(.vlan, tables.addBits(set, words: 64))
        case .hardware(let place, let set):
            return slice(place.choose(.hardwareEither, .hardwareSource, .hardwareDestination), tables.add(set))
        case .flags(let mask, let value): return Instruction(.flags, UInt32(mask), UInt32(value))
        case .direction(let mask): return Instruction(.direction, UInt32(mask))
        case .interface(let place, let criteria):
            let set = interfaceSets[criteria] ?? names.addInterfaces(criteria, &tables)
            interfaceSets[criteria] = set
            return Instruction(place.choose(.interfaceEither, .interfaceIncoming, .interfaceOutgoing), set)
        case .user(let place, let criteria):
            let set = userSets[criteria] ?? names.addUsers(criteria, &tables)
            userSets[criteria] = set
            return Instruction(place.choose(.user, .userSource, .userDestination), set)
        case .host(let criteria): return Instruction(.host, names.addHosts(criteria, &tables))
        case .country(let set): return slice(.country, tables.add(set))
        case .asn(let set): return slice(.asn, tables.add(set))
        case .payloadContains(let bytes): return slice(.payloadContains, tables.add(bytes))
        case .payloadMatches(let regex): return pattern(.payloadMatches, regex, over: .bytes)
        case .ruleEquals(let bytes): return slice(.ruleEquals, tables.add(bytes))
        case .ruleMatches(let regex): return pattern(.ruleMatches, regex, over: .text)
        case .verdict(let mask): return Instruction(.verdict, UInt32(mask))
        case .inner(let number): return Instruction(.inner, UInt32(bitPattern: innerEntries[number]))
        }
    }

    private mutating func ports(_ place: Place, _ set: RangeSet<UInt32>) -> Instruction {
        if Instruction.fits(set) {
            return Instruction(place.choose(.portEither, .portSource, .portDestination), ranges: set)
        }
        let opcode = place.choose(.portBitsEither, .portBitsSource, .portBitsDestination)
        return Instruction(opcode, tables.addBits(set, words: 1024))
    }

    private mutating func addresses(_ place: Place, _ set: AddressSet) -> Instruction {
        if set.v6.isEmpty, Instruction.fits(set.v4) {
            return Instruction(place.choose(.addressEither, .addressSource, .addressDestination), ranges: set.v4)
        }
        let table = addressTables[set] ?? tables.add(set)
        addressTables[set] = table
        let opcode = place.choose(.addressTableEither, .addressTableSource, .addressTableDestination)
        return Instruction(opcode, table)
    }

    /// The checker tried the pattern, so it compiles; one that does not is never met.
    private mutating func pattern(
        _ opcode: Opcode, _ regex: RegexLiteral, over subject: Pattern.Subject
    ) -> Instruction? {
        guard let pattern = try? Pattern(regex.pattern, ignoresCase: regex.ignoresCase, over: subject) else {
            return nil
        }
        tables.patterns.append(pattern)
        return Instruction(opcode, UInt32(tables.patterns.count - 1))
    }

    private func slice(_ opcode: Opcode, _ slice: (start: UInt32, count: UInt32)) -> Instruction {
        Instruction(opcode, slice.start, slice.count)
    }
}

extension Place {
    func choose(_ either: Opcode, _ source: Opcode, _ destination: Opcode) -> Opcode {
        switch self {
        case .either: either
        case .source: source
        case .destination: destination
        }
    }
}

extension NumberField {
    var opcode: Opcode {
        switch self {
        case .proto: .proto
        case .icmp: .icmp
        case .length: .length
        case .payloadLength: .payloadLength
        case .ttl: .ttl
        case .dscp: .dscp
        }
    }

    var tableOpcode: Opcode {
        switch self {
        case .proto: .protoTable
        case .icmp: .icmpTable
        case .length: .lengthTable
        case .payloadLength: .payloadLengthTable
        case .ttl: .ttlTable
        case .dscp: .dscpTable
        }
    }
}

extension Instruction {
    /// Everything that it may lead to.
    fileprivate var targets: [Int32] { [met, unmet] + (subprogram.map { [$0] } ?? []) }

    /// Where the program for the packet inside begins.
    fileprivate var subprogram: Int32? { opcode == .inner ? Int32(bitPattern: a) : nil }

    fileprivate mutating func renumber(_ place: (Int32) -> Int32) {
        met = place(met)
        unmet = place(unmet)
        if opcode == .inner { a = UInt32(bitPattern: place(Int32(bitPattern: a))) }
    }
}
