import Primitives

// Users, interfaces and services: maps by name.
extension SettingsReader {
    mutating func readUsers(_ node: YAMLNode) {
        var owners: [IPAddress: String] = [:]
        for pair in mapping(node, "users") {
            guard let name = userName(pair.key, "the name of a user") else { continue }
            var user = UserSettings(name: name, groups: [], addresses: [])
            for field in mapping(pair.value, "a user's groups and addresses") {
                switch field.key.value {
                case "groups":
                    user.groups = userGroups(field.value)
                    user.groupsPlace = field.value.place
                case "addresses":
                    user.addresses = userAddresses(field.value, of: name.value, &owners)
                    user.addressesPlace = field.value.place
                default: unknown(field.key, in: "a user", among: ["groups", "addresses"])
                }
            }
            document.users.append(user)
        }
    }

    private mutating func userGroups(_ node: YAMLNode) -> [Located<String>] {
        var groups: [Located<String>] = []
        for element in elements(node) {
            guard let text = text(element, "the name of a group of users"),
                let group = userName(text, "the name of a group of users")
            else { continue }
            groups.append(group)
        }
        return groups
    }

    private mutating func userAddresses(
        _ node: YAMLNode, of user: String, _ owners: inout [IPAddress: String]
    ) -> [Located<IPAddress>] {
        var addresses: [Located<IPAddress>] = []
        for element in elements(node) {
            guard let text = text(element, "an address") else { continue }
            guard let address = IPAddress(parsing: text.value) else {
                faults.add(
                    at: text.place, "\(quoted(text.value)) is no address; a user is at single ones, like 10.0.0.5")
                continue
            }
            if let owner = owners.updateValue(user, forKey: address) {
                faults.add(
                    at: text.place, "\(address) is the address of \(quoted(owner)) already; an address has one user")
            }
            addresses.append(Located(address, at: text.place))
        }
        return addresses
    }

    /// `user:"jane,[staff]"` gives these characters a meaning.
    private mutating func userName(_ text: Located<String>, _ what: String) -> Located<String>? {
        guard let name = name(text, what) else { return nil }
        guard
            !name.value.utf8.contains(where: { [UInt8(ascii: ","), UInt8(ascii: "["), UInt8(ascii: "]")].contains($0) })
        else {
            faults.add(
                at: name.place,
                "\(quoted(name.value)) as \(what): expressions read ',', '[' and ']' as signs between names; remove them"
            )
            return nil
        }
        return name
    }

    mutating func readInterfaces(_ node: YAMLNode) {
        var devices: [String: String] = [:]
        var indexes: [UInt32: String] = [:]
        for pair in mapping(node, "interfaces") {
            guard let name = name(pair.key, "the name of an interface") else { continue }
            let interface = readInterface(name, pair.value)
            if let device = interface.device, let owner = devices.updateValue(name.value, forKey: device.value) {
                faults.add(
                    at: device.place, "\(quoted(device.value)) is \(quoted(owner)) already; a device has one name")
            }
            if let index = interface.index, let owner = indexes.updateValue(name.value, forKey: index.value) {
                faults.add(
                    at: index.place,
                    "\(index.value) is the index of \(quoted(owner)) already; an interface has its own")
            }
            document.interfaces.append(interface)
        }
    }

    private mutating func readInterface(_ name: Located<String>, _ node: YAMLNode) -> InterfaceSettings {
        var interface = InterfaceSettings(name: name)
        for field in mapping(node, "an interface's device, kind and so on") {
            switch field.key.value {
            case "device": interface.device = self.name(field.value, "the kernel's name of an interface")
            case "kind": interface.kind = choice(field.value, "the kind of an interface")
            case "connection": interface.connection = self.name(field.value, "the name of a connection")
            case "index": interface.index = index(field.value)
            case "trusted": interface.trusted = flag(field.value, "trusted")
            default:
                unknown(
                    field.key, in: "an interface", among: ["device", "kind", "connection", "index", "trusted"])
            }
        }
        if let connection = interface.connection, let kind = interface.kind, kind.value != .vpnTunnel {
            faults.add(
                at: connection.place,
                "a connection for an interface of the kind \(kind.value.rawValue); only kind: vpn has one")
        }
        return interface
    }

    private mutating func index(_ node: YAMLNode) -> Located<UInt32>? {
        guard let text = text(node, "the index of an interface") else { return nil }
        guard let number = UInt32(text.value), number > 0, number <= UInt32(Int32.max) else {
            faults.add(
                at: text.place, "\(quoted(text.value)) as an index; write the number that `ip link` shows, from 1 on")
            return nil
        }
        return Located(number, at: text.place)
    }

    mutating func readServices(_ node: YAMLNode) {
        var places: [String: Int] = [:]
        for pair in mapping(node, "services") {
            let name = Located(pair.key.value.lowercased(), at: pair.key.place)
            guard isServiceName(name.value) else {
                faults.add(
                    at: name.place,
                    "\(quoted(name.value)) as the name of a service; write a letter first, then letters, digits, - and _"
                )
                continue
            }
            if let line = places.updateValue(name.place.line, forKey: name.value) {
                faults.add(
                    at: name.place,
                    "the service \(quoted(name.value)) stands in line \(line) already (in other letters); remove one")
                continue
            }
            var service = ServiceSettings(name: name, ports: [], place: pair.value.place)
            for element in elements(pair.value) {
                guard let text = text(element, "a port") else { continue }
                if let ports = ports(text.value) {
                    service.ports.append(ports)
                } else {
                    faults.add(
                        at: text.place,
                        "\(quoted(text.value)) is no port; write 9000, 5060-5061 or a list: [5060-5061, 10000]")
                }
            }
            if elements(pair.value).isEmpty {
                faults.add(at: name.place, "no ports for the service \(quoted(name.value)); write them behind the ':'")
            }
            document.services.append(service)
        }
    }

    private func isServiceName(_ name: String) -> Bool {
        guard let first = name.utf8.first, 0x61...0x7A ~= first, name.utf8.count <= SettingsLimits.name else {
            return false
        }
        return name.utf8.allSatisfy {
            0x61...0x7A ~= $0 || 0x30...0x39 ~= $0 || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: "_")
        }
    }

    private func ports(_ text: String) -> ClosedRange<UInt16>? {
        let ends = text.split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count <= 2, let lower = port(ends[0]), let upper = port(ends[ends.count - 1]), lower <= upper
        else { return nil }
        return lower...upper
    }

    private func port(_ text: Substring) -> UInt16? {
        let text = text.filter { $0 != " " }
        guard !text.isEmpty, text.utf8.allSatisfy({ 0x30...0x39 ~= $0 }) else { return nil }
        return UInt16(text)
    }
}
