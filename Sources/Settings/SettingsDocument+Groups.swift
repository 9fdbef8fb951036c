public import Primitives

extension SettingsReader {
    /// Groups that others name must exist, and none may stand in itself.
    mutating func checkNesting() {
        let order = document.groups.indices
        let byName = Dictionary(
            order.map { (document.groups[$0].name.value, $0) }, uniquingKeysWith: { first, _ in first })
        var others: [[(index: Int, place: SettingsPlace)]] = order.map { _ in [] }
        for index in order {
            for entry in document.groups[index].entries {
                guard case .group(let name) = entry.value else { continue }
                if let other = byName[name] {
                    others[index].append((other, entry.place))
                } else {
                    let names = document.groups.lazy.map(\.name.value)
                    let meant = DidYouMean.phrase(DidYouMean.nearest(to: name, among: names))
                    faults.add(at: entry.place, "there is no group \(quoted(name))\(meant)")
                }
            }
        }
        checkCycles(others)
    }

    /// Walks in depth with a stack of its own: a chain of groups may be as long as the file.
    private mutating func checkCycles(_ others: [[(index: Int, place: SettingsPlace)]]) {
        enum Mark { case new, open, done }
        var marks = others.map { _ in Mark.new }
        for start in others.indices where marks[start] == .new {
            var path = [(index: start, next: 0)]
            marks[start] = .open
            while let (index, next) = path.last {
                guard next < others[index].count else {
                    marks[index] = .done
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let other = others[index][next]
                switch marks[other.index] {
                case .done: continue
                case .new:
                    marks[other.index] = .open
                    path.append((other.index, 0))
                case .open:
                    let begin = path.firstIndex { $0.index == other.index } ?? 0
                    let names = (path[begin...].map(\.index) + [other.index]).map { document.groups[$0].name.value }
                    let chain = shown(names)
                    faults.add(
                        at: other.place, "the group \(quoted(names[0])) stands in itself: \(chain); remove this entry")
                }
            }
        }
    }

    private func shown(_ names: [String]) -> String {
        let parts = names.count <= 8 ? names : names.prefix(4) + ["..."] + names.suffix(3)
        return String(appending: { $0.append(escaping: parts.joined(separator: " > ")) })
    }
}

extension SettingsDocument {
    /// The files that groups name, as written, each once, in the order of the settings.
    public var addressFiles: [Located<String>] {
        var seen: Set<String> = []
        var files: [Located<String>] = []
        for group in groups {
            for entry in group.entries {
                guard case .file(let path) = entry.value, seen.insert(path).inserted else { continue }
                files.append(Located(path, at: entry.place))
            }
        }
        return files
    }

    /// Every group with what it holds, nested groups and files included; `files` has the entries of each of
    /// `addressFiles` by its path as written. Ranges stand in no order and may overlap.
    public func addressLists(files: [String: [AddressRange]]) throws(SettingsErrors) -> [String: [AddressRange]] {
        let byName = Dictionary(
            groups.indices.map { (groups[$0].name.value, $0) }, uniquingKeysWith: { first, _ in first })
        var lists: [String: [AddressRange]] = [:]
        var total = 0
        for start in groups.indices {
            var ranges: [AddressRange] = []
            // A group counts once, however many ways lead to it.
            var seen: Set<Int> = [start]
            var waiting = [start]
            while let index = waiting.popLast() {
                for entry in groups[index].entries {
                    switch entry.value {
                    case .addresses(let range): ranges.append(range)
                    case .file(let path):
                        // A group that is one file shares its bytes.
                        if ranges.isEmpty { ranges = files[path] ?? [] } else { ranges += files[path] ?? [] }
                    case .group(let name):
                        if let other = byName[name], seen.insert(other).inserted { waiting.append(other) }
                    }
                }
                if total + ranges.count > SettingsLimits.ranges { throw tooManyRanges(at: groups[start].name) }
            }
            total += ranges.count
            lists[groups[start].name.value] = ranges
        }
        return lists
    }

    private func tooManyRanges(at group: Located<String>) -> SettingsErrors {
        SettingsErrors(
            errors: [
                SettingsError(
                    file: file, at: group.place,
                    "with the group \(quoted(group.value)) there are more than \(SettingsLimits.ranges) addresses and "
                        + "ranges in all groups; nest fewer groups, or write prefixes instead of addresses")
            ], omitted: 0)
    }
}
