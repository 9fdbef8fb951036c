import Primitives

// Rules as `-v` shows them.

extension ConfigurationRule: CustomStringConvertible {
    public var description: String {
        var words = conditions.map(\.description)
        if let every { words.append(every.description) }
        let actions = actions.map(\.description).joined(separator: ", ")
        return "match { \(words.joined(separator: ", ")); }\ndo {\(actions);};"
    }
}

extension ConfigurationRule.Condition: CustomStringConvertible {
    public var description: String {
        switch self {
        case .direction(let direction): "direction = \(direction.rawValue)"
        case .source(let network): "srcip = \(network)"
        case .destination(let network): "dstip = \(network)"
        case .sourcePort(let port): "srcport = \(port)"
        case .destinationPort(let port): "dstport = \(port)"
        case .protocolNumber(let number): "protocol = \(number)"
        case .group(let name): "group = \(name)"
        case .interface(let name): "interface = \(name)"
        case .logTag(let tag): "logtag = \(tag)"
        case .natTag(let tag): "nattag = \(tag)"
        case .rule(let rule): "rule = \(rule)"
        case .result(let result): "result = \(result.rawValue)"
        case .type(let type): "type = \(type.rawValue)"
        }
    }
}

extension ConfigurationRule.Network: CustomStringConvertible {
    public var description: String {
        "\(String(appending: { $0.append(IPv4Address(address)) }))/\(bits)"
    }
}

extension ConfigurationRule.Every: CustomStringConvertible {
    public var description: String {
        switch self {
        case .seconds(1): "every second"
        case .seconds(let count): "every \(count) seconds"
        case .packets(1): "every packet"
        case .packets(let count): "every \(count) packets"
        }
    }
}

extension ConfigurationRule.Action: CustomStringConvertible {
    public var description: String {
        switch self {
        case .nothing: return "nothing"
        case .text(let path): return "file(\"file://\(path)\")"
        case .raw(let path): return "file(\"raw://\(path)\")"
        case .execute(let command): return "execute(\"\(command)\")"
        case .syslog(nil, nil): return "syslog"
        case .syslog(let facility, let priority):
            let first = facility.flatMap { SyslogNames.name(ofFacility: $0) } ?? ""
            let second = priority.flatMap { SyslogNames.name(ofPriority: $0) } ?? ""
            return "syslog(\"\(first).\(second)\")"
        }
    }
}
