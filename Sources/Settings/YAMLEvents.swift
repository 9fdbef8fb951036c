import CYaml

/// What stops the reading of YAML.
struct YAMLFault: Error {
    var place: SettingsPlace
    var message: String
}

/// One step through a YAML text.
struct YAMLEvent {
    enum Kind {
        case start, end
        case documentStart, documentEnd
        case sequenceStart, sequenceEnd
        case mappingStart, mappingEnd
        /// `isPlain`: written without quotes.
        case scalar(String, isPlain: Bool)
        case alias
    }

    var kind: Kind
    var place: SettingsPlace
    /// Whether `&name` stands before it.
    var hasAnchor = false
    /// Whether `!tag` stands before it.
    var hasTag = false
}

/// The owner of libyaml's parser, which Yams carries.
///
/// Events instead of the tree that Yams makes: with them nothing is built before its size, its depth and its
/// aliases are known. Yams' own tree is made whole first, and it hashes keys through their aliases: ten lines
/// of nested aliases in a key keep it busy for minutes.
@safe
struct YAMLEvents: ~Copyable {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let text: UnsafeBufferPointer<UInt8>
    private let layer: SettingsLayer

    /// `text` must outlive this owner.
    init(_ text: UnsafeBufferPointer<UInt8>, in layer: SettingsLayer) {
        unsafe self.text = text
        self.layer = layer
        unsafe parser = .allocate(capacity: 1)
        // Fails only without memory, and the first event then says so.
        _ = unsafe yaml_parser_initialize(parser)
        unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
        unsafe yaml_parser_set_input_string(parser, text.baseAddress, text.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
    }

    /// The next event, `.end` at last; throws where the text is no YAML.
    mutating func next() throws(YAMLFault) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw fault() }
        defer { unsafe yaml_event_delete(&event) }
        let place = unsafe SettingsPlace(event.start_mark, in: layer)
        switch unsafe event.type {
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return YAMLEvent(
                kind: .scalar(
                    unsafe String(decoding: bytes, as: UTF8.self),
                    isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE),
                place: place, hasAnchor: unsafe scalar.anchor != nil, hasTag: unsafe scalar.tag != nil)
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            return YAMLEvent(
                kind: .sequenceStart, place: place, hasAnchor: unsafe start.anchor != nil,
                hasTag: unsafe start.tag != nil)
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            return YAMLEvent(
                kind: .mappingStart, place: place, hasAnchor: unsafe start.anchor != nil,
                hasTag: unsafe start.tag != nil)
        case YAML_SEQUENCE_END_EVENT: return YAMLEvent(kind: .sequenceEnd, place: place)
        case YAML_MAPPING_END_EVENT: return YAMLEvent(kind: .mappingEnd, place: place)
        case YAML_ALIAS_EVENT: return YAMLEvent(kind: .alias, place: place)
        case YAML_DOCUMENT_START_EVENT: return YAMLEvent(kind: .documentStart, place: place)
        case YAML_DOCUMENT_END_EVENT: return YAMLEvent(kind: .documentEnd, place: place)
        case YAML_STREAM_START_EVENT: return YAMLEvent(kind: .start, place: place)
        default: return YAMLEvent(kind: .end, place: place)
        }
    }

    /// libyaml's complaint in our words.
    private func fault() -> YAMLFault {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) } ?? "memory ran out"
        if unsafe parser.pointee.error == YAML_READER_ERROR {
            let offset = unsafe Int(clamping: parser.pointee.problem_offset)
            return YAMLFault(
                place: place(ofByte: offset),
                message: readerMessage(problem, byte: unsafe offset < text.count ? text[offset] : 0))
        }
        let place = unsafe SettingsPlace(parser.pointee.problem_mark, in: layer)
        let offset = unsafe Int(clamping: parser.pointee.problem_mark.index)
        var outer: (what: String, place: SettingsPlace)?
        if let context = unsafe parser.pointee.context {
            outer = unsafe (String(cString: context), SettingsPlace(parser.pointee.context_mark, in: layer))
        }
        if let outer, outer.what.contains("quoted scalar"), problem.contains("unexpected end of stream") {
            return YAMLFault(place: outer.place, message: "a text in quotes that never ends; close the quotes")
        }
        return YAMLFault(
            place: place, message: syntaxMessage(problem, character: character(at: offset), at: place, outer))
    }

    private func readerMessage(_ problem: String, byte: UInt8) -> String {
        if problem.contains("control") {
            return "a control character (byte \(byte)), which no text file should hold; remove it"
        }
        return "byte \(byte) is no UTF-8; save the file as UTF-8"
    }

    private func syntaxMessage(
        _ problem: String, character: Character?, at place: SettingsPlace,
        _ outer: (what: String, place: SettingsPlace)?
    ) -> String {
        if character == "\t" {
            return "a tab where YAML wants blanks; indent with blanks"
        }
        if problem.contains("mapping values are not allowed") {
            return "a ':' with a blank behind it inside a text; put the text in quotes, or mend the indentation"
        }
        if problem.contains("could not find expected ':'") {
            return "a line that is no \"name: value\"; write a ':' and a blank behind the name"
        }
        if problem.contains("nesting level") { return tooDeep }
        if problem.contains("cannot start any token"), let character {
            return "\(quoted(String(character))) begins no text in YAML; put the text in quotes"
        }
        if problem.contains("unexpected ':'") || character == ":" && problem.contains("expected node content") {
            return "a ':' where a text in brackets begins or ends; put the text in quotes, as in [\"::1\"]"
        }
        var context = ""
        if let outer, outer.place.line != place.line {
            let what = outer.what.split(separator: " ").dropFirst(2).joined(separator: " ")
            context = " (in \(what) that begins in line \(outer.place.line))"
        }
        return "no YAML from here on: \(problem)\(context); look at the indentation, brackets and quotes before it"
    }

    /// The character that is the `index`th of the text, where it is ASCII.
    private func character(at index: Int) -> Character? {
        let bytes = unsafe text.span
        var left = index
        for offset in bytes.indices where bytes[offset] & 0xC0 != 0x80 {
            if left == 0 { return bytes[offset] < 0x80 ? Character(UnicodeScalar(bytes[offset])) : nil }
            left -= 1
        }
        return nil
    }

    private func place(ofByte end: Int) -> SettingsPlace {
        let bytes = unsafe text.span
        var place = SettingsPlace(line: 1, column: 1, in: layer)
        for offset in 0..<min(end, bytes.count) {
            if bytes[offset] == UInt8(ascii: "\n") {
                place = SettingsPlace(line: place.line + 1, column: 1, in: layer)
            } else if bytes[offset] & 0xC0 != 0x80 {
                place.column += 1
            }
        }
        return place
    }
}

