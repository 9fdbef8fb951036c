public import Primitives

/// Log-ins as text that survives a restart: a head with the version, a line for each log-in, an end with their number, so
/// that a half file is not taken for a whole one.
public enum LoginText {
    /// The version that is written; a text of a later one is refused.
    public static let version = 1
    static let head = "gatelog log-ins, version "
    static let end = "end "

    /// Why a text was refused.
    public enum Fault: Error, Hashable, Sendable, CustomStringConvertible {
        /// A later program wrote it.
        case newer(version: Int)
        /// Cut off, or no such text at all.
        case broken(line: Int)

        public var description: String {
            switch self {
            case .newer(let version):
                "it was written by a newer gatelog (version \(version) of the format; this one reads \(LoginText.version))"
            case .broken(let line): "it is damaged at line \(line)"
            }
        }
    }
}

extension LoginRegistry {
    /// Appends the head of the text.
    public static func appendHead(to buffer: inout ByteBuffer) {
        buffer.append("\(LoginText.head)\(LoginText.version)\n")
    }

    /// Appends the log-ins of one part, but not those of the settings; says how many.
    public func appendText(of part: Int, to buffer: inout ByteBuffer) -> Int {
        var count = 0
        for entry in table.shards[part].slots where !entry.isEmpty {
            count += 1
            buffer.append(entry.address)
            buffer.append(decimal: UInt64(entry.since), after: " ")
            buffer.append(decimal: UInt64(entry.heard), after: " ")
            buffer.append(decimal: UInt64(entry.session), after: " ")
            switch sources[entry.source] {
            case .command(let name): buffer.append(field: name, after: " command ")
            case .radius(let client): buffer.append(field: client, after: " radius ")
            }
            buffer.append(field: users.name(of: entry.user), after: " ")
            buffer.append("\n")
        }
        return count
    }

    /// Appends the end of a text of `count` log-ins.
    public static func appendEnd(_ count: Int, to buffer: inout ByteBuffer) {
        buffer.append("\(LoginText.end)\(count)\n")
    }

    /// Takes over the log-ins of a text, whole or not at all; says how many. What timed out since goes at the next look.
    public mutating func restore(_ text: [UInt8], _ effects: inout LoginEffects) throws(LoginText.Fault) -> Int {
        var entries: [(change: LoginChange, heard: UInt32, session: UInt32)] = []
        var line = 1
        var isWhole = false
        for piece in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line == 1 {
                guard let version = Self.number(piece, after: LoginText.head) else { throw .broken(line: 1) }
                guard version == LoginText.version else { throw .newer(version: version) }
            } else if let count = Self.number(piece, after: LoginText.end) {
                guard count == entries.count else { throw .broken(line: line) }
                isWhole = true
                break
            } else if let entry = Self.entry(piece) {
                entries.append(entry)
            } else {
                throw .broken(line: line)
            }
            line += 1
        }
        guard isWhole else { throw .broken(line: line) }
        for entry in entries { restore(entry.change, entry.heard, entry.session, &effects) }
        return entries.count
    }

    private mutating func restore(
        _ change: LoginChange, _ heard: UInt32, _ session: UInt32, _ effects: inout LoginEffects
    ) {
        let tells = tellsRadius
        tellsRadius = false
        defer { tellsRadius = tells }
        do throws(LoginRefusal) {
            _ = try take(change, &effects)
        } catch {
            return
        }
        guard var entry = table.entry(at: change.address.unmapped) else { return }
        counters.logins -= 1
        entry.heard = max(entry.heard, heard)
        entry.session = session
        table.store(entry)
    }

    private static func entry(_ line: ArraySlice<UInt8>) -> (LoginChange, UInt32, UInt32)? {
        let fields = line.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
        guard fields.count == 7, let address = IPAddress(parsing: String(decoding: fields[0], as: UTF8.self)),
            let since = UInt32(String(decoding: fields[1], as: UTF8.self)),
            let heard = UInt32(String(decoding: fields[2], as: UTF8.self)),
            let session = UInt32(String(decoding: fields[3], as: UTF8.self)),
            let source = text(fields[5]), let user = text(fields[6])
        else { return nil }
        let origin: LoginOrigin
        switch String(decoding: fields[4], as: UTF8.self) {
        case "command": origin = .command(by: source)
        case "radius": origin = .radius(client: source, session: "")
        default: return nil
        }
        let time = Timestamp(second: Int64(since))
        return (LoginChange(.login, user: user, address: address, origin: origin, time: time), heard, session)
    }

    private static func number(_ line: ArraySlice<UInt8>, after head: String) -> Int? {
        guard line.starts(with: head.utf8) else { return nil }
        return Int(String(decoding: line.dropFirst(head.utf8.count), as: UTF8.self))
    }

    /// A field as `append(field:)` wrote it.
    private static func text(_ field: ArraySlice<UInt8>) -> String? {
        var bytes: [UInt8] = []
        var rest = field
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(code)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}

extension ByteBuffer {
    fileprivate mutating func append(decimal number: UInt64, after text: StaticString) {
        append(text)
        append(decimal: number)
    }

    /// Appends a text without the bytes that part fields and lines.
    fileprivate mutating func append(field text: String, after before: StaticString) {
        append(before)
        for byte in text.utf8 {
            if byte > 0x20, byte != 0x7F, byte != UInt8(ascii: "%") {
                append(byte)
            } else {
                append(UInt8(ascii: "%"))
                append(hex: UInt64(byte), digits: 2)
            }
        }
    }
}
