"""The daemon on a gateway of our own making, judged by tcpdump on the same interface, capinfos, tshark and nft."""
import collections
import re
import signal
import subprocess
import time
import unittest

import daemon
import namespaces
import support

UNAVAILABLE = namespaces.unavailable()


def by_conversation(lines):
    """The lines of each conversation, one way, in their order: protocol, addresses and ports tell it."""
    conversations = collections.defaultdict(list)
    for line in lines:
        who = re.search(r"proto:([^,]+), len:\d+, ([^ ,]+ -> [^ ,]+)", line)
        conversations[who.groups() if who else None].append(line)
    return dict(conversations)


def traffic(net, count=20):
    """Real packets of several kinds through the gateway, and to it."""
    net.run("client", "ping", "-c", "3", "-i", "0.05", net.SERVER4)
    net.run("client", "ping", "-c", "3", "-i", "0.05", net.SERVER6)
    net.run("client", "ping", "-c", "2", "-i", "0.05", net.LAN4)
    server = net.start("server", "python3", "-m", "http.server", "8080", "--bind", "::", traffic=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        if "8080" in net.run("server", "ss", "-Htln"):
            break
        time.sleep(0.02)
    for number in range(count):
        address = net.SERVER4 if number % 2 else f"[{net.SERVER6}]"
        net.run("client", "curl", "-s", "-o", "/dev/null", f"http://{address}:8080/")
    server.terminate()
    server.wait(5)


class Tcpdump:
    """tcpdump on an interface of the gateway, writing to a file until the block ends."""

    def __init__(self, net, interface, path, expression, direction=None):
        options = ["-Q", direction] if direction else []
        self.path = path
        self.process = net.start(
            "gateway", "tcpdump", "-i", interface, "-w", path, "--immediate-mode", "-U", "-Z", "root", *options,
            *expression.split(), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)

    def __enter__(self):
        # It says so when it listens.
        while "listening on" not in self.process.stderr.readline():
            pass
        return self

    def __exit__(self, *_):
        time.sleep(0.3)
        self.process.send_signal(signal.SIGINT)
        self.process.wait(10)


@unittest.skipIf(UNAVAILABLE, UNAVAILABLE)
class LiveCase(support.Case):
    settings = None
    offloads = False

    def setUp(self):
        super().setUp()
        # Each conversation has one order, which the daemon and tcpdump both see.
        self.net = namespaces.Gateway(offloads=self.offloads, ordered=True)
        self.addCleanup(self.net.close)

    def start(self, *options, **more):
        engine = daemon.Daemon(self.net, self.folder, *options, settings=more.pop("settings", self.settings), **more)
        engine.start()
        self.addCleanup(engine.kill)
        return engine

    def settled(self, engine, log="debug"):
        """The lines of a log once nothing more is written."""
        before, lines = None, engine.log(log)
        while lines != before:
            time.sleep(0.4)
            before, lines = lines, engine.log(log)
        return lines

    def lines_of(self, path, *options):
        """What `gatelog read` prints of a capture, without the brackets of the time."""
        return [line.split("] ", 1)[1] for line in self.gatelog("read", "any", path, *options, status=(0, 1))[0].splitlines()]


class PacketLoggingTests(LiveCase):
    def check(self, expression, filter_text, interface):
        """Packet logging on one interface says what tcpdump there sees: the same packets, those of a conversation in
        their order, each way. Between conversations none must be: several workers may take them, and what the kernel's
        timers send may come on another processor."""
        engine = self.start()
        engine.gatelog("packet-log", f'if = "{interface}" & ({expression})')
        paths = {way: self.folder / f"{way}.pcap" for way in ("both", "in", "out")}
        with Tcpdump(self.net, interface, paths["both"], filter_text), \
                Tcpdump(self.net, interface, paths["in"], filter_text, "in"), \
                Tcpdump(self.net, interface, paths["out"], filter_text, "out"):
            traffic(self.net)
        logged = [line.split("{pktlog} ", 1)[1] for line in self.settled(engine) if "{pktlog} " in line]
        # What hosts say by themselves may come before the peer listens: reports of multicast listeners.
        logged = [line for line in logged if "type:143" not in line]
        want = {way: [line.replace(f"packet on {interface}, ", "") for line in
                      self.lines_of(path, "--interface-name", interface) if "type:143" not in line]
                for way, path in paths.items()}
        self.assertGreater(len(want["in"]), 5, "the traffic was not made")
        self.assertGreater(len(want["out"]), 5, "the traffic was not made")
        self.check_same([re.sub(r"^packet (from|to) \w+, ", "", line) for line in logged], want["both"])
        for way, word in (("in", "from"), ("out", "to")):
            start = f"packet {word} {interface}, "
            self.check_same([line.removeprefix(start) for line in logged if line.startswith(start)], want[way])
        status = engine.status()
        self.assertEqual(status["sources"][0]["dropped"], 0)
        self.assertGreaterEqual(status["demands"][0]["matches"], len(logged))

    def check_same(self, logged, wanted):
        """Same lines, each as often; in the same order within each conversation."""
        logged_counts, wanted_counts = collections.Counter(logged), collections.Counter(wanted)
        self.assertEqual((list((wanted_counts - logged_counts).elements()),
                          list((logged_counts - wanted_counts).elements())), ([], []), "missing, too many")
        wanted = by_conversation(wanted)
        self.assertNotIn(None, wanted, "lines whose conversation is not known cannot be judged")
        for who, lines in by_conversation(logged).items():
            self.assertEqual(lines, wanted[who], who)

    def test_everything_on_an_interface(self):
        self.check("any", "ip or ip6", "lan")

    def test_what_the_kernel_can_decide(self):
        self.check("port = 8080 & proto = tcp", "tcp port 8080", "wan")

    def test_what_the_kernel_cannot_decide(self):
        self.check('payload = "GET /" | proto = icmp | proto = icmp6', "icmp or icmp6 or (tcp[20:4] = 0x47455420 "
                   "or tcp[32:4] = 0x47455420) or (ip6 and tcp and ip6[72:4] = 0x47455420)", "lan")

    def test_is_shown_changed_and_cancelled(self):
        engine = self.start()
        self.assertIn("off", engine.gatelog("packet-log"))
        engine.gatelog("packet-log", "proto = icmp")
        self.net.run("client", "ping", "-c", "2", "-i", "0.05", self.net.LAN4)
        self.assertEqual(len([line for line in self.settled(engine) if "{pktlog}" in line]), 4)
        self.assertIn("proto = icmp", engine.gatelog("packet-log"))
        done = engine.run("packet-log", "prot = 80")
        self.assertEqual(done.returncode, 2)
        self.assertIn('did you mean "port" or "proto"?', done.stderr.decode())
        self.assertIn("proto = icmp", engine.gatelog("packet-log"), "a broken expression changes nothing")
        engine.gatelog("packet-log", "--off")
        self.net.run("client", "ping", "-c", "2", "-i", "0.05", self.net.LAN4)
        self.assertEqual(len([line for line in self.settled(engine) if "{pktlog}" in line]), 4)
        changes = engine.log("config")
        self.assertTrue(any("packet_log.expression" in line and "proto = icmp" in line for line in changes), changes)

    def test_survives_a_restart(self):
        engine = self.start()
        engine.gatelog("packet-log", "proto = icmp")
        self.assertEqual(engine.stop(), 0)
        engine.start()
        self.net.run("client", "ping", "-c", "1", self.net.LAN4)
        self.assertEqual(len([line for line in self.settled(engine) if "{pktlog}" in line]), 2)

    def test_a_rate_limit_counts_what_it_holds_back(self):
        engine = self.start(settings="packet_log: { expression: proto = icmp, rate: 10, burst: 5 }\n")
        self.net.run("client", "ping", "-c", "200", "-i", "0.002", self.net.LAN4)
        time.sleep(1.5)
        lines = self.settled(engine)
        logged = sum("{pktlog}" in line for line in lines)
        suppressed = sum(int(found[1]) for line in lines if (found := re.search(r"(\d+) lines? suppressed", line)))
        self.assertEqual(logged + suppressed, 400, lines[-3:])
        self.assertGreater(suppressed, 300)


class OffloadTests(PacketLoggingTests):
    """The same with segments of 64 KiB whose checksums are not written yet."""
    offloads = True


class DumpTests(LiveCase):
    def test_start_stop_download(self):
        engine = self.start(settings="interfaces:\n  LAN: { device: lan }\n  Internet: { device: wan }\n")
        engine.gatelog("dump", "start", "web", 'port = 8080 & if = "Internet"')
        engine.gatelog("dump", "start", "pings", "proto = icmp", "--max-packets", "5")
        with Tcpdump(self.net, "wan", self.folder / "peer.pcap", "tcp port 8080"):
            traffic(self.net)
        engine.gatelog("dump", "stop", "web")
        path = self.folder / "web.pcapng"
        engine.gatelog("dump", "download", "web", "-o", path)
        out, errors = self.peer("capinfos", "-M", "-c", "-C", path)
        packets = int(re.search(r"Number of packets:\s*(\d+)", out)[1])
        peer, _ = self.peer("capinfos", "-M", "-c", self.folder / "peer.pcap")
        self.assertEqual(packets, int(re.search(r"Number of packets:\s*(\d+)", peer)[1]))
        fields = ["-T", "fields", "-e", "frame.interface_name", "-e", "frame.interface_description", "-e",
                  "frame.packet_flags_direction"]
        seen, complaints = self.peer("tshark", "-r", path, *fields)
        self.assertEqual({tuple(line.split("\t")[:2]) for line in seen.splitlines()}, {("wan", "Internet")})
        self.assertEqual({line.split("\t")[2][-1] for line in seen.splitlines()}, {"1", "2"})
        self.assertNotIn("malformed", complaints.lower())
        comment, _ = self.peer("capinfos", "-k", path)
        self.assertIn("port = 8080", comment)
        states = {dump["name"]: dump for dump in engine.objects("dump", "list")}
        self.assertEqual(states["pings"]["phase"], "finished")
        self.assertEqual(states["pings"]["packets"], 5)
        self.assertEqual(states["web"]["packets"], packets)
        engine.gatelog("dump", "remove", "web")
        self.assertNotIn("web", engine.gatelog("dump", "list", status=0))

    def test_the_same_expression_live_dumped_and_from_the_index(self):
        engine = self.start()
        expression = "tcpfl = SYN | icmp6 = echo-request | daddr = 10.77.2.2 & port = 8080 & payloadlen > 0"
        engine.gatelog("packet-log", "any")
        engine.gatelog("dump", "start", "all", "any")
        engine.gatelog("dump", "start", "some", expression)
        traffic(self.net, 6)
        # What is under way in the kernel gets a moment before the dumps end.
        time.sleep(0.5)
        engine.gatelog("packet-log", "--off")
        for name in ("all", "some"):
            engine.gatelog("dump", "stop", name)
            engine.gatelog("dump", "download", name, "-o", self.folder / f"{name}.pcapng")
        live = self.lines_of(self.folder / "some.pcapng")
        from_dump = [line.split("] ", 1)[1] for line in
                     self.gatelog("read", expression, self.folder / "all.pcapng")[0].splitlines()]
        from_index = [line.split("{pktlog} ", 1)[1] for line in
                      engine.gatelog("log", "debug", "--match", expression, "-n", "10000").splitlines()]
        offline = [line.split("{pktlog} ", 1)[1] for line in
                   self.gatelog("log", "--file", engine.home / "log" / "debug.log", "--match", expression,
                                "-n", "10000")[0].splitlines()]
        self.assertGreater(len(live), 10)
        self.assertEqual(from_dump, live)
        self.assertEqual(from_index, live)
        self.assertEqual(offline, live)


class FirewallLogTests(LiveCase):
    RULES = """
        table inet filter {
            chain forward {
                type filter hook forward priority filter; policy accept;
                tcp dport 8080 tcp flags syn counter log prefix "PERMIT web server" group 5
                icmp type echo-request counter log prefix "DROP @7:3 no pings" group 5 drop
                icmpv6 type echo-request counter log prefix "REJECT no pings6" group 5 reject
            }
        }"""

    def rules(self):
        self.net.run("gateway", "nft", "-f", "-", input=self.RULES)

    def counters(self):
        text = self.net.run("gateway", "nft", "list", "ruleset")
        return [int(number) for number in re.findall(r"counter packets (\d+)", text)]

    def test_each_logged_packet_is_a_line(self):
        engine = self.start(settings="interfaces:\n  LAN: { device: lan }\n  Internet: { device: wan }\n"
                                     "logs: { messages: [drops] }\n")
        self.rules()
        try:
            traffic(self.net, 4)
        except RuntimeError:
            pass  # ping says that nothing came back
        self.net.run("client", "ping", "-c", "3", "-i", "0.05", "-W", "1", self.net.SERVER6, check=False)
        self.net.run("client", "curl", "-s", "-o", "/dev/null", f"http://{self.net.SERVER4}:8080/", check=False)
        syns, pings, pings6 = self.counters()
        lines = [line.split("] ", 1)[1] for line in self.settled(engine, "filter")]
        self.assertEqual(sum(line.startswith('PERMIT "web server" packet from LAN, proto:TCP') for line in lines), syns)
        self.assertEqual(sum(line.startswith('DROP "no pings" packet from LAN, proto:ICMP') for line in lines), pings)
        self.assertEqual(sum(line.startswith('DENY "no pings6" packet from LAN') for line in lines), pings6)
        self.assertEqual(len(lines), syns + pings + pings6)
        self.assertGreater(syns * pings * pings6, 0, "the rules met nothing")
        drops = [line for line in engine.log("debug") if "{pktdrop}" in line]
        self.assertEqual(len(drops), pings + pings6)
        self.assertRegex(drops[0], r"\{pktdrop\} packet dropped: Traffic rule: no pings6? \(from LAN, proto:")

    def test_an_expression_on_rules_is_fed_by_the_firewall(self):
        engine = self.start()
        self.rules()
        engine.gatelog("packet-log", 'rule = "no pings"')
        self.net.run("client", "ping", "-c", "3", "-i", "0.05", "-W", "1", self.net.SERVER4, check=False)
        lines = [line for line in self.settled(engine) if "{pktlog}" in line]
        self.assertEqual(len(lines), self.counters()[1])

    def test_a_group_that_somebody_else_has(self):
        first = self.start()
        second = daemon.Daemon(self.net, self.folder, home="second")
        second.start()
        self.addCleanup(second.kill)
        second.wait_for(lambda: "firewall" in " ".join(second.status()["problems"]), why="the problem was not told")
        first.stop()


class ConnectionTests(LiveCase):
    def test_each_connection_that_ends_is_a_line(self):
        self.net.sysctl("gateway", "net.netfilter.nf_conntrack_acct=1", "net.netfilter.nf_conntrack_timestamp=1")
        self.net.run("gateway", "nft", "-f", "-", input="""
            table ip nat { chain post { type nat hook postrouting priority srcnat; oifname "wan" masquerade; }; }
            table inet filter { chain forward { type filter hook forward priority filter; ct state new accept; }; }
            """)
        engine = self.start()
        judge = self.net.start("gateway", "conntrack", "-E", "-e", "DESTROY", "-o", "id", stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True)
        traffic(self.net, 5)
        self.net.run("gateway", "conntrack", "-F", check=False)
        lines = self.settled(engine, "connection")
        judge.send_signal(signal.SIGINT)
        judged = [line for line in judge.communicate(timeout=10)[0].splitlines() if "DESTROY" in line]
        ids = sorted(re.findall(r"\bid=(\d+)", line)[-1] for line in judged)
        self.assertGreater(len(ids), 5)
        self.assertEqual(sorted(re.search(r"\[ID\] (\d+)", line)[1] for line in lines), ids)
        web = [line for line in lines if ":8080" in line and "TCP 10.77.1.2:" in line]
        self.assertTrue(web, lines)
        for line in web:
            sent, received, total = map(int, re.search(r"\[Bytes\] (\d+)/(\d+)/(\d+)", line).groups())
            self.assertEqual(sent + received, total)
            self.assertGreater(received, sent)


if __name__ == "__main__":
    unittest.main()
