// swift-tools-version: 6.2
import PackageDescription

// One target a room; the arrows point downwards only (ARCHITECTURE.md), and
// Tests/ArchitectureTests walks the imports and fails on any other.

let common: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableExperimentalFeature("Lifetimes"),
    .treatAllWarnings(as: .error),
]

/// Rooms that touch raw memory say `unsafe` at each place that does.
let strict: [SwiftSetting] = common + [.strictMemorySafety()]

func test(_ room: String, _ others: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: "\(room)Tests",
        dependencies: [.init(stringLiteral: room), "TestSupport"] + others,
        swiftSettings: common
    )
}

let package = Package(
    name: "gatelog",
    products: [
        .executable(name: "gatelog", targets: ["gatelog"]),
        .executable(name: "gatelogd", targets: ["gatelogd"]),
        .executable(name: "ipmon", targets: ["ipmon"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // Without its traits: no configuration reader, no full Foundation. Its TLS and HTTP/2 targets are not built.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.14.0"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.0.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // Base: C libraries as module maps, and what every room speaks in.
        .target(name: "CLinux"),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
        .systemLibrary(name: "CPCRE2", pkgConfig: "libpcre2-8", providers: [.apt(["libpcre2-dev"])]),
        .systemLibrary(name: "CMnl", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"])]),
        .systemLibrary(name: "CHyperscan", pkgConfig: "libhs", providers: [.apt(["libhyperscan-dev"])]),
        .systemLibrary(name: "CMaxMind", pkgConfig: "libmaxminddb", providers: [.apt(["libmaxminddb-dev"])]),
        .systemLibrary(name: "CFuse", pkgConfig: "fuse3", providers: [.apt(["libfuse3-dev"])]),
        .target(name: "Primitives", swiftSettings: strict),
        .target(name: "SystemCalls", dependencies: ["CLinux", "Primitives"], swiftSettings: strict),
        .target(name: "Compression", dependencies: ["CZlib", "CZstd", "Primitives"], swiftSettings: strict),
        .target(name: "Patterns", dependencies: ["CPCRE2", "CHyperscan", "Primitives"], swiftSettings: strict),
        .target(name: "Netlink", dependencies: ["CMnl", "Primitives", "SystemCalls"], swiftSettings: strict),

        // Domain: pure rooms; bytes and time go in, values come out.
        .target(name: "PacketDecoding", dependencies: ["Primitives"], swiftSettings: strict),
        .target(
            name: "Settings", dependencies: ["Primitives", .product(name: "Yams", package: "Yams")],
            swiftSettings: strict),
        .target(
            name: "Records", dependencies: ["Primitives", "PacketDecoding", "Settings"], swiftSettings: common),
        .target(
            name: "Expressions", dependencies: ["Primitives", "PacketDecoding", "Patterns", "Records"],
            swiftSettings: common),
        .target(name: "CaptureFiles", dependencies: ["Primitives", "PacketDecoding"], swiftSettings: common),
        .target(
            name: "LogIndex", dependencies: ["Primitives", "PacketDecoding", "Records", "Expressions"],
            swiftSettings: common),

        .target(
            name: "Directories", dependencies: ["Primitives", "Settings", "Expressions"], swiftSettings: common),

        // Without Records, which knows Settings and so Yams and Foundation: ipmon is built on this room.
        .target(name: "IPLog", dependencies: ["Primitives", "PacketDecoding"], swiftSettings: common),
        .target(name: "Flows", dependencies: ["Primitives", "PacketDecoding"], swiftSettings: common),
        .target(name: "Inspectors", dependencies: ["Primitives", "PacketDecoding", "Flows"], swiftSettings: common),
        .target(name: "Reputation", dependencies: ["Primitives"], swiftSettings: common),
        .target(name: "Users", dependencies: ["Primitives"], swiftSettings: common),

        // Effects: the rooms that open files.
        .target(
            name: "CaptureStreams",
            dependencies: ["Primitives", "SystemCalls", "Compression", "PacketDecoding", "CaptureFiles", "IPLog"],
            swiftSettings: common),
        .target(
            name: "GeoDatabases", dependencies: ["CMaxMind", "Primitives"], swiftSettings: strict),
        .target(
            name: "PacketStages",
            dependencies: ["Primitives", "SystemCalls", "PacketDecoding", "Records", "Expressions", "GeoDatabases"],
            swiftSettings: common),
        .target(
            name: "Inspection",
            dependencies: [
                "Primitives", "PacketDecoding", "Records", "PacketStages", "Flows", "Inspectors", "Reputation",
                .product(name: "Crypto", package: "swift-crypto"),
            ], swiftSettings: common),
        .target(
            name: "LiveCapture",
            dependencies: [
                "CLinux", "Primitives", "SystemCalls", "Netlink", "PacketDecoding", "Records", "CaptureFiles",
                "CaptureStreams",
            ], swiftSettings: common),
        .target(
            name: "LogFiles",
            dependencies: [
                "Primitives", "SystemCalls", "Compression", "Patterns", "PacketDecoding", "Records", "Expressions",
                "LogIndex",
            ], swiftSettings: common),
        .target(
            name: "PacketDumps",
            dependencies: ["Primitives", "SystemCalls", "PacketDecoding", "CaptureFiles", "CaptureStreams"],
            swiftSettings: common),
        .target(
            name: "SettingsStore", dependencies: ["Primitives", "SystemCalls", "Settings"], swiftSettings: common),

        .target(
            name: "IPLogDevice", dependencies: ["CFuse", "Primitives", "SystemCalls", "IPLog"], swiftSettings: strict),
        .target(
            name: "RadiusAccounting",
            dependencies: [
                "Primitives", "SystemCalls", "Users", .product(name: "Crypto", package: "swift-crypto"),
            ], swiftSettings: common),
        .target(
            name: "Accounts",
            dependencies: [
                "Primitives", "SystemCalls", "ControlMessages", .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
            ], swiftSettings: common),
        .target(name: "HostResolution", dependencies: ["Primitives", "SystemCalls"], swiftSettings: common),
        .target(
            name: "SyslogForwarding",
            dependencies: [
                "Primitives", "SystemCalls", "Settings", "Records", "LogIndex", "LogFiles",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"), .product(name: "NIOTLS", package: "swift-nio"),
            ], swiftSettings: common),
        .target(
            name: "Alerts",
            dependencies: [
                "Primitives", "SystemCalls", "Records", "Expressions", "LogFiles",
                .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl"),
            ], swiftSettings: common),

        // Assembly, and what its faces say to it.
        .target(name: "ControlMessages", swiftSettings: common),
        .target(
            name: "Engine",
            dependencies: [
                "Primitives", "SystemCalls", "PacketDecoding", "Settings", "Records", "Expressions", "CaptureFiles",
                "LogIndex", "LiveCapture", "LogFiles", "PacketDumps", "SettingsStore", "GeoDatabases",
                "PacketStages", "ControlMessages", "Directories", "IPLog", "IPLogDevice", "Users", "RadiusAccounting",
                "Accounts", "HostResolution", "SyslogForwarding", "Alerts",
                .product(name: "BasicContainers", package: "swift-collections"),
            ], swiftSettings: common),

        // Faces and programs.
        .target(
            name: "ControlAPI",
            dependencies: [
                "SystemCalls", "ControlMessages",
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "HummingbirdCore", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ], swiftSettings: common),
        .target(
            name: "ControlClient",
            dependencies: [
                "SystemCalls", "ControlMessages",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: common),
        .target(
            name: "CommandLineTool",
            dependencies: [
                "Primitives", "SystemCalls", "Patterns", "PacketDecoding", "Settings", "Records", "Expressions",
                "CaptureFiles", "CaptureStreams", "GeoDatabases", "PacketStages", "Directories", "ControlMessages",
                "ControlClient", "LogIndex", "LogFiles", "IPLog", "Flows", "Inspection", "Inspectors", "Reputation",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: common),
        .executableTarget(name: "gatelog", dependencies: ["CommandLineTool"], swiftSettings: common),
        // ipmon is small: no Foundation, no argument library, no HTTP.
        .target(name: "IPMonitor", dependencies: ["Primitives", "SystemCalls", "IPLog"], swiftSettings: common),
        .executableTarget(name: "ipmon", dependencies: ["IPMonitor"], swiftSettings: common),
        .executableTarget(
            name: "gatelogd",
            dependencies: [
                "Primitives", "SystemCalls", "ControlMessages", "ControlAPI", "Engine",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ], swiftSettings: common),

        .executableTarget(
            name: "ProgramBenchmark", dependencies: ["Expressions", "PacketDecoding", "Primitives", "TestSupport"],
            path: "Benchmarks/Program", swiftSettings: common),
        .executableTarget(
            name: "LogIndexBenchmark",
            dependencies: ["Expressions", "LogIndex", "PacketDecoding", "Primitives", "Records", "TestSupport"],
            path: "Benchmarks/LogIndex", swiftSettings: common),
        .executableTarget(
            name: "ReadingBenchmark", dependencies: ["Expressions"], path: "Benchmarks/Reading", swiftSettings: common),
        .executableTarget(
            name: "DumpBenchmark",
            dependencies: ["Primitives", "SystemCalls", "PacketDecoding", "CaptureStreams", "PacketDumps"],
            path: "Benchmarks/Dump", swiftSettings: common),
        .executableTarget(
            name: "LogBenchmark",
            dependencies: [
                "LogFiles", "LogIndex", "PacketDecoding", "Primitives", "Records", "SystemCalls", "TestSupport",
            ], path: "Benchmarks/Log", swiftSettings: common),
        .executableTarget(
            name: "FirewallLogBenchmark",
            dependencies: ["LiveCapture", "PacketDecoding", "Primitives", "Records", "SystemCalls"],
            path: "Benchmarks/FirewallLog", swiftSettings: common),
        .executableTarget(
            name: "FlowBenchmark", dependencies: ["CaptureStreams", "Flows", "PacketDecoding", "Primitives"],
            path: "Benchmarks/Flows", swiftSettings: common),
        .executableTarget(
            name: "SyslogBenchmark",
            dependencies: ["Primitives", "Records", "Settings", "SyslogForwarding", "SystemCalls"],
            path: "Benchmarks/Syslog", swiftSettings: common),
        .executableTarget(
            name: "UsersBenchmark",
            dependencies: [
                "Expressions", "PacketDecoding", "PacketStages", "Primitives", "SystemCalls", "TestSupport", "Users",
            ], path: "Benchmarks/Users", swiftSettings: common),
        .executableTarget(
            name: "RingBenchmark",
            dependencies: ["Expressions", "LiveCapture", "PacketDecoding", "Primitives", "SystemCalls"],
            path: "Benchmarks/Ring", swiftSettings: common),

        // The devices in a guest, and the sockets under load: for tests and measurements.
        .executableTarget(
            name: "IPLDeviceTrial", dependencies: ["Primitives", "SystemCalls", "IPLog", "IPLogDevice"],
            path: "Tests/IPLDeviceTrial", swiftSettings: common),
        .target(
            name: "TestSupport",
            dependencies: ["CMallocCounter", "CNamespaces", "Primitives", "PacketDecoding", "CaptureFiles"],
            path: "Tests/TestSupport", swiftSettings: common),
        .target(
            name: "ControlTestSupport",
            dependencies: [
                "ControlAPI", "ControlClient", "ControlMessages", .product(name: "Logging", package: "swift-log"),
            ], path: "Tests/ControlTestSupport", swiftSettings: common),
        .target(name: "CMallocCounter", path: "Tests/CMallocCounter"),
        .target(
            name: "ExpressionSupport", dependencies: ["Expressions", "PacketDecoding", "Primitives", "TestSupport"],
            path: "Tests/ExpressionSupport", swiftSettings: common),
        .target(
            name: "LogIndexSupport",
            dependencies: ["LogIndex", "Expressions", "PacketDecoding", "Primitives", "Records", "TestSupport"],
            path: "Tests/LogIndexSupport", swiftSettings: common),
        .target(name: "CNamespaces", path: "Tests/CNamespaces"),
        test("Primitives"),
        test("SystemCalls", ["CLinux", "Primitives"]),
        test("Compression"),
        test("PacketDecoding", ["Primitives", "CaptureFiles", "CaptureStreams"]),
        test("Patterns", ["Primitives"]),
        test("Settings", ["Primitives"]),
        test("Records", ["Primitives", "PacketDecoding", "Settings", "CaptureStreams"]),
        test("Expressions", ["Primitives", "PacketDecoding", "Patterns", "Records", "ExpressionSupport"]),
        test("Directories", ["Primitives", "Settings", "Expressions"]),
        test("CaptureFiles", ["Primitives", "PacketDecoding"]),
        test(
            "CaptureStreams", ["Primitives", "PacketDecoding", "CaptureFiles", "SystemCalls", "Compression", "IPLog"]),
        test("GeoDatabases", ["Primitives"]),
        test("Netlink", ["Primitives", "SystemCalls"]),
        test(
            "LogIndex",
            ["Primitives", "PacketDecoding", "Records", "Expressions", "ExpressionSupport", "LogIndexSupport"]),
        test(
            "LiveCapture",
            ["Primitives", "SystemCalls", "Netlink", "PacketDecoding", "Records", "CaptureFiles", "CaptureStreams"]),
        test(
            "LogFiles",
            [
                "Primitives", "SystemCalls", "Compression", "Patterns", "PacketDecoding", "Records", "Expressions",
                "LogIndex",
            ]),
        test(
            "PacketDumps",
            ["Primitives", "SystemCalls", "PacketDecoding", "CaptureFiles", "CaptureStreams", "DumpBenchmark"]),
        test("SettingsStore", ["Primitives", "SystemCalls", "Settings"]),
        test("Flows", ["Primitives", "PacketDecoding"]),
        test("Inspectors", ["Primitives", "PacketDecoding", "Flows"]),
        test("Reputation", ["Primitives"]),
        test("Inspection", ["Primitives", "PacketDecoding", "Records", "PacketStages", "Inspectors", "Reputation"]),
        test("IPLog", ["Primitives", "PacketDecoding"]),
        test("IPMonitor", ["Primitives", "SystemCalls", "IPLog"]),
        test("IPLogDevice", ["Primitives", "SystemCalls", "IPLog"]),
        test("Users", ["Primitives"]),
        test("PacketStages", ["Expressions", "PacketDecoding", "Primitives", "SystemCalls"]),
        test(
            "RadiusAccounting",
            ["Primitives", "SystemCalls", "Users", .product(name: "Crypto", package: "swift-crypto")]),
        test("Accounts", ["Primitives", "SystemCalls", "ControlMessages"]),
        test("HostResolution", ["Primitives", "SystemCalls"]),
        test("SyslogForwarding", ["Primitives", "SystemCalls", "Records", "LogIndex", "LogFiles"]),
        test("Alerts", ["Primitives", "SystemCalls", "Records", "Expressions", "LogFiles"]),
        test("ControlMessages"),
        test(
            "Engine",
            [
                "Primitives", "SystemCalls", "PacketDecoding", "Settings", "Records", "Expressions", "CaptureFiles",
                "LiveCapture", "LogFiles", "PacketDumps", "ControlMessages", "ControlAPI", "ControlTestSupport",
                "IPLog", .product(name: "Logging", package: "swift-log"),
            ]),
        test(
            "ControlAPI",
            [
                "SystemCalls", "ControlMessages", "ControlClient", "ControlTestSupport",
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        test("ControlClient", ["ControlMessages"]),
        test(
            "CommandLineTool",
            [
                "Primitives", "PacketDecoding", "Expressions", "Records", "CaptureFiles", "SystemCalls",
                "ControlMessages", "ControlClient", "ControlTestSupport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(name: "ArchitectureTests", dependencies: ["TestSupport"], swiftSettings: common),
    ]
)

// The fuzz targets exist for Fuzz/run only: libFuzzer brings its own `main`, and every room counts its branches.
if Context.environment["GATELOG_FUZZ"] != nil {
    let fuzzer: [SwiftSetting] = [.unsafeFlags(["-sanitize=fuzzer", "-parse-as-library"])]
    for target in package.targets where target.type == .regular && !target.name.hasPrefix("C") {
        target.swiftSettings = (target.swiftSettings ?? []) + [.unsafeFlags(["-sanitize=fuzzer"])]
    }
    let fuzzed: [(name: String, rooms: [String])] = [
        ("Decoder", ["PacketDecoding", "Primitives", "TestSupport"]),
        ("Expression", ["Expressions", "Primitives"]),
        ("IPLog", ["IPLog", "Primitives"]),
        ("LogIndex", ["LogIndexSupport"]),
        ("Monitor", ["IPLog", "IPMonitor"]),
        ("Netlink", ["LiveCapture", "Netlink", "PacketDecoding", "Primitives", "Records"]),
        ("Pcap", ["TestSupport"]),
        ("Pcapng", ["TestSupport"]),
        ("Radius", ["Primitives", "RadiusAccounting"]),
        ("Settings", ["Settings"]),
    ]
    package.targets.append(
        .target(name: "FuzzDriver", path: "Fuzz/Driver", swiftSettings: common + fuzzer))
    for (name, rooms) in fuzzed {
        package.targets.append(
            .executableTarget(
                name: "Fuzz\(name)", dependencies: (rooms + ["FuzzDriver"]).map { .init(stringLiteral: $0) },
                path: "Fuzz",
                sources: ["\(name)Target.swift"], swiftSettings: common + fuzzer,
                linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
        package.products.append(.executable(name: "Fuzz\(name)", targets: ["Fuzz\(name)"]))
    }
}
