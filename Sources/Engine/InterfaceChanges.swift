import LiveCapture

/// What happened to the machine's interfaces between two looks, in sentences.
enum InterfaceChanges {
    static func sentences(from old: [NetworkInterface], to new: [NetworkInterface]) -> [String] {
        let before = Dictionary(old.map { ($0.index, $0) }) { first, _ in first }
        let after = Dictionary(new.map { ($0.index, $0) }) { first, _ in first }
        var sentences: [String] = []
        for interface in old where after[interface.index] == nil { sentences.append("\(interface.name) is gone") }
        for interface in new {
            guard let was = before[interface.index] else {
                sentences.append("\(interface.name) is there (index \(interface.index))")
                continue
            }
            if was.name != interface.name { sentences.append("\(was.name) is now \(interface.name)") }
            if was.isUp != interface.isUp { sentences.append("\(interface.name) is \(interface.isUp ? "up" : "down")") }
            if was.addresses != interface.addresses {
                let addresses = interface.addresses.map { "\($0)" }.joined(separator: ", ")
                sentences.append("\(interface.name) has \(addresses.isEmpty ? "no address" : addresses)")
            }
        }
        return sentences
    }
}
