/// The plain values of a record, by names that an environment can have: `{"src":{"ip":"10.0.0.1"}}` is SRC_IP. Reads
/// what the log's own renderer wrote; what is no JSON ends the reading, with what was read so far. Lists are left out.
struct RecordValues {
    private(set) var values: [(name: String, value: String)] = []

    /// Values, levels, and bytes of a name at most.
    static let limit = 100
    static let depth = 8
    static let nameLength = 100

    private var bytes: ArraySlice<UInt8>

    init(_ json: String) {
        bytes = Array(json.utf8)[...]
        _ = object("", 0)
    }

    private mutating func object(_ prefix: String, _ level: Int) -> Bool {
        guard take(UInt8(ascii: "{")), level < Self.depth else { return false }
        if take(UInt8(ascii: "}")) { return true }
        repeat {
            guard let name = string(), take(UInt8(ascii: ":")) else { return false }
            let path = prefix.isEmpty ? Self.variable(name) : "\(prefix)_\(Self.variable(name))"
            guard value(path, level) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "}"))
    }

    private mutating func value(_ name: String, _ level: Int) -> Bool {
        skipSpace()
        switch bytes.first {
        case UInt8(ascii: "\""):
            guard let text = string() else { return false }
            add(name, text)
            return true
        case UInt8(ascii: "{"): return object(name, level + 1)
        case UInt8(ascii: "["): return list(level)
        default: return word(name)
        }
    }

    /// A number, true, false or null.
    private mutating func word(_ name: String) -> Bool {
        let word = bytes.prefix { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "-"), UInt8(ascii: "+"), UInt8(ascii: "."), UInt8(ascii: "E"): true
            default: false
            }
        }
        bytes = bytes.dropFirst(word.count)
        let text = String(decoding: word, as: UTF8.self)
        if text != "null" { add(name, text) }
        return !word.isEmpty
    }

    private mutating func list(_ level: Int) -> Bool {
        guard take(UInt8(ascii: "[")), level < Self.depth else { return false }
        if take(UInt8(ascii: "]")) { return true }
        let before = values.count
        defer { values.removeSubrange(before...) }
        repeat {
            guard value("", level + 1) else { return false }
        } while take(UInt8(ascii: ","))
        return take(UInt8(ascii: "]"))
    }

    private mutating func add(_ name: String, _ value: String) {
        if values.count < Self.limit { values.append((name, value)) }
    }

    private mutating func string() -> String? {
        guard take(UInt8(ascii: "\"")) else { return nil }
        var text: [UInt8] = []
        while let byte = bytes.popFirst() {
            switch byte {
            case UInt8(ascii: "\""): return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escaped() else { return nil }
                text += Array(String(Character(scalar)).utf8)
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escaped() -> Unicode.Scalar? {
        guard let byte = bytes.popFirst() else { return nil }
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{C}"
        case UInt8(ascii: "u"):
            let digits = String(decoding: bytes.prefix(4), as: UTF8.self)
            bytes = bytes.dropFirst(4)
            // Half a pair has no character of its own.
            return UInt32(digits, radix: 16).map { Unicode.Scalar($0) ?? "\u{FFFD}" }
        default: return Unicode.Scalar(byte)
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        skipSpace()
        guard bytes.first == byte else { return false }
        bytes.removeFirst()
        return true
    }

    private mutating func skipSpace() { bytes = bytes.drop { $0 == 0x20 || 0x09...0x0D ~= $0 } }

    /// "src_port" is SRC_PORT; what is no letter or digit is an underscore.
    static func variable(_ name: String) -> String {
        let bytes = name.utf8.prefix(nameLength).map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - 0x20
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): byte
            default: UInt8(ascii: "_")
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
