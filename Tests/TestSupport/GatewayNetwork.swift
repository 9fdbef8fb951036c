public import Foundation

/// A client, a gateway and a server, tied together: what passes from one end to the other is forwarded.
///
///     client c0 10.91.1.2 -- 10.91.1.1 g0 gateway g1 10.91.2.1 -- 10.91.2.2 s0 server
///               fd91:1::2    fd91:1::1               fd91:2::1    fd91:2::2
public struct GatewayNetwork {
    public let client: NetworkNamespace
    public let gateway: NetworkNamespace
    public let server: NetworkNamespace

    public init() throws {
        client = try NetworkNamespace("client")
        gateway = try NetworkNamespace("gateway")
        server = try NetworkNamespace("server")
        try NetworkNamespace.connect(
            client, "c0", ["10.91.1.2/24", "fd91:1::2/64"], gateway, "g0", ["10.91.1.1/24", "fd91:1::1/64"])
        try NetworkNamespace.connect(
            gateway, "g1", ["10.91.2.1/24", "fd91:2::1/64"], server, "s0", ["10.91.2.2/24", "fd91:2::2/64"])
        try gateway.run("sysctl", "-qw", "net.ipv4.ip_forward=1", "net.ipv6.conf.all.forwarding=1")
        for (space, network) in [(client, 1), (server, 2)] {
            try space.run("ip", "route", "add", "default", "via", "10.91.\(network).1")
            try space.run("ip", "route", "add", "default", "via", "fd91:\(network)::1")
        }
    }

    /// Starts a server that answers each TCP connection and each datagram on a port with what it got.
    public func startEcho(port: Int, in folder: String) throws -> Process {
        let script = """
            import selectors, socket
            choice = selectors.DefaultSelector()
            for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
                s = socket.socket(socket.AF_INET6, kind)
                s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                s.bind(("::", \(port)))
                if kind == socket.SOCK_STREAM: s.listen(64)
                choice.register(s, selectors.EVENT_READ, kind)
            while True:
                for key, _ in choice.select():
                    if key.data == socket.SOCK_STREAM:
                        c, _ = key.fileobj.accept()
                        c.settimeout(5)
                        try: c.sendall(c.recv(65536))
                        finally: c.close()
                    else:
                        data, peer = key.fileobj.recvfrom(65536)
                        key.fileobj.sendto(data, peer)
            """
        return try server.start(
            "python3", ["-c", script], output: URL(fileURLWithPath: folder).appendingPathComponent("echo"))
    }

    /// Exchanges `size` bytes with the echo server, by TCP or UDP, trying again until it answers.
    public func exchange(_ transport: String, with address: String, port: Int, size: Int = 100) throws {
        let script = """
            import socket, sys, time
            family = socket.AF_INET6 if ":" in "\(address)" else socket.AF_INET
            kind = socket.SOCK_STREAM if "\(transport)" == "tcp" else socket.SOCK_DGRAM
            for attempt in range(20):
                s = socket.socket(family, kind)
                s.settimeout(2)
                try:
                    s.connect(("\(address)", \(port)))
                    s.sendall(bytes(\(size)))
                    if s.recv(65536): sys.exit(0)
                except OSError: time.sleep(0.1)
                finally: s.close()
            sys.exit("no answer")
            """
        try client.run("python3", "-c", script)
    }

    /// Sends one ICMP echo request and waits for its reply.
    public func ping(_ address: String, id: UInt16) throws {
        let script = """
            import socket, struct
            s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
            s.settimeout(2)
            s.connect(("\(address)", 0))
            s.send(struct.pack(">BBHHH", 8, 0, ~(0x0800 + \(id) + 1) & 0xFFFF, \(id), 1))
            s.recv(100)
            """
        try client.run("python3", "-c", script)
    }
}
