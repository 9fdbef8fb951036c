import Testing

/// The rooms and what each may import (ARCHITECTURE.md). A new arrow is a change of the plan: it is
/// made here and there, with the reason.
@Suite("The arrows between the rooms")
struct ArrowTests {
    static let mayImport: [String: Set<String>] = [
        "Primitives": [],
        "SystemCalls": ["CLinux", "Primitives", "Synchronization"],
        "Compression": ["CZlib", "CZstd", "Primitives"],
        "Patterns": ["CPCRE2", "CHyperscan", "Primitives", "Synchronization"],
        "Netlink": ["CMnl", "Primitives", "SystemCalls"],
        "PacketDecoding": ["Primitives"],
        "Settings": ["Primitives", "CYaml"],
        "Records": ["Primitives", "PacketDecoding", "Settings"],
        "Expressions": ["Primitives", "PacketDecoding", "Patterns", "Records"],
        "CaptureFiles": ["Primitives", "PacketDecoding"],
        "CaptureStreams": [
            "CaptureFiles", "Compression", "IPLog", "PacketDecoding", "Primitives", "SystemCalls",
        ],
        "GeoDatabases": ["CMaxMind", "Primitives"],
        // Names of settings for expressions, which know no settings: the daemon and the tool build them alike.
        "Directories": ["Expressions", "Primitives", "Settings"],
        // Workers share the table of users, and follow news of them.
        "PacketStages": [
            "Expressions", "GeoDatabases", "PacketDecoding", "Primitives", "Records", "Synchronization", "SystemCalls",
        ],
        "LogIndex": ["Primitives", "PacketDecoding", "Records", "Expressions"],
        "LiveCapture": [
            "CLinux", "CaptureFiles", "CaptureStreams", "Netlink", "PacketDecoding", "Primitives", "Records",
            "Synchronization", "SystemCalls",
        ],
        "LogFiles": [
            "Compression", "Expressions", "LogIndex", "PacketDecoding", "Patterns", "Primitives", "Records",
            "Synchronization", "SystemCalls",
        ],
        "PacketDumps": [
            "CaptureFiles", "CaptureStreams", "PacketDecoding", "Primitives", "Synchronization", "SystemCalls",
        ],
        "SettingsStore": ["Primitives", "Settings", "Synchronization", "SystemCalls"],
        "Flows": ["PacketDecoding", "Primitives"],
        "Inspectors": ["Flows", "PacketDecoding", "Primitives"],
        "Reputation": ["Primitives"],
        "Inspection": [
            "Crypto", "Flows", "Inspectors", "PacketDecoding", "PacketStages", "Primitives", "Records", "Reputation",
        ],
        "IPLog": ["PacketDecoding", "Primitives"],
        "IPLogDevice": ["CFuse", "IPLog", "Primitives", "Synchronization", "SystemCalls"],
        "IPMonitor": ["IPLog", "Primitives", "SystemCalls"],
        "ipmon": ["IPMonitor"],
        "Users": ["Primitives"],
        "RadiusAccounting": ["Crypto", "Primitives", "Synchronization", "SystemCalls", "Users"],
        // Roles and scopes are said once, where the daemon and its clients both find them.
        "Accounts": ["ControlMessages", "Crypto", "CryptoExtras", "Primitives", "Synchronization", "SystemCalls"],
        "HostResolution": ["Primitives", "Synchronization", "SystemCalls"],
        "SyslogForwarding": [
            "LogFiles", "LogIndex", "NIOCore", "NIOPosix", "NIOSSL", "NIOTLS", "Primitives", "Records", "Settings",
            "Synchronization", "SystemCalls",
        ],
        "Alerts": [
            "AsyncHTTPClient", "Expressions", "LogFiles", "NIOCore", "NIOHTTP1", "NIOSSL", "Primitives", "Records",
            "Synchronization",
            "SystemCalls",
        ],
        "ControlMessages": [],
        "Engine": [
            "BasicContainers", "CaptureFiles", "ControlMessages", "Directories", "Expressions", "GeoDatabases",
            "LiveCapture", "LogFiles", "LogIndex",
            "PacketDecoding", "PacketDumps", "PacketStages", "Primitives", "Records", "Settings", "SettingsStore",
            "Synchronization", "IPLog", "IPLogDevice", "Users", "RadiusAccounting", "Accounts", "HostResolution",
            "SyslogForwarding", "Alerts",
            "SystemCalls",
        ],
        "ControlAPI": [
            "ControlMessages", "FoundationEssentials", "HTTPTypes", "Hummingbird", "HummingbirdCore", "Logging",
            "NIOCore", "NIOPosix", "ServiceLifecycle", "Synchronization", "SystemCalls",
        ],
        "ControlClient": [
            "ControlMessages", "FoundationEssentials", "NIOCore", "NIOHTTP1", "NIOPosix", "Synchronization",
            "SystemCalls",
        ],
        "CommandLineTool": [
            "ArgumentParser", "CaptureFiles", "CaptureStreams", "ControlClient", "ControlMessages", "Directories",
            "Dispatch", "Expressions", "Foundation", "GeoDatabases", "LogFiles", "LogIndex", "PacketDecoding",
            "PacketStages", "Patterns", "Primitives", "Records", "Settings", "Synchronization", "SystemCalls", "IPLog",
            "Flows", "Inspection", "Inspectors", "Reputation",
        ],
        "gatelog": ["CommandLineTool"],
        "gatelogd": [
            "Synchronization",
            "ArgumentParser", "ControlAPI", "ControlMessages", "Engine", "Logging", "Primitives", "SystemCalls",
        ],
    ]

    @Test("Every import is an arrow of the plan")
    func imports() throws {
        let files = try SourceTree.swiftFiles(in: "Sources")
        #expect(files.count > 20, "the walk found next to nothing: has the layout changed?")
        for file in files {
            let allowed = Self.mayImport[file.room]
            #expect(allowed != nil, "\(file.path): the room \(file.room) has no row in this table")
            for (module, line) in file.imports where !(allowed ?? []).contains(module) {
                Issue.record("\(file.path):\(line): \(file.room) must not import \(module)")
            }
        }
    }

    @Test("No module is named like a type in it")
    func moduleNames() throws {
        for file in try SourceTree.swiftFiles(in: "Sources") {
            for kind in ["struct", "class", "enum", "protocol", "actor"] {
                let clash = file.lines.contains { line in
                    let words = line.split(whereSeparator: { " :<{".contains($0) })
                    return zip(words, words.dropFirst()).contains { $0 == kind && $1 == file.room }
                }
                #expect(!clash, "\(file.path): a type \(file.room) cannot be told from its module")
            }
        }
    }
}
