/// A line of a protocol that speaks over Telnet (RFC 854), as its receiver reads it: without Telnet's commands.
enum TelnetText {
    private static let interpret: UInt8 = 255
    private static let subnegotiation: UInt8 = 250
    private static let subnegotiationEnd: UInt8 = 240

    /// The text of `line`. Lines without commands are given back as they are.
    static func text(of line: [UInt8]) -> [UInt8] {
        guard line.contains(interpret) else { return line }
        var text: [UInt8] = []
        var place = 0
        while place < line.count {
            guard line[place] == interpret else {
                text.append(line[place])
                place += 1
                continue
            }
            guard place + 1 < line.count else { break }
            switch line[place + 1] {
            case interpret:
                text.append(interpret)
                place += 2
            case subnegotiation: place = end(of: line, from: place + 2)
            // WILL, WONT, DO, DONT and what they are about.
            case 251...254: place += 3
            default: place += 2
            }
        }
        return text
    }

    private static func end(of line: [UInt8], from start: Int) -> Int {
        var place = start
        while place + 1 < line.count {
            if line[place] == interpret, line[place + 1] == subnegotiationEnd { return place + 2 }
            place += 1
        }
        return line.count
    }
}
