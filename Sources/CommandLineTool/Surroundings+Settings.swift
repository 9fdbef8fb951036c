import Expressions
import Primitives
import Settings
import SystemCalls

/// A settings file and the address lists that it names, read from disk.
struct LoadedSettings {
    let document: SettingsDocument
    let lists: [String: [AddressRange]]

    /// Reads and checks the file at `path`; every fault is in the one error.
    init(path: String) throws {
        do {
            let document = try SettingsDocument(parsing: try Paths.contents(path), file: path)
            var files: [String: [AddressRange]] = [:]
            for file in document.addressFiles {
                let place = document.resolved(file.value)
                let bytes = try Paths.contents(place, limit: 256 << 20)
                files[file.value] = try AddressFile.parse(bytes, file: place)
            }
            lists = try document.addressLists(files: files)
            self.document = document
        } catch let error as SettingsErrors {
            throw ToolFailure("the settings cannot be used\n\(error)")
        } catch let error as SystemCallError {
            throw ToolFailure("the settings cannot be read: \(error)")
        }
    }
}

extension Directory {
    /// The names that a settings file knows; a kind that it does not mention stays unknown.
    init(_ settings: LoadedSettings) {
        self.init()
        let document = settings.document
        lists = settings.lists
        users = document.users.map { user in
            User(
                name: user.name.value, groups: user.groups.map(\.value), addresses: user.addresses.map(\.value))
        }
        groups = Array(Set(document.users.flatMap { $0.groups.map(\.value) })).sorted()
        if !document.interfaces.isEmpty { interfaces = document.interfaces.map(Interface.init) }
        for service in document.services { services[service.name.value.lowercased()] = service.ports }
    }
}

extension Directory.Interface {
    init(_ settings: InterfaceSettings) {
        let kind: Kind =
            switch settings.kind {
            case .ethernet: .ethernet
            case .vpnClient: .vpnClient
            case .vpnTunnel: .vpnTunnel
            case .other: .other
            }
        self.init(
            displayName: settings.name.value, kernelName: settings.device?.value, kind: kind,
            connection: settings.connection?.value)
    }
}
