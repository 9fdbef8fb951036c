import ControlMessages
import LiveCapture
import LogIndex
import Primitives
import Records
import Settings
import SettingsStore
import SystemCalls

extension GatewayEngine {
    /// Starts what follows the machine and the files beside the settings, and looks after the house once a second.
    func startWatchers() {
        watch("interfaces") { engine in
            var watch = try InterfaceWatch()
            while !engine.isStopping.isSet {
                guard let interfaces = try watch.next(milliseconds: 500) else { continue }
                engine.call { await $0.interfacesChanged(interfaces) }
            }
        }
        watch("groups") { engine in
            while !engine.isStopping.isSet {
                let news = engine.settingsBoard.nextGroupNews(milliseconds: 500)
                if !news.isEmpty { engine.call { await $0.groupsChanged(news) } }
            }
        }
        let file = loginFile
        let saves = keepsLogins
        watch("logins") { engine in engine.watchLogins(file: file, saves: saves) }
        startSystemGroups()
        watch("housekeeping") { engine in
            while !engine.isStopping.isSet {
                // A second, in pieces that a shutdown need not wait for.
                for _ in 0..<10 where !engine.isStopping.isSet { Clocks.sleep(nanoseconds: 100_000_000) }
                engine.call { await $0.keepHouse() }
            }
        }
    }

    /// A thread of the control plane. What it throws stands among the problems.
    private func watch(_ name: String, _ body: @escaping @Sendable (GatewayEngine) throws -> Void) {
        do {
            watchers.append(
                try Thread(name: name) { [self] in
                    do {
                        try body(self)
                    } catch {
                        call {
                            await $0.stand(
                                "watching \(name)",
                                Condition(.watching, about: name, "\(name) are not followed any more: \(error)"))
                        }
                    }
                })
        } catch {
            standing["watching \(name)"] = Condition(.watching, about: name, "\(name) are not followed: \(error)")
        }
    }

    /// Asks the engine for something from a thread that does not wait for it.
    nonisolated func call(_ body: @escaping @Sendable (GatewayEngine) async -> Void) {
        Task { await body(self) }
    }

    func stand(_ key: Condition.Key, _ condition: Condition) { standing[key] = condition }

    /// The machine's interfaces changed: expressions that name them follow.
    func interfacesChanged(_ interfaces: [NetworkInterface]) {
        guard !isStopping.isSet, interfaces != networkInterfaces else { return }
        let before = networkInterfaces
        networkInterfaces = interfaces
        if document.logs.messages.value.contains(.interfaces) {
            for text in InterfaceChanges.sentences(from: before, to: interfaces) {
                logs.say(.debug, .engine, "{interfaces} \(text)")
            }
        }
        replanOrSay("the interfaces changed")
        renewAlerts()
    }

    /// A file of an address group changed: expressions that name it follow.
    func groupsChanged(_ news: [GroupFileNews]) {
        guard !isStopping.isSet else { return }
        if document.logs.messages.value.contains(.groups) {
            for item in news { logs.say(.debug, .engine, "{groups} \(item)") }
        }
        do {
            addressLists = try settingsBoard.addressLists(of: document)
            standing["groups"] = nil
            replanOrSay("an address group changed")
            renewAlerts()
        } catch {
            standing["groups"] = Condition(
                .updateFailed, about: "groups", "an address group keeps its old addresses: \(error)")
        }
    }

    private func replanOrSay(_ why: String) {
        do {
            try replan()
            standing["plan"] = nil
        } catch {
            standing["plan"] = Condition(
                .updateFailed, about: "plan", "\(why), and what was held before goes on: \(error)", severity: .error)
        }
        lookForUnknownNames()
    }
}
