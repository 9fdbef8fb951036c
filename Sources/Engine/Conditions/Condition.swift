import ControlMessages

/// Something that an administrator should act on.
struct Condition: Hashable, Sendable {
    /// What a condition is about, so that it is the same one at the next look: "drops capture 0".
    typealias Key = String

    /// What is amiss: one of a fixed list, for metrics and for programs.
    enum Kind: String, CaseIterable, Hashable, Sendable {
        case packetLoss = "packet_loss"
        case firewallLogLoss = "firewall_log_loss"
        case connectionLoss = "connection_loss"
        case lineLoss = "line_loss"
        case dumpLoss = "dump_loss"
        case sourceFailed = "source_failed"
        case missingPrivilege = "missing_privilege"
        case missingDevice = "missing_device"
        case unknownInterface = "unknown_interface"
        case kernelSetting = "kernel_setting"
        case logSuspended = "log_suspended"
        case dumpSuspended = "dump_suspended"
        case budget
        case settings
        case nextStart = "next_start"
        case updateFailed = "update_failed"
        case missingGroup = "missing_group"
        case syslog
        case radius
        case users
        case accounts
        case ipl
        case metrics
        case alert
        case queueFull = "queue_full"
        case watching
        case other

        /// Where a condition does not say otherwise.
        var severity: ConditionState.Severity {
            switch self {
            case .sourceFailed, .missingPrivilege, .logSuspended, .accounts: .error
            default: .warning
            }
        }
    }

    /// A count that only rises: the condition stands while it does.
    struct Losses: Hashable, Sendable {
        /// Since the start.
        var total: UInt64
        /// "packets".
        var unit: String
    }

    var kind: Kind
    /// "capture 0", "debug"; empty where the kind says all.
    var subject: String
    var severity: ConditionState.Severity
    /// What is wrong, without a full stop.
    var text: String
    /// What to do, as a sentence; may be empty.
    var remedy: String
    var losses: Losses?

    init(
        _ kind: Kind, about subject: String = "", _ text: String, remedy: String = "",
        severity: ConditionState.Severity? = nil, losses: Losses? = nil
    ) {
        self.kind = kind
        self.subject = subject
        self.severity = severity ?? kind.severity
        self.text = text
        self.remedy = remedy
        self.losses = losses
    }
}

/// A condition of no particular kind is written as its text.
extension Condition: ExpressibleByStringInterpolation, CustomStringConvertible {
    init(stringLiteral text: String) { self.init(.other, text) }

    /// What is wrong and what to do.
    var description: String { remedy.isEmpty ? text : "\(text). \(remedy)" }
}
