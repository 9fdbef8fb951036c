import HostResolution
import LiveCapture
import Primitives
import Records

/// Names of both ends of a connection, as they are known when it ends; asked for when it begins.
struct ConnectionHosts {
    /// Names that records speak of by number; beyond, they are numbered anew.
    static let nameLimit = 65_536
    /// Addresses that one batch asks for.
    static let batchLimit = 256

    private let resolver: HostResolver
    private var numbers: [String: UInt32] = [:]
    private var wanted: [IPAddress] = []

    init(_ resolver: HostResolver) { self.resolver = resolver }

    /// Asks for the names of a connection that begins, and tells one that is over who its ends were.
    mutating func settle(_ kind: ConnectionEvent.Kind, _ record: inout ConnectionRecord, _ names: inout PacketNames) {
        switch kind {
        case .new:
            want(record.end(record.original.source))
            want(record.end(record.original.destination))
        case .updated: return
        case .destroyed:
            record.sourceHost = number(of: record.end(record.original.source), &names)
            record.destinationHost = number(of: record.end(record.original.destination), &names)
        }
    }

    /// Hands the questions over. True where names are numbered anew from now on.
    mutating func endBatch(_ names: inout PacketNames) -> Bool {
        if !wanted.isEmpty {
            resolver.want(wanted)
            wanted.removeAll(keepingCapacity: true)
        }
        guard numbers.count >= Self.nameLimit else { return false }
        numbers = [:]
        names.hosts = NameTable()
        return true
    }

    private mutating func want(_ address: IPAddress) {
        if wanted.count < Self.batchLimit, address.isOfOneHost { wanted.append(address) }
    }

    private mutating func number(of address: IPAddress, _ names: inout PacketNames) -> UInt32 {
        guard let name = resolver.name(of: address) else { return 0 }
        if let number = numbers[name] { return number }
        guard numbers.count < Self.nameLimit else { return 0 }
        let number = UInt32(numbers.count + 1)
        numbers[name] = number
        names.hosts.set(name, for: Int(number))
        return number
    }
}

extension ConnectionRecord {
    /// An end's address in its family.
    fileprivate func end(_ address: IPv6Address) -> IPAddress {
        present.contains(.ipv4) ? .v4(IPv4Address(UInt32(truncatingIfNeeded: address.low))) : .v6(address)
    }
}
