import Primitives

extension SettingsReader {
    mutating func readGroups(_ node: YAMLNode) {
        for pair in mapping(node, "groups") {
            guard let name = name(pair.key, "the name of a group") else { continue }
            var group = AddressGroup(name: name, entries: [], place: pair.value.place)
            let elements = elements(pair.value)
            group.entries.reserveCapacity(elements.count)
            for element in elements { readEntry(element, into: &group) }
            document.groups.append(group)
        }
    }

    private mutating func readEntry(_ node: YAMLNode, into group: inout AddressGroup) {
        switch node.content {
        case .scalar(let text, _):
            do throws(AddressRangeError) {
                let range = try AddressRange(parsing: text)
                group.entries.append(Located(.addresses(range), at: node.place))
            } catch {
                let message = "\(quoted(text)) \(remedy(text, error))"
                faults.add(at: node.place, message)
            }
        case .mapping(let pairs):
            for pair in pairs { readReference(pair, into: &group) }
        case .sequence:
            faults.add(at: node.place, "a list inside a list of addresses; write its entries one level higher")
        case .refused:
            return
        }
    }

    private mutating func readReference(_ pair: YAMLPair, into group: inout AddressGroup) {
        switch pair.key.value {
        case "file":
            for element in elements(pair.value) {
                guard let path = path(element, "a file of addresses") else { continue }
                group.entries.append(Located(.file(path.value), at: path.place))
            }
        case "group":
            for element in elements(pair.value) {
                guard let other = text(element, "the name of another group") else { continue }
                group.entries.append(Located(.group(other.value), at: other.place))
            }
        case let key where IPAddress(parsing: key + ":") != nil || IPAddress(parsing: key) != nil:
            faults.add(at: pair.key.place, "\(quoted(key)) with a ':' behind it; put an IPv6 address in quotes")
        default:
            unknown(pair.key, in: "an entry of a group", among: ["file", "group"])
        }
    }

    /// Names and files are what people mean where they write no address.
    private func remedy(_ text: String, _ error: AddressRangeError) -> String {
        if text.hasPrefix("list:") { return "is no address; another group is written as group: name" }
        guard error == .notAnAddress, let first = text.unicodeScalars.first, first.properties.isAlphabetic,
            !text.contains(":")
        else { return error.description }
        return "is no address; write one, or name another group (group: name) or a file (file: path)"
    }
}
