public import Expressions
public import Primitives
public import Settings

extension Directory {
    /// The names that settings know; a kind that they do not mention stays unknown. `lists` has every address group
    /// with what it holds (`SettingsDocument.addressLists`).
    public init(_ settings: SettingsDocument, lists: [String: [AddressRange]]) {
        self.init()
        self.lists = lists
        users = settings.users.map { user in
            User(name: user.name.value, groups: user.groups.map(\.value), addresses: user.addresses.map(\.value))
        }
        groups = Array(Set(settings.users.flatMap { $0.groups.map(\.value) })).sorted()
        if !settings.interfaces.isEmpty { interfaces = settings.interfaces.map { Interface($0) } }
        for service in settings.services { services[service.name.value] = service.ports }
    }

    /// The same on a live machine: its interfaces as they stand, under the names of the settings, then those that the
    /// settings name and that are not there just now. Others may appear.
    public init(_ settings: SettingsDocument, lists: [String: [AddressRange]], live: [NamedInterface]) {
        self.init(settings, lists: lists)
        let here = Set(live.map(\.interface.displayName))
        interfaces = live.map(\.interface) + (interfaces ?? []).filter { !here.contains($0.displayName) }
        interfacesMayAppear = true
    }
}
