import Primitives

/// An address and a port as FTP writes them (RFC 959, 1639, 2428).
struct FTPEndpoint: Hashable {
    /// Nil where the text leaves it out, as replies to EPSV do.
    var address: IPAddress?
    var port: UInt16
}

extension FTPEndpoint {
    /// `h1,h2,h3,h4,p1,p2` of PORT and of a 227 reply; what stands before the first digit is passed over, as clients
    /// do (RFC 1123 section 4.1.2.6).
    init?(commas text: ArraySlice<UInt8>) {
        guard let numbers = FTPEndpoint.numbers(text, count: 6) else { return nil }
        address = .v4(IPv4Address(FTPEndpoint.big(numbers[0..<4])))
        port = UInt16(numbers[4]) << 8 | UInt16(numbers[5])
    }

    /// `af,hal,h1,h2,...,pal,p1,p2,...` of LPRT and of a 228 reply.
    init?(long text: ArraySlice<UInt8>) {
        guard let head = FTPEndpoint.numbers(text, count: 2) else { return nil }
        let length = Int(head[1])
        guard (head[0] == 4 && length == 4) || (head[0] == 6 && length == 16),
            let numbers = FTPEndpoint.numbers(text, count: 2 + length + 3), numbers[2 + length] == 2
        else { return nil }
        let bytes = numbers[2..<2 + length]
        if length == 4 {
            address = .v4(IPv4Address(FTPEndpoint.big(bytes)))
        } else {
            address = .v6(IPv6Address(bytes.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }))
        }
        port = UInt16(numbers[3 + length]) << 8 | UInt16(numbers[4 + length])
    }

    /// `|af|address|port|` of EPRT, and with empty fields of a 229 reply; any delimiter that the text begins with.
    init?(delimited text: ArraySlice<UInt8>) {
        guard let delimiter = text.first, delimiter > 32, delimiter < 127, !(48...57).contains(delimiter) else {
            return nil
        }
        let fields = text.dropFirst().split(
            separator: delimiter, maxSplits: 3, omittingEmptySubsequences: false)
        guard fields.count >= 3 else { return nil }
        guard let port = UInt16(String(decoding: fields[2], as: UTF8.self)) else { return nil }
        self.port = port
        if fields[1].isEmpty {
            address = nil
        } else {
            let text = Array(fields[1])
            guard let address = IPAddress(parsing: text.span.bytes) else { return nil }
            self.address = address
        }
    }

    private static func big(_ bytes: ArraySlice<UInt8>) -> UInt32 { bytes.reduce(0) { $0 << 8 | UInt32($1) } }

    /// The first `count` numbers of at most 255, parted by commas.
    private static func numbers(_ text: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
        var numbers: [UInt8] = []
        var place = text.firstIndex { (48...57).contains($0) } ?? text.endIndex
        while place < text.endIndex {
            var number = 0
            var digits = 0
            while place < text.endIndex, (48...57).contains(text[place]), digits < 4 {
                number = number * 10 + Int(text[place] - 48)
                digits += 1
                place += 1
            }
            guard digits > 0, number <= 255 else { return nil }
            numbers.append(UInt8(number))
            if numbers.count == count { return numbers }
            while place < text.endIndex, text[place] == 32 { place += 1 }
            guard place < text.endIndex, text[place] == UInt8(ascii: ",") else { return nil }
            place += 1
            while place < text.endIndex, text[place] == 32 { place += 1 }
        }
        return nil
    }
}
