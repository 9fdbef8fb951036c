public import Expressions
public import Settings

/// An interface as the kernel knows it, whoever asked the kernel.
public struct KernelInterface: Hashable, Sendable {
    /// The kernel's number of it.
    public var index: UInt32
    /// "eth0".
    public var name: String
    /// What the kernel says it is.
    public var kind: Directory.Interface.Kind

    public init(index: UInt32, name: String, kind: Directory.Interface.Kind) {
        self.index = index
        self.name = name
        self.kind = kind
    }
}

/// An interface of this machine with what the settings say of it.
public struct NamedInterface: Hashable, Sendable {
    public var index: UInt32
    public var interface: Directory.Interface
    /// Whether a network of our own is behind it; nil where nobody said.
    public var isTrusted: Bool?
}

/// Gives interfaces the names that the settings have for them.
public struct InterfaceNaming: Sendable {
    private let byDevice: [String: InterfaceSettings]
    private let byIndex: [UInt32: InterfaceSettings]

    /// The settings name an interface by its device; one without a device by its index; one with neither is called
    /// as the kernel calls it.
    public init(_ settings: SettingsDocument) {
        var byDevice: [String: InterfaceSettings] = [:]
        var byIndex: [UInt32: InterfaceSettings] = [:]
        for interface in settings.interfaces {
            if let device = interface.device {
                byDevice[device.value] = interface
            } else if let index = interface.index {
                byIndex[index.value] = interface
            }
        }
        for interface in settings.interfaces where interface.device == nil && interface.index == nil {
            if byDevice[interface.name.value] == nil { byDevice[interface.name.value] = interface }
        }
        self.byDevice = byDevice
        self.byIndex = byIndex
    }

    /// What an interface is called: as the settings say, else as the kernel does. What the settings say of its kind
    /// goes before what the kernel says.
    public func named(_ interface: KernelInterface) -> NamedInterface {
        guard let settings = byDevice[interface.name] ?? byIndex[interface.index] else {
            return NamedInterface(
                index: interface.index,
                interface: Directory.Interface(
                    displayName: interface.name, kernelName: interface.name, kind: interface.kind),
                isTrusted: nil)
        }
        var named = Directory.Interface(settings, kind: interface.kind)
        named.kernelName = interface.name
        return NamedInterface(index: interface.index, interface: named, isTrusted: settings.trusted?.value)
    }
}

extension Directory.Interface {
    /// An interface of the settings; `kind` is what it is where they do not say.
    public init(_ settings: InterfaceSettings, kind: Kind = .ethernet) {
        let stated: Kind? =
            switch settings.kind?.value {
            case .ethernet: .ethernet
            case .vpnClient: .vpnClient
            case .vpnTunnel: .vpnTunnel
            case .other: .other
            // Only a tunnel has a connection.
            case nil: settings.connection == nil ? nil : .vpnTunnel
            }
        self.init(
            displayName: settings.name.value, kernelName: settings.device?.value, kind: stated ?? kind,
            connection: settings.connection?.value)
    }
}
