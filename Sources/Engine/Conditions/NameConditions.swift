import Expressions
import LiveCapture
import Settings

/// Names that settings and expressions use and this machine does not have. Looked for when interfaces, groups or
/// settings change, not at every look.
extension GatewayEngine {
    func lookForUnknownNames() {
        unknownNames = [:]
        // A file that is replayed brings interfaces of its own.
        guard options.replay == nil else { return }
        lookForCapturedInterfaces()
        lookForDevices()
        lookForNamesInExpressions()
    }

    private func lookForCapturedInterfaces() {
        var wanted = options.interfaces.map { (name: $0, place: SettingsPlace?.none) }
        if wanted.isEmpty, case .only(let names) = document.capture.interfaces.value {
            wanted = names.map { (name: $0.value, place: $0.place) }
        }
        for (name, place) in wanted where !isThere(device(of: name)) {
            let text = "the interface \"\(name)\" is not there, and is captured on once it comes"
            unknownNames["captured \(name)"] = Condition(
                .missingDevice, about: name, place.map { "\(fault(at: $0, text))" } ?? text,
                remedy: "gatelog interface list shows those that are there.")
        }
    }

    /// Tunnels come and go; other devices should be there.
    private func lookForDevices() {
        for interface in document.interfaces where ![.vpnTunnel, .vpnClient].contains(interface.kind?.value) {
            guard let device = interface.device, !isThere(device.value) else { continue }
            unknownNames["device \(interface.name.value)"] = Condition(
                .unknownInterface, about: interface.name.value,
                "\(fault(at: device.place, "this machine has no interface \"\(device.value)\", which is called \"\(interface.name.value)\" here"))"
            )
        }
    }

    /// In the daemon an unknown interface is no error, for it may come up later: as long as it is not there it is said.
    private func lookForNamesInExpressions() {
        var directory = makeDirectory()
        directory.interfacesMayAppear = false
        var texts = dumpTaps.values.map { (name: $0.tap.name, text: $0.tap.text) }
        if let packetLog { texts.append((name: "packet logging", text: packetLog.expression.text)) }
        texts += document.alerts.compactMap { alert in
            alert.match.value.map { (name: "the alert \(alert.name.value)", text: $0) }
        }
        for (name, text) in texts {
            do {
                _ = try Expression(parsing: text, directory: directory)
            } catch {
                let messages = error.diagnostics.filter { $0.severity == .error }.map(\.message)
                unknownNames["expression \(name)"] = Condition(
                    .unknownInterface, about: name,
                    "the expression of \(name) names what is not there: \(messages.joined(separator: "; "))",
                    remedy: "It is met as soon as that is there.")
            }
        }
    }

    /// What the kernel calls an interface.
    private func device(of name: String) -> String {
        document.interfaces.first { $0.name.value == name }?.device?.value ?? name
    }

    private func isThere(_ device: String) -> Bool { networkInterfaces.contains { $0.name == device } }
}

extension Condition {
    /// A source that could not be opened or stopped: where a privilege is missing, that is what it is about.
    init(source name: String, _ text: String, _ error: any Error) {
        let source = error as? SourceError
        let isPrivilege = source?.reason.contains("CAP_NET_") == true
        self.init(
            isPrivilege ? .missingPrivilege : .sourceFailed, about: name,
            source.map { "\(text): \($0.doing): \($0.reason)" } ?? "\(text): \(error)", remedy: source?.remedy ?? "")
    }
}
