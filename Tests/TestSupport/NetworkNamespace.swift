import CNamespaces
public import Foundation

/// A network of its own on this machine, for tests that need the kernel: interfaces, routes, rules and connections that
/// nobody else sees. Gone when the test is.
///
/// Needs root. Tests that use it are `.enabled(if: NetworkNamespace.isAvailable)`.
public final class NetworkNamespace {
    /// Whether this process may make them: it is root, and `ip` is there to do it.
    public static let isAvailable: Bool = {
        geteuid() == 0 && (try? Peer.run("ip", ["netns", "list"]).status) == 0
    }()

    /// As `ip netns` knows it.
    public let name: String

    /// A new network with its loopback up.
    public init(_ role: String) throws {
        name = "gatelog-\(role)-\(UUID().uuidString.prefix(8))"
        _ = try Peer.output(of: "ip", ["netns", "add", name])
        // An IPv6 address is usable at once: nobody looks for duplicates.
        try run("sysctl", "-qw", "net.ipv6.conf.all.accept_dad=0", "net.ipv6.conf.default.accept_dad=0")
        try run("ip", "link", "set", "lo", "up")
    }

    deinit {
        _ = try? Peer.run("ip", ["netns", "delete", name])
    }

    /// Runs a program in it; a status that is not zero is a failure.
    @discardableResult
    public func run(_ program: String, _ arguments: String..., input: String = "") throws -> Peer.Outcome {
        try run(program, arguments: arguments, input: input)
    }

    /// As `run` with its arguments as a list.
    @discardableResult
    public func run(_ program: String, arguments: [String], input: String = "") throws -> Peer.Outcome {
        try Peer.output(
            of: "ip", ["netns", "exec", name, program] + arguments, input: Array(input.utf8),
            environment: ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"])
    }

    /// Starts a program in it that goes on beside the test; its output goes to `output`.
    public func start(_ program: String, _ arguments: [String], output: URL) throws -> Process {
        try Data().write(to: output)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["ip", "netns", "exec", name, program] + arguments
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    /// Ends what `start` began. A kill: test threads have signals blocked, and their children inherit that.
    public static func stop(_ process: Process) {
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// Runs `body` with the calling thread in this network: sockets that it opens belong to it for ever.
    public func enter<Result: ~Copyable>(_ body: () throws -> Result) throws -> Result {
        let home = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/thread-self/ns/net"))
        let there = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/run/netns/\(name)"))
        try NetworkNamespace.move(there)
        defer { try? NetworkNamespace.move(home) }
        return try body()
    }

    /// Runs `body` with the calling thread lacking CAP_NET_ADMIN.
    public static func withoutNetworkAdmin(_ body: () throws -> Void) throws {
        guard gatelog_set_network_admin(0) == 0 else {
            throw Peer.Failure(description: "the capability could not be given up")
        }
        defer { _ = gatelog_set_network_admin(1) }
        try body()
    }

    private static func move(_ handle: FileHandle) throws {
        let reason = gatelog_enter_network(handle.fileDescriptor)
        guard reason == 0 else {
            throw Peer.Failure(description: "setns: \(String(cString: strerror(reason)))")
        }
    }

    /// Ties two networks together: an interface in each, up, with addresses such as "10.9.0.1/24".
    public static func connect(
        _ left: NetworkNamespace, _ leftName: String, _ leftAddresses: [String],
        _ right: NetworkNamespace, _ rightName: String, _ rightAddresses: [String]
    ) throws {
        try left.run(
            "ip", "link", "add", leftName, "type", "veth", "peer", "name", rightName, "netns", right.name)
        for (space, name, addresses) in [(left, leftName, leftAddresses), (right, rightName, rightAddresses)] {
            for address in addresses {
                try space.run("ip", "addr", "add", address, "dev", name)
            }
            try space.run("ip", "link", "set", name, "up")
        }
    }

    /// Sends `count` UDP datagrams of `size` bytes to a port, as fast as it goes.
    public func sendDatagrams(_ count: Int, to address: String, port: Int, size: Int = 32, from local: Int = 0) throws {
        let family = address.contains(":") ? "AF_INET6" : "AF_INET"
        let script = """
            import socket
            s = socket.socket(socket.\(family), socket.SOCK_DGRAM)
            s.bind(("", \(local)))
            for _ in range(\(count)):
                try: s.sendto(bytes(\(size)), ("\(address)", \(port)))
                except ConnectionRefusedError: s.sendto(bytes(\(size)), ("\(address)", \(port)))
            """
        try run("python3", "-c", script)
    }
}
