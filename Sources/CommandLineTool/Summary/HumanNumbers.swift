/// Numbers as people read them: 1,232,853 · 993 MB · 1 min 42 s.
enum HumanNumbers {
    /// With a comma between thousands.
    static func grouped(_ number: Int) -> String {
        let digits = String(number.magnitude)
        var text = number < 0 ? "-" : ""
        for (index, digit) in digits.enumerated() {
            if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return text
    }

    /// Bytes in decimal units with three significant digits, as disks and links are sold.
    static func bytes(_ number: Int) -> String {
        let units = ["B", "kB", "MB", "GB", "TB", "PB", "EB"]
        var value = Double(number)
        var unit = 0
        while value >= 999.5, unit + 1 < units.count {
            value /= 1000
            unit += 1
        }
        return "\(unit == 0 ? String(number) : threeDigits(value)) \(units[unit])"
    }

    /// A stretch of time in its two largest units.
    static func duration(nanoseconds: Int64) -> String {
        guard nanoseconds > 0 else { return "0 s" }
        if nanoseconds < 1_000_000_000 {
            let units: [(Int64, String)] = [(1_000_000, "ms"), (1000, "µs"), (1, "ns")]
            for (size, name) in units where nanoseconds >= size {
                return "\(threeDigits(Double(nanoseconds) / Double(size))) \(name)"
            }
        }
        let seconds = nanoseconds / 1_000_000_000
        if seconds < 60 { return "\(threeDigits(Double(nanoseconds) / 1e9)) s" }
        let units: [(size: Int64, name: String)] = [(86400, "d"), (3600, "h"), (60, "min"), (1, "s")]
        for (index, unit) in units.enumerated() where seconds >= unit.size {
            let head = "\(grouped(Int(seconds / unit.size))) \(unit.name)"
            guard index + 1 < units.count else { return head }
            let next = units[index + 1]
            let rest = seconds % unit.size / next.size
            return rest == 0 ? head : "\(head) \(rest) \(next.name)"
        }
        return "\(seconds) s"
    }

    /// A share in per cent with one digit behind the point; "" of nothing.
    static func share(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "" }
        let tenths = Int((Double(part) / Double(whole) * 1000).rounded())
        return "\(tenths / 10).\(tenths % 10) %"
    }

    /// 1.23, 12.3, 123: three significant digits without a trailing zero after the point.
    private static func threeDigits(_ value: Double) -> String {
        let scale = value < 9.995 ? 100.0 : value < 99.95 ? 10.0 : 1.0
        let scaled = Int((value * scale).rounded())
        var digits = String(scaled)
        guard scale > 1 else { return digits }
        let places = scale == 100 ? 2 : 1
        while digits.count <= places { digits = "0" + digits }
        var fraction = String(digits.suffix(places))
        while fraction.hasSuffix("0") { fraction.removeLast() }
        let whole = digits.dropLast(places)
        return fraction.isEmpty ? String(whole) : "\(whole).\(fraction)"
    }
}
