/// The directory's names, arranged for look-up when the first one is asked for.
struct NameIndex {
    let directory: Directory

    private lazy var interfaces = Spellings(
        directory.interfaces.map { $0.map(\.displayName) + $0.compactMap(\.kernelName) })
    private lazy var connections = Spellings(directory.interfaces.map { $0.compactMap(\.connection) })
    private lazy var lists = Spellings(directory.lists.map { $0.keys.sorted() })
    private lazy var users = Spellings(directory.users.map { $0.map(\.name) })
    private lazy var groups = Spellings(
        directory.groups == nil && directory.users == nil
            ? nil : (directory.groups ?? []) + (directory.users ?? []).flatMap(\.groups))

    init(_ directory: Directory) { self.directory = directory }

    enum Kind {
        case interface, connection, list, user, group
    }

    /// What a name turned out to be.
    enum Finding {
        /// It exists, spelled so.
        case known(String)
        /// Nothing is known of its kind.
        case unknowable
        /// It does not exist; these do.
        case missing([String])
    }

    /// Looks `name` up: as typed, and in any case where `foldsCase`.
    mutating func find(_ name: String, _ kind: Kind, foldsCase: Bool) -> Finding {
        switch kind {
        case .interface: interfaces.find(name, foldsCase)
        case .connection: connections.find(name, foldsCase)
        case .list: lists.find(name, foldsCase)
        case .user: users.find(name, foldsCase)
        case .group: groups.find(name, foldsCase)
        }
    }

    private struct Spellings {
        private let names: [String]?
        private var exact: Set<String> = []
        private var folded: [String: String] = [:]

        init(_ names: [String]?) {
            self.names = names
            for name in names ?? [] {
                exact.insert(name)
                if folded[name.lowercased()] == nil { folded[name.lowercased()] = name }
            }
        }

        func find(_ name: String, _ foldsCase: Bool) -> Finding {
            guard let names else { return .unknowable }
            if exact.contains(name) { return .known(name) }
            if foldsCase, let spelled = folded[name.lowercased()] { return .known(spelled) }
            return .missing(names)
        }
    }
}
