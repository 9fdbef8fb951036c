import CaptureFiles
import CaptureStreams
import Directories
import Expressions
import GeoDatabases
import PacketDecoding
import PacketStages
import Primitives
import Settings
import SystemCalls

/// What is known around a capture: the names that expressions may use, who is logged in where, and what the
/// databases say of an address.
struct Surroundings {
    /// The names that exist here; what the captures themselves name is added.
    private(set) var directory = Directory()
    /// What a capture without interface names was taken on.
    let unnamedInterface: String?
    /// Interfaces by the kernel's index, for captures that tell no name.
    private(set) var interfacesByIndex: [UInt32: Directory.Interface] = [:]
    private(set) var geography = Geography()
    /// How the settings want lines.
    private(set) var logs: LogsSettings?

    /// What `options` say, and the interfaces that the captures name.
    init(_ options: NameOptions, captures: [String]) throws {
        unnamedInterface = options.interfaceName
        if let path = options.settings { try use(LoadedSettings(path: path)) }
        for path in options.geo { try open(path) }
        try addInterfaces(of: captures)
    }

    /// A capture's interface as the language knows it: as the settings name it, else as the capture does; nil where
    /// nobody gave it a name.
    func interface(_ interface: CaptureInterface) -> Directory.Interface? {
        guard let name = interface.name ?? unnamedInterface else { return nil }
        let known = directory.interfaces ?? []
        if let named = known.first(where: { $0.kernelName == name }) ?? known.first(where: { $0.displayName == name }) {
            return named
        }
        guard interface.name != nil, let description = interface.description, !description.isEmpty else {
            return Directory.Interface(displayName: name, kernelName: interface.name)
        }
        return Directory.Interface(displayName: description, kernelName: name)
    }

    private mutating func use(_ settings: LoadedSettings) throws {
        directory = Directory(settings.document, lists: settings.lists)
        for interface in settings.document.interfaces {
            if let index = interface.index { interfacesByIndex[index.value] = Directory.Interface(interface) }
        }
        let databases = settings.document.databases
        if let path = databases.country { try open(settings.document.resolved(path.value), for: .country) }
        if let path = databases.asn { try open(settings.document.resolved(path.value), for: .asn) }
        logs = settings.document.logs
    }

    private mutating func open(_ path: String, for wanted: GeoDatabase.Contents = []) throws {
        do {
            try geography.open(path, for: wanted)
        } catch {
            throw ToolFailure("\(error)")
        }
    }

    /// Adds the interfaces that stand before the first packet of each capture. A capture that tells no names leaves
    /// the interfaces unknown, unless the command line says one; standard input and pipes cannot be looked into
    /// beforehand, for what was read of them is gone.
    private mutating func addInterfaces(of captures: [String]) throws {
        var found: [Directory.Interface] = unnamedInterface.map { [Directory.Interface(displayName: $0)] } ?? []
        for path in captures where path != "-" && !Self.isPipe(path) {
            let all = try Self.interfaces(of: path)
            let named = all.compactMap { interface($0) }
            guard named.count == all.count else { return }
            for interface in named where !found.contains(interface) { found.append(interface) }
        }
        found.removeAll { directory.interfaces?.contains($0) ?? false }
        if !found.isEmpty { directory.interfaces = (directory.interfaces ?? []) + found }
    }

    private static func isPipe(_ path: String) -> Bool {
        guard let status = try? Paths.status(path) else { return false }
        return status.kind == .other
    }

    /// The interfaces that stand before a capture's first packet. Opens the capture and closes it again.
    private static func interfaces(of path: String) throws -> [CaptureInterface] {
        do {
            let reader = try CaptureReader(path: path)
            return reader.interfaces
        } catch {
            throw ToolFailure("\(error)")
        }
    }

    /// What packets are looked up in.
    var lookups: PacketLookups {
        PacketLookups(users: directory.users ?? [], geography: geography, interfacesByIndex: interfacesByIndex)
    }

    /// What can be known of packets here. Whether a capture tells directions, interfaces or the firewall's log shows
    /// only as it is read, so nobody is warned of those.
    var facts: SourceFacts {
        var facts: SourceFacts = [
            .incomingInterface, .outgoingInterface, .direction, .firewallLog, .linkHeader, .names,
        ]
        if directory.users != nil { facts.insert(.users) }
        if geography.knowsCountries { facts.insert(.countries) }
        if geography.knowsNetworks { facts.insert(.networks) }
        return facts
    }
}
