/// A number of bytes as people write it: `100 MiB`, `1.5 GB`, `4096`.
public struct ByteSize: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var bytes: Int

    public init(bytes: Int) { self.bytes = bytes }

    public static func kibibytes(_ count: Int) -> ByteSize { ByteSize(bytes: count << 10) }
    public static func mebibytes(_ count: Int) -> ByteSize { ByteSize(bytes: count << 20) }
    public static func gibibytes(_ count: Int) -> ByteSize { ByteSize(bytes: count << 30) }

    public static func < (left: ByteSize, right: ByteSize) -> Bool { left.bytes < right.bytes }

    /// Reads a number and a unit: B, KiB, MiB, GiB, TiB (of 1,024), kB, MB, GB, TB (of 1,000), in any case, with or
    /// without blanks between; a number alone is bytes. A fraction of a byte is left out. Nil for anything else, and
    /// for more than 2^63 - 1.
    public init?(parsing text: String) {
        guard let quantity = Quantity(parsing: text) else { return nil }
        let unit = quantity.unit.isEmpty ? 1 : Self.units.first { $0.name.lowercased() == quantity.unit }?.bytes
        guard let unit, quantity.fraction == 0 || unit > 1, let bytes = quantity.times(unit) else { return nil }
        self.bytes = bytes
    }

    /// In the largest unit that says it exactly with a digit behind the point at most: "100 MiB", "1.5 GB", "777 B".
    public var description: String {
        for unit in Self.units.reversed() where bytes >= unit.bytes {
            let (whole, rest) = bytes.quotientAndRemainder(dividingBy: unit.bytes)
            if rest == 0 { return "\(whole) \(unit.name)" }
            if rest * 10 % unit.bytes == 0 { return "\(whole).\(rest * 10 / unit.bytes) \(unit.name)" }
        }
        return "\(bytes) B"
    }

    /// From the smallest on.
    private static let units = [
        (name: "B", bytes: 1), (name: "kB", bytes: 1000), (name: "KiB", bytes: 1 << 10), (name: "MB", bytes: 1_000_000),
        (name: "MiB", bytes: 1 << 20),
        (name: "GB", bytes: 1_000_000_000), (name: "GiB", bytes: 1 << 30), (name: "TB", bytes: 1_000_000_000_000),
        (name: "TiB", bytes: 1 << 40),
    ]
}

/// A time as people write it: `500 ms`, `90 s`, `5 min`, `2 h`, `7 d`.
public struct TimeSpan: Hashable, Comparable, Sendable, CustomStringConvertible {
    public var milliseconds: Int

    public init(milliseconds: Int) { self.milliseconds = milliseconds }

    public static func seconds(_ count: Int) -> TimeSpan { TimeSpan(milliseconds: count * 1000) }
    public static func hours(_ count: Int) -> TimeSpan { TimeSpan(milliseconds: count * 3_600_000) }

    /// Whole seconds, rounded down.
    public var seconds: Int { milliseconds / 1000 }

    public static func < (left: TimeSpan, right: TimeSpan) -> Bool { left.milliseconds < right.milliseconds }

    /// Reads a number and a unit (ms, s, min, h, d). A number without a unit is nil: nobody would agree on one. So
    /// is a fraction of a millisecond and what is longer than 292 million years.
    public init?(parsing text: String) {
        guard let quantity = Quantity(parsing: text),
            let unit = Self.units.first(where: { $0.name == quantity.unit }),
            let milliseconds = quantity.times(unit.milliseconds)
        else { return nil }
        self.milliseconds = milliseconds
    }

    /// In the largest unit that says it exactly: "2 h", "90 s".
    public var description: String {
        for unit in Self.units.reversed() where milliseconds >= unit.milliseconds {
            if milliseconds % unit.milliseconds == 0 { return "\(milliseconds / unit.milliseconds) \(unit.name)" }
        }
        return "\(milliseconds) ms"
    }

    private static let units = [
        (name: "ms", milliseconds: 1), (name: "s", milliseconds: 1000), (name: "min", milliseconds: 60_000),
        (name: "h", milliseconds: 3_600_000), (name: "d", milliseconds: 86_400_000),
    ]
}

/// A decimal number and the word behind it, in lower case.
private struct Quantity {
    /// Digits behind the point that are read.
    static let mostDigits = 9

    var whole: Int
    /// `fraction` / `scale` is what stands behind the point.
    var fraction = 0
    var scale = 1
    var unit: String

    init?(parsing text: String) {
        var rest = text.utf8[...]
        while rest.first == UInt8(ascii: " ") { rest.removeFirst() }
        while rest.last == UInt8(ascii: " ") { rest.removeLast() }
        let digits = rest.prefix { 0x30...0x39 ~= $0 }
        guard let whole = Int(String(Substring(digits))) else { return nil }
        self.whole = whole
        rest = rest.dropFirst(digits.count)
        if rest.first == UInt8(ascii: ".") {
            let digits = rest.dropFirst().prefix { 0x30...0x39 ~= $0 }
            guard !digits.isEmpty, digits.count <= Self.mostDigits else { return nil }
            for digit in digits {
                fraction = fraction * 10 + Int(digit & 0x0F)
                scale *= 10
            }
            rest = rest.dropFirst(1 + digits.count)
        }
        while rest.first == UInt8(ascii: " ") { rest.removeFirst() }
        guard rest.allSatisfy({ 0x41...0x5A ~= $0 & 0xDF }) else { return nil }
        unit = String(Substring(rest)).lowercased()
    }

    /// So many of `unit`, rounded down; nil where that is too much.
    func times(_ unit: Int) -> Int? {
        let (product, overflow) = whole.multipliedReportingOverflow(by: unit)
        let part = fraction.multipliedFullWidth(by: unit)
        let (sum, overflowed) = product.addingReportingOverflow(scale.dividingFullWidth(part).quotient)
        return overflow || overflowed ? nil : sum
    }
}
