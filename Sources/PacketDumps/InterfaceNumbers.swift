import PacketDecoding
import Synchronization

/// An interface of a dump: what a worker calls it, and what its packets begin with. The firewall's log of an interface
/// is another one than the interface itself.
struct DumpedInterface: Hashable, Sendable {
    var id: InterfaceID
    var linkType: LinkType

    /// Both in one word.
    var key: UInt32 { UInt32(linkType.rawValue) << 16 | UInt32(id.rawValue) }
}

/// The numbers that a dump's interfaces have in its files, the same for all workers: given when a worker first meets an
/// interface, kept for the dump's life.
final class InterfaceNumbers: Sendable {
    private struct State {
        var numbers: [DumpedInterface: UInt32] = [:]
        var known: [DumpedInterface] = []
    }

    private let state = Mutex(State())

    /// The number of an interface. Beyond the limit it is that of the nameless interface of the link type.
    func number(_ interface: DumpedInterface) -> UInt32 {
        state.withLock { state in
            var interface = interface
            if let known = state.numbers[interface] { return known }
            if state.known.count >= DumpLimits.interfaces {
                interface.id = .none
                if let known = state.numbers[interface] { return known }
            }
            let number = UInt32(state.known.count)
            state.known.append(interface)
            state.numbers[interface] = number
            return number
        }
    }

    var count: Int { state.withLock { $0.known.count } }

    /// The interfaces from `number` on, in the order of their numbers.
    func known(from number: Int) -> [DumpedInterface] {
        state.withLock { Array($0.known.dropFirst(number)) }
    }
}

/// A producer's own memory of those numbers, so that it asks once an interface.
struct NumberCache {
    private var slots = [UInt64](repeating: .max, count: 64)
    // Wider than a key, so that it can be none.
    private var lastKey = UInt64.max
    private var lastNumber: UInt32 = 0

    mutating func number(_ frame: Frame, in numbers: InterfaceNumbers) -> UInt32 {
        let interface = DumpedInterface(id: frame.interface, linkType: frame.linkType)
        let key = interface.key
        if UInt64(key) == lastKey { return lastNumber }
        let slot = Int((key ^ key >> 16 &* 31) & 63)
        let entry = slots[slot]
        if UInt32(truncatingIfNeeded: entry >> 32) != key || entry == .max {
            lastNumber = numbers.number(interface)
            slots[slot] = UInt64(key) << 32 | UInt64(lastNumber)
        } else {
            lastNumber = UInt32(truncatingIfNeeded: entry)
        }
        lastKey = UInt64(key)
        return lastNumber
    }
}
