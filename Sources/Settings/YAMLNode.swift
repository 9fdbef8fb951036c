/// A value of YAML as a tree, every text as it was written: what is a number is for the reader to say.
struct YAMLNode {
    enum Content {
        /// `isPlain`: written without quotes.
        case scalar(String, isPlain: Bool)
        case sequence([YAMLNode])
        case mapping([YAMLPair])
        /// Something that was already refused; nobody complains a second time.
        case refused
    }

    var place: SettingsPlace
    var content: Content

    /// Nothing behind the colon, `~` or `null`.
    var isNothing: Bool {
        if case .scalar(let text, true) = content { text.isEmpty || text == "~" || text == "null" } else { false }
    }

    /// For messages: "a list", "a map", "nothing" or the text in quotes.
    var summary: String {
        switch content {
        case .scalar(let text, _): isNothing ? "nothing" : quoted(text)
        case .sequence: "a list"
        case .mapping: "a map"
        case .refused: "something"
        }
    }
}

/// One `key: value`.
struct YAMLPair {
    var key: Located<String>
    var value: YAMLNode
}

/// Makes the tree of one document, within `SettingsLimits`. Keys that stand twice, aliases, anchors and tags are
/// faults among others; what is no YAML, too deep or too much ends the reading.
struct YAMLComposer: ~Copyable {
    private var events: YAMLEvents
    private var count = 0

    init(_ events: consuming YAMLEvents) { self.events = events }

    /// The root; nil for an empty text.
    mutating func document(_ faults: inout FaultList) throws(YAMLFault) -> YAMLNode? {
        var root: YAMLNode?
        while true {
            let event = try events.next()
            switch event.kind {
            case .start, .documentEnd: continue
            case .end: return root
            case .documentStart:
                if root != nil {
                    throw YAMLFault(place: event.place, message: "a second document; settings are one: remove the ---")
                }
                root = try node(events.next(), depth: 0, &faults)
            default: continue
            }
        }
    }

    private mutating func node(
        _ event: YAMLEvent, depth: Int, _ faults: inout FaultList
    ) throws(YAMLFault) -> YAMLNode {
        count += 1
        guard count <= SettingsLimits.values else {
            throw YAMLFault(
                place: event.place,
                message: "more than \(SettingsLimits.values) values; put long lists of addresses into files, "
                    + "and name them: group: { file: addresses.txt }")
        }
        if event.hasAnchor || event.hasTag {
            faults.add(
                at: event.place,
                event.hasAnchor
                    ? "an anchor (&); settings know none: write the value where it is meant"
                    : "a tag (!); settings know none: write the value alone, in quotes if it begins with !")
        }
        switch event.kind {
        case .scalar(let text, let isPlain):
            return YAMLNode(place: event.place, content: .scalar(text, isPlain: isPlain))
        case .alias:
            faults.add(
                at: event.place, "an alias (*); settings know none: repeat the value, or put the text in quotes")
            return YAMLNode(place: event.place, content: .refused)
        case .sequenceStart:
            return YAMLNode(place: event.place, content: .sequence(try sequence(event, depth, &faults)))
        default:
            return YAMLNode(place: event.place, content: .mapping(try mapping(event, depth, &faults)))
        }
    }

    private mutating func sequence(
        _ start: YAMLEvent, _ depth: Int, _ faults: inout FaultList
    ) throws(YAMLFault) -> [YAMLNode] {
        try checkDepth(start, depth)
        var elements: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return elements }
            elements.append(try node(event, depth: depth + 1, &faults))
        }
    }

    private mutating func mapping(
        _ start: YAMLEvent, _ depth: Int, _ faults: inout FaultList
    ) throws(YAMLFault) -> [YAMLPair] {
        try checkDepth(start, depth)
        var pairs: [YAMLPair] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return pairs }
            let key = try node(event, depth: depth + 1, &faults)
            let value = try node(events.next(), depth: depth + 1, &faults)
            switch key.content {
            case .scalar(let text, _):
                if let line = lines.updateValue(key.place.line, forKey: text) {
                    lines[text] = line
                    faults.add(
                        at: key.place,
                        "\(quoted(text)) stands here a second time, after line \(line); remove one of them")
                } else {
                    pairs.append(YAMLPair(key: Located(text, at: key.place), value: value))
                }
            case .refused: continue
            case .sequence, .mapping:
                faults.add(at: key.place, "\(key.summary) as a name; a name is a text: put it in quotes")
            }
        }
    }

    private func checkDepth(_ event: YAMLEvent, _ depth: Int) throws(YAMLFault) {
        guard depth < SettingsLimits.nesting else {
            throw YAMLFault(place: event.place, message: tooDeep)
        }
    }
}
