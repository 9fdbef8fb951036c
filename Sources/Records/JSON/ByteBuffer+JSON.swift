import Primitives

// Members are written with a comma behind them, which the end of their object takes back: so an
// object need not know which of its members comes first, and one without members goes away.

/// Where an object began: what to forget if it stays empty.
struct JSONObject {
    var start: Int
    var body: Int
}

extension ByteBuffer {
    /// Begins a member that is an object.
    mutating func openObject(_ key: StaticString) -> JSONObject {
        let start = count
        append(key: key)
        append(UInt8(ascii: "{"))
        return JSONObject(start: start, body: count)
    }

    /// Ends a member that is an object; an empty one goes away with its key.
    mutating func close(_ object: JSONObject) {
        if count == object.body { return truncate(to: object.start) }
        closeObject()
        append(UInt8(ascii: ","))
    }

    /// Ends an object that has a member.
    mutating func closeObject() {
        truncate(to: count - 1)
        append(UInt8(ascii: "}"))
    }

    @inline(__always)
    mutating func append(key: StaticString) {
        append(UInt8(ascii: "\""))
        append(key)
        append("\":")
    }

    @inline(__always)
    mutating func append(key: StaticString, number: UInt32) {
        append(key: key)
        append(decimal: number)
        append(UInt8(ascii: ","))
    }

    @inline(__always)
    mutating func append(key: StaticString, word: StaticString) {
        append(key: key)
        append(UInt8(ascii: "\""))
        append(word)
        append("\",")
    }

    mutating func append(key: StaticString, wire bytes: RawSpan) {
        append(key: key)
        append(UInt8(ascii: "\""))
        append(escapingJSON: bytes)
        append("\",")
    }

    mutating func append(key: StaticString, id: Int, in names: borrowing NameTable) {
        guard names.contains(id) else { return }
        append(key: key)
        append(UInt8(ascii: "\""))
        _ = names.appendJSON(id, to: &self)
        append("\",")
    }

    @inline(__always)
    mutating func append(_ address: IPv6Address, isIPv4: Bool) {
        if isIPv4 {
            append(IPv4Address(UInt32(truncatingIfNeeded: address.number)))
        } else {
            append(address)
        }
    }

    mutating func appendCountryJSON(_ country: UInt16) {
        let letters: InlineArray<2, UInt8> = [
            UInt8(truncatingIfNeeded: country >> 8), UInt8(truncatingIfNeeded: country),
        ]
        append(escapingJSON: letters.span.bytes)
    }
}
