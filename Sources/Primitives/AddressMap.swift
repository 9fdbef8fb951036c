/// What is said of addresses by ranges that may overlap: flat, sorted, and looked up without a walk. Immutable; made
/// anew when the ranges change.
///
/// A million prefixes take about 17 MB (IPv4) or 42 MB (IPv6) and a look-up less than 100 ns.
public struct AddressMap: Sendable {
    private let version4: AddressSegments<UInt32>
    private let version6: AddressSegments<UInt128>

    /// A map that says nothing of any address.
    public init() { self.init([]) { _ in 0 } }

    /// The map of `ranges`, each with a value. `resolve` makes one value of all those that hold at an address: they
    /// are distinct, sorted, and never none; 0 stands for nothing. Time is n log n, in memory 2 n segments at most.
    public init(_ ranges: [(range: AddressRange, value: UInt32)], resolve: ([UInt32]) -> UInt32) {
        var four: [AddressSegments<UInt32>.Span] = []
        var six: [AddressSegments<UInt128>.Span] = []
        for (range, value) in ranges {
            switch (range.lower, range.upper) {
            case (.v4(let lower), .v4(let upper)):
                four.append(.init(lower: lower.number, upper: upper.number, value: value))
            case (.v6(let lower), .v6(let upper)):
                six.append(.init(lower: lower.number, upper: upper.number, value: value))
            // A range has one family.
            default: continue
            }
        }
        version4 = AddressSegments(four, resolve)
        version6 = AddressSegments(six, resolve)
    }

    /// What is said of an address; 0 is nothing.
    public func value(at address: IPAddress) -> UInt32 {
        switch address {
        case .v4(let address): version4.value(at: address.number)
        case .v6(let address): version6.value(at: address.number)
        }
    }

    /// Bytes that it takes.
    public var memory: Int { version4.memory + version6.memory }

    /// Pieces of the address space that differ from their neighbours.
    public var segmentCount: Int { version4.count + version6.count }
}

/// The segments of one family: each begins at its start, ends before the next one, and has one value.
struct AddressSegments<Number: FixedWidthInteger & UnsignedInteger & Sendable>: Sendable {
    struct Span {
        var lower: Number
        var upper: Number
        var value: UInt32
    }

    private var starts: [Number] = [0]
    private var values: [UInt32] = [0]
    /// For each value of the highest sixteen bits the last segment that begins at or before them: a look-up begins
    /// with the few segments between two of these.
    private var index: [UInt32] = []
    /// Every sixteenth start's upper half, where the highest bits say little (IPv6).
    private var samples: [UInt64] = []

    private static var indexBits: Int { 16 }
    private static var sampling: Int { 16 }

    init(_ spans: [Span], _ resolve: ([UInt32]) -> UInt32) {
        sweep(spans, resolve)
        if Number.bitWidth == 32 { makeIndex() } else { makeSamples() }
    }

    var count: Int { starts.count }

    var memory: Int {
        starts.count * (MemoryLayout<Number>.size + 4) + index.count * 4 + samples.count * 8
    }

    func value(at number: Number) -> UInt32 {
        var (low, high) = Number.bitWidth == 32 ? indexed(number) : sampled(number)
        // The last start that is not above the number.
        while low < high {
            let middle = (low + high + 1) / 2
            if starts[middle] <= number { low = middle } else { high = middle - 1 }
        }
        return values[low]
    }

    private func indexed(_ number: Number) -> (Int, Int) {
        let top = Int(truncatingIfNeeded: number >> Number(Number.bitWidth - Self.indexBits))
        return (Int(index[top]), Int(index[top + 1]))
    }

    private func sampled(_ number: Number) -> (Int, Int) {
        let top = UInt64(truncatingIfNeeded: number >> Number(Number.bitWidth - 64))
        // The first sample that is not below: the segment begins at one before it, or at those up to the next.
        var low = 0
        var high = samples.count
        while low < high {
            let middle = (low + high) / 2
            if samples[middle] < top { low = middle + 1 } else { high = middle }
        }
        var behind = low
        while behind < samples.count, samples[behind] == top { behind += 1 }
        return (max(0, low - 1) * Self.sampling, min(behind * Self.sampling, starts.count - 1))
    }

    private mutating func makeIndex() {
        index.reserveCapacity(1 << Self.indexBits + 1)
        var segment = 0
        for top in 0..<1 << Self.indexBits {
            let start = Number(truncatingIfNeeded: top) << Number(Number.bitWidth - Self.indexBits)
            while segment + 1 < starts.count, starts[segment + 1] <= start { segment += 1 }
            index.append(UInt32(segment))
        }
        index.append(UInt32(starts.count - 1))
    }

    private mutating func makeSamples() {
        for place in stride(from: 0, to: starts.count, by: Self.sampling) {
            samples.append(UInt64(truncatingIfNeeded: starts[place] >> Number(Number.bitWidth - 64)))
        }
    }

    /// One pass over all ends of the spans: what holds between two of them is one segment.
    private mutating func sweep(_ spans: [Span], _ resolve: ([UInt32]) -> UInt32) {
        let begins = spans.sorted { $0.lower < $1.lower }
        let ends = spans.sorted { $0.upper < $1.upper }
        var active = ActiveValues()
        var begin = 0
        var end = 0
        while begin < begins.count || end < ends.count {
            // What ends at the last address never ends.
            let next = end < ends.count && ends[end].upper < .max ? ends[end].upper + 1 : nil
            guard begin < begins.count || next != nil else { return }
            let place = begin < begins.count ? min(begins[begin].lower, next ?? .max) : next!
            while end < ends.count, ends[end].upper < .max, ends[end].upper + 1 == place {
                active.remove(ends[end].value)
                end += 1
            }
            while begin < begins.count, begins[begin].lower == place {
                active.add(begins[begin].value)
                begin += 1
            }
            append(place, active.values.isEmpty ? 0 : resolve(active.values))
        }
    }

    private mutating func append(_ start: Number, _ value: UInt32) {
        if starts[starts.count - 1] == start {
            values[values.count - 1] = value
        } else if values[values.count - 1] != value {
            starts.append(start)
            values.append(value)
        }
    }
}

/// The values that hold at a place of a sweep, each as often as ranges say it.
private struct ActiveValues {
    private(set) var values: [UInt32] = []
    private var counts: [Int] = []

    mutating func add(_ value: UInt32) {
        let place = values.firstIndex { $0 >= value } ?? values.count
        if place < values.count, values[place] == value {
            counts[place] += 1
        } else {
            values.insert(value, at: place)
            counts.insert(1, at: place)
        }
    }

    mutating func remove(_ value: UInt32) {
        guard let place = values.firstIndex(of: value) else { return }
        counts[place] -= 1
        if counts[place] == 0 {
            values.remove(at: place)
            counts.remove(at: place)
        }
    }
}
