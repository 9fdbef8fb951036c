import Primitives

/// The form of a packet's line: text with `%VARIABLE%` in it and `%%` for a per cent sign, compiled to a
/// flat list of pieces.
public struct PacketTemplate: Sendable {
    /// Up to sixteen bytes as they stand, or a variable.
    struct Piece: Sendable {
        /// nil: `text` alone. With `.payload`, `text` stands before the details and is left out with them.
        var variable: PacketVariable?
        var text: ShortText
    }

    /// Facts that cost a look-up and that the template prints.
    public struct Needs: OptionSet, Sendable {
        public let rawValue: UInt8

        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let hosts = Needs(rawValue: 1 << 0)
        public static let users = Needs(rawValue: 1 << 1)
        public static let countries = Needs(rawValue: 1 << 2)
    }

    /// Bytes of a template.
    /// - Limit: a template | bytes | an error
    public static let longest = 4096

    /// The text that it was made from.
    public let text: String
    public let needs: Needs
    let pieces: [Piece]

    /// The default of a dialect.
    public static func standard(_ dialect: LogDialect) -> PacketTemplate {
        switch dialect {
        case .control: PacketTemplate(known: "%DIRECTION% %IF%, proto:%PROTO%, len:%PKTLEN%, %SRC% -> %DST%, %PAYLOAD%")
        case .winroute:
            PacketTemplate(known: "%DIRECTION% %IF%, proto:%PROTO%, len:%PKTLEN%, ip/port:%SRC% -> %DST%, %PAYLOAD%")
        }
    }

    /// A template from its text. Throws all errors at once.
    public init(parsing text: String) throws(TemplateErrors) {
        var parser = TemplateParser()
        parser.parse(text)
        if !parser.errors.isEmpty { throw TemplateErrors(text: text, errors: parser.errors) }
        self.init(text: text, parts: parser.parts)
    }

    private init(known text: String) {
        var parser = TemplateParser()
        parser.parse(text)
        precondition(parser.errors.isEmpty, "the default template has no errors")
        self.init(text: text, parts: parser.parts)
    }

    private init(text: String, parts: [TemplateParser.Part]) {
        self.text = text
        var pieces: [Piece] = []
        var needs: Needs = []
        var literal: [UInt8] = []
        func flush() {
            for start in stride(from: 0, to: literal.count, by: ShortText.longest) {
                pieces.append(Piece(variable: nil, text: ShortText(literal[start...].prefix(ShortText.longest))))
            }
            literal = []
        }
        for part in parts {
            switch part {
            case .literal(let bytes):
                literal = bytes
            case .variable(let variable):
                var separator: [UInt8] = []
                if variable == .payload {
                    let isSeparator: (UInt8) -> Bool = { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: ",") }
                    separator = literal.suffix(while: isSeparator, atMost: ShortText.longest)
                    literal.removeLast(separator.count)
                }
                flush()
                pieces.append(Piece(variable: variable, text: ShortText(separator)))
                needs.formUnion(PacketTemplate.needs(of: variable))
            }
        }
        flush()
        self.pieces = pieces
        self.needs = needs
    }

    private static func needs(of variable: PacketVariable) -> Needs {
        switch variable {
        case .sourceHost, .destinationHost: .hosts
        case .user: .users
        case .country: .countries
        default: []
        }
    }
}

extension [UInt8] {
    fileprivate func suffix(while isPart: (UInt8) -> Bool, atMost most: Int) -> [UInt8] {
        var start = count
        while start > 0, count - start < most, isPart(self[start - 1]) { start -= 1 }
        return Array(self[start...])
    }
}
