/// A resource record as a test writes it.
public struct TestRecord: Sendable {
    public enum Content: Sendable {
        case a(String)
        case aaaa(String)
        case cname(String)
        case other(type: UInt16, data: [UInt8])
    }

    public let owner: String
    public let content: Content

    public init(_ owner: String, _ content: Content) {
        self.owner = owner
        self.content = content
    }
}

extension PacketBuilder {
    /// A DNS response (RFC 1035), inside `udp(53, _)`, or inside `tcp` where `overTCP` adds its length.
    /// Names that were written once are pointers afterwards where `compressed`.
    public func dns(
        question: String, type: UInt16 = 1, answers: [TestRecord], id: UInt16 = 1, flags: UInt16 = 0x8180,
        compressed: Bool = true, overTCP: Bool = false
    ) -> PacketBuilder {
        adding { inside, _ in
            var message = big(id) + big(flags) + big(UInt16(1)) + big(UInt16(answers.count)) + [0, 0, 0, 0]
            var known: [String: Int] = [:]
            appendName(question, to: &message, &known, compressed)
            message += big(type) + big(UInt16(1))
            for answer in answers {
                appendName(answer.owner, to: &message, &known, compressed)
                let start = message.count
                switch answer.content {
                case .a(let address):
                    message += big(UInt16(1)) + big(UInt16(1)) + big(UInt32(60)) + [0, 0] + address4(address)
                case .aaaa(let address):
                    message += big(UInt16(28)) + big(UInt16(1)) + big(UInt32(60)) + [0, 0] + address6(address)
                case .cname(let name):
                    message += big(UInt16(5)) + big(UInt16(1)) + big(UInt32(60)) + [0, 0]
                    appendName(name, to: &message, &known, compressed)
                case .other(let type, let data):
                    message += big(type) + big(UInt16(1)) + big(UInt32(60)) + [0, 0] + data
                }
                message.replaceSubrange(start + 8..<start + 10, with: big(UInt16(message.count - start - 10)))
            }
            return (overTCP ? big(UInt16(message.count)) : []) + message + inside
        }
    }
}

private func appendName(_ name: String, to message: inout [UInt8], _ known: inout [String: Int], _ compressed: Bool) {
    var rest = name[...]
    while !rest.isEmpty {
        if compressed, let offset = known[String(rest)] {
            message += big(UInt16(0xC000 | offset))
            return
        }
        if message.count < 0x4000 { known[String(rest)] = message.count }
        let label = rest.prefix { $0 != "." }
        message.append(UInt8(label.utf8.count))
        message += Array(label.utf8)
        rest = rest.dropFirst(label.count + 1)
    }
    message.append(0)
}
