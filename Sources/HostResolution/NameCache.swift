import Primitives

/// Values by address, bounded: two generations, of which the younger takes what comes. When it is full it becomes the
/// elder, and what the elder had is forgotten; what is still asked for moves on. No operation walks over it.
struct NameCache<Value: Sendable>: Sendable {
    /// Entries of both generations at most.
    let capacity: Int
    private var young: [IPAddress: Value] = [:]
    private var old: [IPAddress: Value] = [:]
    /// Entries that were forgotten for others.
    private(set) var forgotten = 0

    init(capacity: Int) { self.capacity = max(capacity, 2) }

    var count: Int { young.count + old.count }

    /// The value of an address; keeps it from being forgotten soon.
    mutating func value(of address: IPAddress) -> Value? {
        if let value = young[address] { return value }
        guard let value = old.removeValue(forKey: address) else { return nil }
        store(value, for: address)
        return value
    }

    mutating func store(_ value: Value, for address: IPAddress) {
        old[address] = nil
        if young.count >= capacity / 2, young[address] == nil {
            forgotten += old.count
            old = young
            young = [:]
        }
        young[address] = value
    }

    mutating func remove(_ address: IPAddress) {
        young[address] = nil
        old[address] = nil
    }
}