extension SettingsPlace {
    fileprivate init(_ mark: yaml_mark_t, in layer: SettingsLayer) {
        self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1, in: layer)
    }
}

/// What is said of lists and maps in each other without end.
let tooDeep = "lists and maps in each other, more than \(SettingsLimits.nesting) deep; the settings need five levels"

extension FaultList {
    /// libyaml compares every `%TAG` line with all before it, so that many of them would keep it busy for hours.
    /// Returns whether there are any.
    mutating func refuseTagDirectives(in text: Span<UInt8>, of layer: SettingsLayer) -> Bool {
        var line = 1
        var isRefused = false
        for offset in text.indices {
            if text[offset] == UInt8(ascii: "\n") { line += 1 }
            guard text[offset] == UInt8(ascii: "%"), offset + 3 < text.count, text[offset + 1] == UInt8(ascii: "T"),
                text[offset + 2] == UInt8(ascii: "A"), text[offset + 3] == UInt8(ascii: "G"),
                offset == 0 || text[offset - 1].mayEndLine
            else { continue }
            add(at: SettingsPlace(line: line, column: 1, in: layer), "a %TAG line; settings know no tags: remove it")
            isRefused = true
        }
        return isRefused
    }
}

extension UInt8 {
    /// LF, CR, and the last bytes of what YAML also takes for a line's end: NEL, LS, PS; and of a byte order mark.
    fileprivate var mayEndLine: Bool { [0x0A, 0x0D, 0x85, 0xA8, 0xA9, 0xBF].contains(self) }
}
