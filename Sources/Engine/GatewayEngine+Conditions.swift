import Accounts
import ControlMessages
import LiveCapture
import LogFiles
import LogIndex
import PacketDumps
import Settings
import SettingsStore
import SystemCalls

extension GatewayEngine {
    /// What an administrator should act on just now. Each part of the engine adds its own.
    func conditions() -> [Condition.Key: Condition] {
        var found = standing
        let parts = [
            settingsConditions(), sourceConditions(), logConditions(), dumpConditions(), iplConditions(),
            syslogConditions(), radiusConditions(), nameConditions(), userConditions(), alertConditions(),
            unknownNames,
        ]
        for part in parts {
            found.merge(part) { first, _ in first }
        }
        return found
    }

    /// Takes over what stands now, and says in the Warning and Error logs what began and what is over.
    func lookAtConditions() {
        let now = ConditionBoard.Moment(wall: Clocks.wall, monotonic: Clocks.monotonic)
        for announcement in board.update(conditions(), at: now) {
            switch announcement.severity {
            case .warning: logs.say(.warning, .warning, announcement.text)
            case .error: logs.say(.error, .error, announcement.text)
            }
        }
    }

    private func settingsConditions() -> [Condition.Key: Condition] {
        var found: [Condition.Key: Condition] = [:]
        for problem in settingsBoard.problems { found["group \(problem)"] = Condition(.updateFailed, problem) }
        for warning in settingsBoard.stored.warnings {
            found["settings \(warning)"] = Condition(.settings, "\(warning)")
        }
        if let problem = localUsers.problem {
            found["accounts"] = Condition(
                .accounts, "nobody can log in, and no token is worth anything: \(problem)")
        }
        let group = document.api.group
        if group.place != nil, UserDatabase.group(named: group.value) == nil {
            found["api.group"] = Condition(
                .missingGroup, about: group.value,
                "\(fault(at: group.place, "this machine has no group \"\(group.value)\": groupadd it"))")
        }
        return found
    }

    private func sourceConditions() -> [Condition.Key: Condition] {
        var found: [Condition.Key: Condition] = [:]
        for source in sources {
            let (name, report) = (source.orders.name, source.orders.report)
            if case .failed(let error) = report.state {
                found["source \(name)"] = Condition(source: name, "\(name) stopped", error)
            }
            let isFirewallLog = source.orders.feed == .firewallLog
            found["drops \(name)"] = Condition(
                isFirewallLog ? .firewallLogLoss : .packetLoss, about: name,
                "\(name): packets are lost in the kernel, for nobody took them in time",
                remedy: isFirewallLog
                    ? "Give firewall_log.buffer more memory, or log fewer packets."
                    : "Narrow the expression, or give capture.ring more memory.",
                losses: .init(total: report.counters.dropped, unit: "packets"))
        }
        guard let connections else { return found }
        let report = connections.latest
        if case .failed(let error) = report.state {
            found["source connections"] = Condition(
                source: "connections", "connections are not watched any more", error)
        }
        found["drops connections"] = Condition(
            .connectionLoss, about: "connections",
            "events of connections are lost in the kernel, for nobody took them in time",
            remedy: "Give connections.buffer more memory.",
            losses: .init(total: report.counters.dropped, unit: "events"))
        for item in ConnectionTracking.current().switches {
            guard let problem = item.problem else { continue }
            found["sysctl \(item.name)"] = Condition(.kernelSetting, about: item.name, problem)
        }
        return found
    }

    private func logConditions() -> [Condition.Key: Condition] {
        var found: [Condition.Key: Condition] = [:]
        for (name, writer) in logs.all {
            let state = writer.state
            if let suspension = state.suspension {
                found["suspended \(name)"] = Condition(
                    .logSuspended, about: name.rawValue, "the \(name) log is suspended: \(suspension.error)",
                    remedy: "Make room; it goes on by itself.")
            }
            found["lines \(name)"] = Condition(
                .lineLoss, about: name.rawValue,
                "lines of the \(name) log are lost: the disk is full, or does not keep up",
                remedy: "Set a rate (packet_log.rate), narrow the expression, or give it a faster disk.",
                losses: .init(total: state.lost, unit: "lines"))
        }
        if let problem = logs.budget.problem {
            found["budget"] = Condition(.budget, about: "logs", "old log files cannot be tidied up: \(problem)")
        }
        return found
    }

    private func dumpConditions() -> [Condition.Key: Condition] {
        var found: [Condition.Key: Condition] = [:]
        let dumps = dumpStore.list()
        let used = dumps.reduce(0) { $0 + $1.bytes }
        if let budget = document.dumps.budget.value, used >= UInt64(budget.bytes) {
            found["dumps budget"] = Condition(
                .budget, about: "dumps",
                "all dumps together take \(used) bytes, and \(budget) are allowed: none begins",
                remedy: "Remove some (gatelog dump remove), or allow more (dumps.budget).")
        }
        for dump in dumps where dump.phase != .finished {
            let name = dump.order.name
            if dump.phase == .suspended {
                found["dump \(name)"] = Condition(
                    .dumpSuspended, about: name, "the dump \(name) is suspended: \(dump.reason ?? "disk full")",
                    remedy: "Make room; it goes on by itself.")
            }
            found["dump losses \(name)"] = Condition(
                .dumpLoss, about: name, "packets of the dump \(name) are lost, for the disk did not keep up",
                remedy: "Narrow its expression, keep fewer bytes of a packet, or give it a faster disk.",
                losses: .init(total: dump.lost, unit: "packets"))
        }
        return found
    }
}
