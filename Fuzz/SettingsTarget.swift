import FuzzDriver
import Settings

// Any texts are settings or are refused with places in them, one over the other too; every value that holds can be
// set again as it is listed; and what a change writes reads back. An input is the administrator's file, the changes
// over it, a key and a value, with a byte 0xFF between them.

private let note = SettingsChangeNote(who: "fuzz, #\n", when: "2026-11-21T10:00:00Z", from: "# a, b")

@main
enum SettingsTarget {
    static func main() { FuzzDriver.run({ fuzzSettings($0, $1) }, seeds: writeSeeds) }
}

private func fuzzSettings(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    let input = [UInt8](UnsafeBufferPointer(start: start, count: count))
    _ = AddressFile.entries(input, file: "f.txt")
    let parts = input.split(separator: 0xFF, maxSplits: 3, omittingEmptySubsequences: false).map { Array($0) }
    let file = SettingsText(name: "f.yaml", bytes: parts[0])
    let layers = SettingsLayers(
        file: file, changes: parts.count > 1 ? SettingsText(name: "c.yaml", bytes: parts[1]) : nil)
    guard let document = read(layers) else { return 0 }
    for setting in document.effective.prefix(80) {
        let key = try? SettingsKey(parsing: "\(setting.key)")
        precondition(key == setting.key, "a listed key reads back: \(setting.key)")
    }
    if let setting = document.effective.randomElement(count) {
        let again = changed(layers, .set(setting.key, yaml: setting.value))
        let value = again?.document.effective.first { $0.key == setting.key }?.value
        precondition(value == setting.value, "a listed value can be set again: \(setting.key): \(setting.value)")
    }
    if parts.count == 4, let key = try? SettingsKey(parsing: String(decoding: parts[2], as: UTF8.self)) {
        let value = String(decoding: parts[3], as: UTF8.self)
        let set = changed(layers, .set(key, yaml: value))
        if let set, let undone = changed(set.layers, .unset(key)) { _ = read(undone.layers) }
        _ = changed(layers, .setText(key, value))
        _ = changed(layers, .unset(key))
    }
    return 0
}

/// The document, or nil after looking at what is said.
private func read(_ layers: SettingsLayers) -> SettingsDocument? {
    do throws(SettingsErrors) {
        return try layers.document()
    } catch {
        check(error)
        return nil
    }
}

private func changed(
    _ layers: SettingsLayers, _ change: SettingsChange
) -> (layers: SettingsLayers, document: SettingsDocument)? {
    do throws(SettingsErrors) {
        let result = try layers.applying(change, by: note, version: 7, name: "n.yaml")
        let header = SettingsChanges.header(of: result.layers.changes?.bytes ?? [])
        precondition(header?.isWhole == true && header?.version == 7, "what is written is whole")
        return result
    } catch {
        check(error)
        return nil
    }
}

private func check(_ errors: SettingsErrors) {
    precondition(!errors.errors.isEmpty && errors.errors.count <= SettingsLimits.errors, "an error says something")
    for error in errors.errors {
        precondition(error.place.line >= 1 && error.place.column >= 1, "an error is in the text")
        precondition(!error.message.isEmpty, "an error says something")
        precondition(!error.description.utf8.contains { $0 < 0x20 }, "an error is one line")
    }
}

extension Array {
    /// One of the elements, by a number.
    fileprivate func randomElement(_ number: Int) -> Element? { isEmpty ? nil : self[number % count] }
}

private func writeSeeds(into folder: String) {
    let files = [
        "gateway: fw1\ncapture: { interfaces: [eth0], workers: 2, ring: 64 MiB, snap_length: 128, promiscuous: true }\n",
        "logs: { rotate: daily, size: 1.5 GB, keep: all, budget: none, debug: { keep: 5 }, messages: [drops] }\n",
        "packet_log: { expression: \"port = 80\", rate: none }\ndumps: { max_time: 2 h }\nlog: { utc: true }\n",
        "groups:\n  a: [10.0.0.0/8, \"::1\", group: b, file: x.txt]\n  b: 10.0.0.1-10.0.0.9\n",
        "users:\n  jane: { groups: [staff], addresses: [10.0.0.5] }\ninterfaces:\n  Branch office: { device: tun0, kind: vpn }\n",
        "services: { a: [1-2, 3] }\ndatabases: { country: x }\nfirewall_log: { groups: [] }\napi: { readers: x }\n",
    ]
    let changes = ["logs.debug.keep\u{1}7", "groups.\"a b\"\u{1}[10.0.0.1]", "packet_log.expression\u{1}!(port = 53)"]
    for (number, file) in files.enumerated() {
        for (other, change) in changes.enumerated() {
            let parts = change.utf8.split(separator: 1)
            let input =
                Array(file.utf8) + [0xFF] + Array(files[(number + other + 1) % files.count].utf8) + [0xFF]
                + Array(parts[0]) + [0xFF] + Array(parts[1])
            FuzzDriver.write(input, to: "\(folder)/seed-\(number)-\(other)")
        }
    }
}
