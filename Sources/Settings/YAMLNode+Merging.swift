extension YAMLNode {
    /// This value with `upper` over it: maps are merged key by key, everything else replaces what is below it. The
    /// order is that of the lower text, then that of the upper. What stands in both keeps the place of the upper.
    func merged(with upper: YAMLNode) -> YAMLNode {
        guard case .mapping(var pairs) = content, case .mapping(let changes) = upper.content else { return upper }
        var indexes: [String: Int] = [:]
        for index in pairs.indices { indexes[pairs[index].key.value] = index }
        for change in changes {
            guard let index = indexes[change.key.value] else {
                pairs.append(change)
                continue
            }
            let value = pairs[index].value.merged(with: change.value)
            // Of two maps the name stays where it stood first; of anything else the lower one is not there any more.
            let isMerged = pairs[index].value.isMapping && change.value.isMapping
            pairs[index] = YAMLPair(key: isMerged ? pairs[index].key : change.key, value: value)
        }
        return YAMLNode(place: place, content: .mapping(pairs))
    }

    /// This value, but what is the same in `older` stands where it stood there.
    func keepingPlaces(of older: YAMLNode) -> YAMLNode {
        guard case .mapping(let pairs) = content, case .mapping(let olderPairs) = older.content else {
            return oneLine == older.oneLine ? older : self
        }
        let known = Dictionary(olderPairs.map { ($0.key.value, $0) }) { first, _ in first }
        let kept = pairs.map { pair in
            guard let older = known[pair.key.value] else { return pair }
            return YAMLPair(key: older.key, value: pair.value.keepingPlaces(of: older.value))
        }
        return YAMLNode(place: place, content: .mapping(kept))
    }

    var isMapping: Bool {
        if case .mapping = content { true } else { false }
    }

    /// The value at a path of keys; nil where there is none.
    subscript(path: some Collection<String>) -> YAMLNode? {
        guard let first = path.first else { return self }
        guard case .mapping(let pairs) = content, let pair = pairs.first(where: { $0.key.value == first }) else {
            return nil
        }
        return pair.value[path.dropFirst()]
    }

    /// With `value` at a path of keys, in place of what was there; maps on the way are made.
    func setting(_ path: some Collection<String>, to value: YAMLNode) -> YAMLNode {
        guard let first = path.first else { return value }
        var pairs: [YAMLPair] = []
        if case .mapping(let found) = content { pairs = found }
        if let index = pairs.firstIndex(where: { $0.key.value == first }) {
            pairs[index].value = pairs[index].value.setting(path.dropFirst(), to: value)
            pairs[index].key.place = value.place
        } else {
            let empty = YAMLNode(place: value.place, content: .mapping([]))
            pairs.append(
                YAMLPair(
                    key: Located(first, at: value.place), value: empty.setting(path.dropFirst(), to: value)))
        }
        return YAMLNode(place: place, content: .mapping(pairs))
    }

    /// Without what stands at a path of keys, and without the maps that are empty then; nil where nothing is left.
    func removing(_ path: some Collection<String>) -> YAMLNode? {
        guard let first = path.first else { return nil }
        guard case .mapping(var pairs) = content, let index = pairs.firstIndex(where: { $0.key.value == first }) else {
            return self
        }
        if let rest = pairs[index].value.removing(path.dropFirst()) {
            pairs[index].value = rest
        } else {
            pairs.remove(at: index)
        }
        return pairs.isEmpty ? nil : YAMLNode(place: place, content: .mapping(pairs))
    }
}
