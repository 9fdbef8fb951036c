import Directories
import Expressions
import Primitives
import Settings
import Testing

@Suite("Names of interfaces")
struct InterfaceNamingTests {
    static let settings = """
        interfaces:
          Internet: { device: eth0, index: 7 }
          Office: { index: 3, trusted: true }
          wg0: { kind: vpn, connection: Branch, trusted: false }
          tun9: { connection: Home }
          Modem: { device: ppp0, kind: other }
        """

    private func named(_ index: UInt32, _ name: String, _ kind: Directory.Interface.Kind) throws -> NamedInterface {
        InterfaceNaming(try SettingsDocument(parsing: Self.settings, file: "t.yaml"))
            .named(KernelInterface(index: index, name: name, kind: kind))
    }

    @Test("By device, by index, by its own name; else as the kernel calls it")
    func names() throws {
        #expect(try named(2, "eth0", .ethernet).interface.displayName == "Internet")
        // The device decides, whatever number it has; a number alone decides where there is no device.
        #expect(try named(7, "eth5", .ethernet).interface.displayName == "eth5")
        #expect(try named(3, "eth1", .ethernet).interface.displayName == "Office")
        #expect(try named(3, "eth1", .ethernet).interface.kernelName == "eth1")
        #expect(try named(9, "wg0", .vpnTunnel).interface.displayName == "wg0")
        #expect(try named(11, "lo", .other).interface == .init(displayName: "lo", kernelName: "lo", kind: .other))
    }

    @Test("What the settings say of the kind goes before the kernel")
    func kinds() throws {
        #expect(try named(2, "eth0", .vpnClient).interface.kind == .vpnClient)
        #expect(try named(9, "wg0", .ethernet).interface.kind == .vpnTunnel)
        #expect(try named(9, "wg0", .ethernet).interface.connection == "Branch")
        #expect(try named(10, "tun9", .vpnClient).interface.kind == .vpnTunnel)
        #expect(try named(12, "ppp0", .vpnClient).interface.kind == .other)
    }

    @Test("Trusted, not trusted, and nobody said")
    func trust() throws {
        #expect(try named(3, "eth1", .ethernet).isTrusted == true)
        #expect(try named(9, "wg0", .ethernet).isTrusted == false)
        #expect(try named(2, "eth0", .ethernet).isTrusted == nil)
    }

    @Test("A live machine's names: what is there, then what the settings expect")
    func live() throws {
        let settings = try SettingsDocument(
            parsing: Self.settings + "\nservices: { myapp: 9000 }\nusers: { jane: { groups: [staff] } }\n",
            file: "t.yaml")
        let naming = InterfaceNaming(settings)
        let here = [
            KernelInterface(index: 1, name: "lo", kind: .other),
            KernelInterface(index: 2, name: "eth0", kind: .ethernet),
        ]
        let directory = Directory(settings, lists: ["office": []], live: here.map(naming.named))
        #expect(
            directory.interfaces?.map(\.displayName) == ["lo", "Internet", "Office", "wg0", "tun9", "Modem"])
        #expect(directory.interfacesMayAppear)
        #expect(directory.services["myapp"] == [9000...9000])
        #expect(directory.groups == ["staff"])
        #expect(directory.lists?.keys.sorted() == ["office"])
    }

    @Test("Without interfaces in the settings a capture's stay unknown")
    func unknown() throws {
        let directory = Directory(try SettingsDocument(parsing: "", file: "t.yaml"), lists: [:])
        #expect(directory.interfaces == nil)
        #expect(!directory.interfacesMayAppear)
    }
}
