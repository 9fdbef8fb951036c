"""The capture ring beside tcpdump: real programs make traffic between namespaces, and both say what they saw.

Needs root (network namespaces, packet sockets); skipped with that reason elsewhere.
"""
import collections
import os
import pathlib
import random
import re
import resource
import struct
import subprocess
import time
import unittest

import captures
import namespaces
from support import ROOT, Case

OPEN = ["6 0 0 262144"]
STATIONS = {bytes.fromhex(address.replace(":", "")) for address in (
    namespaces.Gateway.CLIENT_MAC, namespaces.Gateway.LAN_MAC, namespaces.Gateway.SERVER_MAC,
    namespaces.Gateway.WAN_MAC)}
WHY_NOT = namespaces.unavailable()
Packet = collections.namedtuple("Packet", "ring interface direction linktype length time bytes")


def probe_program():
    """The ring without a daemon around it; built beside the program that is tested."""
    done = subprocess.run(
        ["swift", "build", "-c", "release", "--static-swift-stdlib", "--product", "RingBenchmark"],
        cwd=ROOT, capture_output=True, text=True)
    if done.returncode != 0:
        raise RuntimeError(done.stdout[-2000:] + done.stderr[-2000:])
    program = os.environ.get("GATELOG_PROGRAM")
    folder = pathlib.Path(program).parent if program else ROOT / ".build/release"
    return folder / "RingBenchmark"


def bound_output():
    """A program that prints without end shall not fill the disk."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 30, 2 << 30))


def is_chatter(frame):
    """A report of multicast listeners (RFC 3810), which our hosts send by themselves at any time; one that a test
    replays comes from another station."""
    return frame[:6] == bytes.fromhex("333300000016") and frame[6:12] in STATIONS


def by_conversation(items, frame):
    """The items of each conversation in their order; `frame` tells an item's bytes."""
    conversations = collections.defaultdict(list)
    for item in items:
        conversations[captures.conversation(frame(item))].append(item)
    return conversations


class Probe:
    """The ring in a host: takes orders, and tells what it saw."""

    def __init__(self, net, host, program, folder, *arguments, prints=True):
        # A large ring: what is judged is which packets come, not how fast a test prints them.
        arguments = ["--block-count", "64", *arguments]
        self.output = open(folder / f"probe-{time.monotonic_ns()}", "w+")
        self.child = net.start(
            host, program, *(["--print"] if prints else []), *arguments, stdin=subprocess.PIPE, stdout=self.output,
            stderr=subprocess.PIPE, text=True, preexec_fn=bound_output)
        self.await_line("done open")

    def await_line(self, want):
        """Waits for a line; returns what was reported before it."""
        report = ""
        while True:
            line = self.child.stderr.readline()
            if line.strip() == want:
                return report
            if not line or "ring=" not in line:
                raise AssertionError(f"the ring said {line!r}; waited for {want!r}")
            report += line

    def order(self, text):
        self.child.stdin.write(text + "\n")
        self.child.stdin.flush()
        return self.await_line("done " + text.split()[0])

    def settle(self):
        """Waits until the ring is empty. A report is given after a block was gone through, if there is one: none came
        for longer than the kernel keeps a block."""
        before, now = None, re.findall(r" packets=(\d+)", self.order("report"))
        while now != before:
            time.sleep(0.1)
            before, now = now, re.findall(r" packets=(\d+)", self.order("report"))

    def filter(self, instructions):
        self.order(f"filter {len(instructions)} " + " ".join(instructions))

    def end(self):
        """Lets the ring run dry; returns its packets and its counters (summed over the rings)."""
        errors = self.child.communicate("end\n", timeout=30)[1]
        self.output.seek(0)
        packets = []
        for line in self.output:
            ring, interface, direction, linktype, length, stamp, *data = line.split()
            packets.append(Packet(int(ring), int(interface), direction, int(linktype), int(length), int(stamp),
                                  bytes.fromhex(data[0] if data else "")))
        self.output.close()
        counters = collections.Counter()
        for name, number in re.findall(r"(\w+)=(\d+)", errors):
            counters[name] += int(number)
        return packets, counters


def tcpdump(net, host, interface, path, *filters):
    """tcpdump writing to `path` without waiting; started once this returns."""
    child = net.start(host, "tcpdump", "-i", interface, "-U", "-w", path, "--nano", "-s", "0", "-B", "65536", *filters,
                      stderr=subprocess.PIPE, text=True)
    line = child.stderr.readline()
    while "listening on" not in line:
        if not line:
            raise AssertionError("tcpdump did not start")
        line = child.stderr.readline()
    return child


def stop_tcpdump(child):
    # It takes what its ring has when a block's time is up, which is a second, and forgets the rest when it ends.
    time.sleep(1.3)
    child.terminate()
    errors = child.communicate(timeout=10)[1]
    dropped = int(re.search(r"(\d+) packets? dropped by kernel", errors).group(1))
    if dropped:
        raise AssertionError(f"tcpdump itself lost {dropped} packets; this run says nothing")


def read_pcap(path):
    """(time in nanoseconds, length on the wire, bytes) of each packet."""
    data = pathlib.Path(path).read_bytes()
    magic, = struct.unpack_from("<I", data)
    if magic != 0xA1B23C4D:
        raise AssertionError(f"{path} is no pcap with nanoseconds")
    packets, offset = [], 24
    while offset < len(data):
        seconds, nanos, captured, length = struct.unpack_from("<IIII", data, offset)
        offset += 16
        packets.append((seconds * 10**9 + nanos, length, data[offset:offset + captured]))
        offset += captured
    return packets


def compiled(expression):
    """What tcpdump makes of a filter for Ethernet frames, as instructions."""
    lines = subprocess.run(["tcpdump", "-y", "EN10MB", "-ddd", expression], capture_output=True, text=True,
                           check=True).stdout.split("\n")
    return lines[1:1 + int(lines[0])]


@unittest.skipIf(WHY_NOT, f"this test needs: {WHY_NOT}")
class RingTests(Case):
    @classmethod
    def setUpClass(cls):
        cls.program = probe_program()

    def network(self, **options):
        # Each test compares orders, with tcpdump's or that of the sender.
        net = namespaces.Gateway(ordered=True, **options)
        self.addCleanup(net.close)
        return net

    def probe(self, net, *arguments, host="gateway", **options):
        return Probe(net, host, self.program, self.folder, *arguments, **options)

    def serve(self, net):
        """A web server with a file of 3 MB, and iperf3."""
        (self.folder / "file").write_bytes(random.Random(20261121).randbytes(3_000_000))
        net.start("server", "python3", "-m", "http.server", "80", "--bind", "::", "--directory", self.folder,
                  traffic=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        net.start("server", "iperf3", "-s", traffic=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        for _ in range(100):
            if ":5201" in net.run("server", "ss", "-Hltn") and ":80" in net.run("server", "ss", "-Hltn"):
                return
            time.sleep(0.05)
        self.fail("the servers do not come up")

    def make_traffic(self, net):
        """Downloads, pings of a flood, datagrams, over both families."""
        for address in (net.SERVER4, f"[{net.SERVER6}]"):
            size = net.run("client", "curl", "-s", "-o", "/dev/null", "-w", "%{size_download}",
                           f"http://{address}/file")
            self.assertEqual(size, "3000000")
        net.run("client", "iperf3", "-c", net.SERVER4, "-n", "4M")
        net.run("client", "iperf3", "-c", net.SERVER6, "-u", "-b", "20M", "-t", "1", "-l", "200")
        net.run("client", "hping3", "-q", "-S", "-p", "81", "-c", "300", "-i", "u500", net.SERVER4, check=False)
        net.run("client", "hping3", "-q", "--udp", "-p", "9", "-d", "3000", "-c", "20", "-i", "u1000", net.SERVER4,
                check=False)

    def check_same(self, ring, theirs, interface):
        """Same packets, same order within each conversation, each way; there, times do not go back. They are each
        socket's own, a moment apart.

        One processor makes the traffic, so that a conversation has one order. Between conversations there is none that
        must be: what timers and work queues of the kernel send (a probe for a neighbour, a late acknowledgement) may
        come on another processor, which either socket may hear first."""
        ours = [packet for packet in ring if packet.interface == interface and not is_chatter(packet.bytes)]
        theirs = [packet for packet in theirs if not is_chatter(packet[2])]
        self.check_same_multiset([packet.bytes for packet in ours], [data for _, _, data in theirs])
        judged = by_conversation(theirs, lambda packet: packet[2])
        for who, sent in by_conversation(ours, lambda packet: packet.bytes).items():
            self.assertEqual(len(sent), len(judged[who]), who)
            for index, (our, (stamp, length, data)) in enumerate(zip(sent, judged[who])):
                where = f"packet {index} of {who}"
                self.assertEqual((our.length, our.bytes.hex()), (length, data.hex()), where)
                self.assertLess(abs(our.time - stamp), 50_000_000, where)
            times = [packet.time for packet in sent]
            self.assertEqual(times, sorted(times), who)
        return ours

    def check_same_multiset(self, ours, wanted):
        """Same bytes, each as often, in whatever order; says a few that differ."""
        ours, wanted = collections.Counter(ours), collections.Counter(wanted)
        missing, excess = wanted - ours, ours - wanted
        self.assertFalse(
            missing or excess, f"missing {missing.total()}: {[data.hex() for data in list(missing)[:3]]}, "
            f"too many {excess.total()}: {[data.hex() for data in list(excess)[:3]]}")

    def check_frames(self, ours, wanted):
        """Same bytes in the same order, that in which one program sent them; says the first difference only."""
        for index, (our, want) in enumerate(zip(ours, wanted)):
            self.assertEqual(our.hex(), want.hex(), f"frame {index}")
        self.assertEqual(len(ours), len(wanted))

    def check_directions(self, net, interface, mac, packets):
        """Whatever has the interface's address as its source was sent, by the gateway alone."""
        for packet in packets:
            sent = packet.bytes[6:12].hex(":") == mac
            self.assertEqual(packet.direction, "outgoing" if sent else "incoming", packet)

    def judge_traffic(self, offloads):
        net = self.network(offloads=offloads)
        self.serve(net)
        files = {name: self.folder / f"{name}.pcap" for name in ("lan", "wan")}
        probe = self.probe(net)
        probe.filter(OPEN)
        # tcpdump sees every packet that the ring sees: both are there before the traffic is, and the ring ends last.
        children = [tcpdump(net, "gateway", name, path, "ip or ip6 and not icmp6 and not net ff00::/8")
                    for name, path in files.items()]
        self.make_traffic(net)
        for child in children:
            stop_tcpdump(child)
        packets, counters = probe.end()
        self.assertEqual((counters["dropped"], counters["malformed"]), (0, 0))
        wanted = [packet for packet in packets
                  if packet.bytes[12:14] == b"\x08\0" or packet.bytes[12:14] == b"\x86\xdd" and packet.bytes[20] != 58
                  and packet.bytes[38] != 0xFF and packet.bytes[22] != 0xFF]
        for name, mac in (("lan", net.LAN_MAC), ("wan", net.WAN_MAC)):
            ours = self.check_same(wanted, read_pcap(files[name]), net.index("gateway", name))
            self.assertGreater(len(ours), 1_000)
            self.check_directions(net, name, mac, ours)
        return packets

    def test_same_packets_as_tcpdump(self):
        packets = self.judge_traffic(offloads=False)
        self.assertLessEqual(max(packet.length for packet in packets), 1514)

    def test_same_packets_as_tcpdump_with_offloads(self):
        packets = self.judge_traffic(offloads=True)
        self.assertGreater(max(packet.length for packet in packets), 30_000, "no segment was large")
        self.assertTrue(all(packet.length == len(packet.bytes) for packet in packets))

    def test_directions_as_tcpdump_says(self):
        net = self.network()
        self.serve(net)
        files = {way: self.folder / f"{way}.pcap" for way in ("in", "out")}
        probe = self.probe(net)
        probe.filter(OPEN)
        children = [tcpdump(net, "gateway", "lan", path, "-Q", way, "tcp") for way, path in files.items()]
        net.run("client", "curl", "-s", "-o", "/dev/null", f"http://{net.SERVER4}/file")
        for child in children:
            stop_tcpdump(child)
        packets, _ = probe.end()
        lan = net.index("gateway", "lan")
        for way, direction in (("in", "incoming"), ("out", "outgoing")):
            ours = [packet for packet in packets if packet.direction == direction and packet.bytes[12:14] == b"\x08\0"
                    and packet.bytes[23] == 6]
            self.assertGreater(len(self.check_same(ours, read_pcap(files[way]), lan)), 100)

    def test_loopback_once(self):
        net = self.network()
        path = self.folder / "lo.pcap"
        probe = self.probe(net)
        probe.filter(OPEN)
        child = tcpdump(net, "gateway", "lo", path)
        net.run("gateway", "hping3", "-q", "-1", "-c", "20", "-i", "u1000", "127.0.0.1", check=False)
        stop_tcpdump(child)
        packets, _ = probe.end()
        theirs = read_pcap(path)
        self.assertGreaterEqual(len(theirs), 40)
        ours = self.check_same(packets, theirs, 1)
        self.assertEqual({packet.direction for packet in ours}, {"incoming"})
        self.assertEqual({packet.linktype for packet in ours}, {1})

    def test_fanout_keeps_conversations_together(self):
        net = self.network()
        self.serve(net)
        probe = self.probe(net, "--rings", "2")
        probe.filter(OPEN)
        path = self.folder / "lan.pcap"
        child = tcpdump(net, "gateway", "lan", path, "ip or ip6")
        # Forty clients: a request over TCP, a datagram in three fragments, and the server's refusal of it.
        talk = ("import socket, sys\n"
                "for number in range(20, 60):\n"
                "    own = (f'10.77.1.{number}', 0)\n"
                "    with socket.create_connection((sys.argv[1], 80), 5, own) as s:\n"
                "        s.send(b'GET /none\\n\\n')\n"
                "        s.recv(99)\n"
                "    with socket.socket(type=socket.SOCK_DGRAM) as s:\n"
                "        s.bind(own)\n"
                "        s.sendto(bytes(4000), (sys.argv[1], 9))\n")
        for number in range(20, 60):
            net.ip("client", "address", "add", f"10.77.1.{number}/24", "dev", "eth0")
        net.run("client", "python3", "-c", talk, net.SERVER4)
        self.make_traffic(net)
        stop_tcpdump(child)
        packets, counters = probe.end()
        self.assertEqual(counters["dropped"], 0)
        homes, rings = collections.defaultdict(set), collections.Counter()
        for packet in packets:
            data = packet.bytes
            if data[12:14] == b"\x08\0":
                ends = frozenset((data[26:30], data[30:34]))
            elif data[12:14] == b"\x86\xdd":
                ends = frozenset((data[22:38], data[38:54]))
            else:
                self.assertEqual(packet.ring, 0)
                continue
            homes[ends].add(packet.ring)
            rings[packet.ring] += 1
        self.assertGreater(len(homes), 40)
        self.assertEqual([ends for ends, where in homes.items() if len(where) > 1], [])
        self.assertEqual(set(rings), {0, 1})
        fair = collections.Counter(next(iter(where)) for where in homes.values())
        self.assertGreater(min(fair.values()), 8, fair)
        # Nothing is seen twice, nothing is missing.
        lan = net.index("gateway", "lan")
        ours = [packet.bytes for packet in packets
                if packet.interface == lan and packet.bytes[12:14] in (b"\x08\0", b"\x86\xdd")]
        self.check_same_multiset([data for data in ours if not is_chatter(data)],
                                 [data for _, _, data in read_pcap(path) if not is_chatter(data)])

    def send_frames(self, net, host, interface, frames):
        """Puts frames onto a host's wire as they are."""
        code = ("import socket, sys\n"
                "s = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)\n"
                f"s.bind(({interface!r}, 0))\n"
                "for line in sys.stdin: s.send(bytes.fromhex(line))\n")
        net.run(host, "python3", "-c", code, input="\n".join(frame.hex() for frame in frames))

    def tagged_frames(self, net, count=50):
        draw = random.Random(20261121)
        def mac(text):
            return bytes.fromhex(text.replace(":", ""))
        frames = []
        for number in range(count):
            tags = b""
            for level in range(number % 4):
                kind = 0x88A8 if level == 0 and number % 8 > 4 else 0x8100
                tags += struct.pack(">HH", kind, draw.randrange(8) << 13 | draw.randrange(1, 4095))
            payload = draw.randbytes(20 + number)
            udp = struct.pack(">HHHH", 1000 + number, 53, 8 + len(payload), 0) + payload
            ip = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), number, 0, 64, 17, 0,
                             bytes([10, 9, 9, 1]), bytes([10, 9, 9, 2]))
            frames.append(mac(net.LAN_MAC) + mac(net.CLIENT_MAC) + tags + b"\x08\0" + ip + udp)
        return frames

    def test_tags_come_back(self):
        net = self.network()
        frames = self.tagged_frames(net)
        path = self.folder / "lan.pcap"
        probe = self.probe(net)
        sender = self.probe(net, host="client")
        for one in (probe, sender):
            one.filter(OPEN)
        child = tcpdump(net, "gateway", "lan", path, "-Q", "in")
        self.send_frames(net, "client", "eth0", frames)
        stop_tcpdump(child)
        packets, counters = probe.end()
        self.assertEqual(counters["malformed"], 0)
        lan = net.index("gateway", "lan")
        self.check_frames([data for _, _, data in read_pcap(path) if data in frames], frames)
        self.check_frames([packet.bytes for packet in packets if packet.interface == lan and packet.bytes in frames],
                          frames)
        # Where they were sent, the tags are in the frame and were never taken off.
        sent = [packet for packet in sender.end()[0] if packet.bytes in frames]
        self.check_frames([packet.bytes for packet in sent], frames)
        self.assertEqual({packet.direction for packet in sent}, {"outgoing"})

    def test_filter_while_running(self):
        net = self.network()
        path = self.folder / "lan.pcap"
        probe = self.probe(net)
        child = tcpdump(net, "gateway", "lan", path, "-Q", "in", "udp")

        def burst(port, count=200):
            net.run("client", "hping3", "-q", "--udp", "-p", str(port), "-s", "7000", "-k", "-c", str(count), "-i",
                    "u200", net.SERVER4, check=False)

        burst(1)
        probe.filter(compiled("udp dst port 2"))
        burst(1)
        burst(2)
        probe.filter(compiled("udp dst port 1 or udp dst port 2"))
        burst(1)
        burst(2)
        # Swapping a filter for an equal one loses nothing, however often.
        flood = net.start("client", "hping3", "-q", "--udp", "-p", "3", "-s", "7000", "-k", "-c", "2000", "-i", "u200",
                          net.SERVER4, traffic=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        program = compiled("udp dst port 1 or udp dst port 2 or udp dst port 3")
        probe.filter(program)
        while flood.poll() is None:
            probe.filter(program)
        probe.filter(["6 0 0 0"])
        burst(2)
        stop_tcpdump(child)
        packets, _ = probe.end()
        lan = net.index("gateway", "lan")
        ours = collections.Counter(
            struct.unpack_from(">H", packet.bytes, 36)[0] for packet in packets
            if packet.interface == lan and packet.direction == "incoming" and packet.bytes[23] == 17)
        theirs = collections.Counter(struct.unpack_from(">H", data, 36)[0] for _, _, data in read_pcap(path))
        self.assertEqual(theirs[1], 600)
        self.assertEqual(ours[1], 200)
        self.assertEqual(ours[2], 400)
        # The first ones may have come before the filter that wants them.
        self.assertGreater(ours[3], 1_500)
        flood = [packet.bytes for packet in packets if packet.interface == lan and packet.direction == "incoming"
                 and packet.bytes[36:38] == b"\0\x03"]
        theirs = [data for _, _, data in read_pcap(path) if data[36:38] == b"\0\x03"]
        self.check_frames(flood, theirs[-len(flood):])

    def test_interfaces_come_and_go(self):
        net = self.network()
        probe = self.probe(net)
        probe.filter(OPEN)
        seen = []
        for number in range(3):
            name = f"new{number}"
            net.join("gateway", name, "client", name)
            net.address("gateway", name, f"10.78.{number}.1/24")
            net.address("client", name, f"10.78.{number}.2/24")
            seen.append(net.index("gateway", name))
            net.run("client", "hping3", "-q", "-1", "-c", "5", "-i", "u1000", f"10.78.{number}.1", check=False)
            if number == 0:
                net.ip("gateway", "link", "set", name, "down")
            net.ip("gateway", "link", "delete", name)
        net.run("client", "hping3", "-q", "-1", "-c", "5", "-i", "u1000", net.LAN4, check=False)
        packets, _ = probe.end()
        counts = collections.Counter(packet.interface for packet in packets if packet.bytes[23:24] == b"\x01")
        for index in seen + [net.index("gateway", "lan")]:
            self.assertEqual(counts[index], 10)

    def test_chosen_interfaces(self):
        net = self.network()
        wan, lan = net.index("gateway", "wan"), net.index("gateway", "lan")
        probe = self.probe(net, "--interfaces", str(wan))
        probe.filter(OPEN)

        def ping():
            net.run("client", "hping3", "-q", "-1", "-c", "10", "-i", "u1000", net.SERVER4, check=False)
            probe.settle()

        ping()
        probe.order(f"interfaces {lan},{wan}")
        ping()
        probe.order("interfaces 4711")
        ping()
        probe.order("interfaces all")
        ping()
        packets, _ = probe.end()
        counts = collections.Counter(packet.interface for packet in packets if packet.bytes[23:24] == b"\x01")
        self.assertEqual((counts[wan], counts[lan]), (60, 40))

    def recorded_frames(self, path):
        """The Ethernet frames of all fixtures in one capture, as far as a wire takes them: protocols of all kinds, to
        and from addresses that nobody here has."""
        frames = []
        for capture in sorted((ROOT / "Tests/Fixtures/captures").glob("*.pcap")):
            data = capture.read_bytes()
            order = {b"\xd4\xc3\xb2\xa1": "<", b"\xa1\xb2\xc3\xd4": ">"}.get(data[:4])
            if order is None or struct.unpack_from(order + "I", data, 20)[0] != 1:
                continue
            offset = 24
            while offset + 16 <= len(data):
                captured, length = struct.unpack_from(order + "II", data, offset + 8)
                offset += 16
                if captured == length and 60 <= length <= 1514 and offset + length <= len(data):
                    frames.append(data[offset:offset + length])
                offset += captured
        with open(path, "wb") as out:
            out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262_144, 1))
            for number, frame in enumerate(frames):
                out.write(struct.pack("<IIII", number // 10_000, number % 10_000 * 100, len(frame), len(frame)) + frame)
        return frames

    def test_replayed_frames(self):
        """tcpreplay puts frames on the wire that nobody addressed to the gateway: they were received all the same."""
        net = self.network()
        lan = net.index("gateway", "lan")
        frames = self.recorded_frames(self.folder / "recorded.pcap")
        self.assertGreater(len(frames), 1_000)
        probe = self.probe(net, "--promiscuous", str(lan))
        probe.filter(OPEN)
        self.assertIn("promiscuity 1", net.ip("gateway", "-d", "link", "show", "dev", "lan"))
        path = self.folder / "lan.pcap"
        child = tcpdump(net, "gateway", "lan", path, "-Q", "in", "-p")
        net.run("client", "tcpreplay", "-q", "--pps=20000", "-i", "eth0", self.folder / "recorded.pcap")
        stop_tcpdump(child)
        packets, counters = probe.end()
        self.assertEqual((counters["dropped"], counters["malformed"]), (0, 0))
        received = [packet for packet in packets if packet.direction == "incoming" and packet.interface == lan]
        ours = self.check_same(received, read_pcap(path), lan)
        wanted = set(frames)
        self.check_frames([packet.bytes for packet in ours if packet.bytes in wanted], frames)
        self.assertIn("promiscuity 0", net.ip("gateway", "-d", "link", "show", "dev", "lan"))

    def random_expression(self, draw, depth):
        """An expression of the language about what the recorded frames have."""
        if depth == 0:
            return draw.choice([
                f"port = {draw.choice([53, 67, 80, 179, 443, 520, 1000, 1004, 1985])}",
                f"sport < {draw.randrange(1, 60000)}", f"dport >= {draw.randrange(1, 60000)}",
                f"proto = {draw.choice(['tcp', 'udp', 'icmp', 'ospf', 'esp', 'gre', 'pim', '6', '17'])}",
                f"addr = {draw.choice(['10.0.0.0/8', '192.168.0.0/16', '224.0.0.0/4', 'fe80::/10', 'ff00::/8'])}",
                f"saddr = 10.{draw.randrange(10)}.0.0/16", f"daddr = {draw.choice(['10.9.9.2', '224.0.0.5'])}",
                f"ip = {draw.choice([4, 6])}", f"len >= {draw.randrange(20, 1500)}",
                f"ttl {draw.choice(['=', '<', '>='])} {draw.choice([1, 2, 63, 64, 128, 255])}",
                f"tcpfl = {draw.choice(['SYN', 'ACK', 'RST', 'FIN'])}", f"vlan = {draw.randrange(1, 4095)}",
            ])
        if draw.randrange(4) == 0:
            return f"!({self.random_expression(draw, depth - 1)})"
        parts = [self.random_expression(draw, draw.randrange(depth)) for _ in range(draw.randrange(2, 4))]
        return "(" + draw.choice([" & ", " | "]).join(parts) + ")"

    def test_random_filters(self):
        """Random expressions: what a ring behind the kernel's filter hands out, the program after it selecting, is what
        an open ring hands out; where frames are received, and where they are sent with their tags in them.

        Judged are the frames that the test sends. What hosts send by themselves (reports of listeners, questions for
        neighbours that nobody is) may come between the orders to one ring and to the other."""
        net = self.network()
        seed = int(os.environ.get("GATELOG_SEED", "20261121"))
        print(f"random filters, GATELOG_SEED={seed}")
        draw = random.Random(seed)
        path = self.folder / "recorded.pcap"
        frames, tagged = self.recorded_frames(path), self.tagged_frames(net)
        made = {*frames, *tagged}
        probes = {(host, kind): self.probe(net, "--promiscuous", str(net.index(host, interface)), host=host)
                  for host, interface in (("gateway", "lan"), ("client", "eth0")) for kind in ("filtered", "open")}
        expressions = [self.random_expression(draw, number % 4) for number in range(40)]
        for expression in expressions:
            for (_, kind), probe in probes.items():
                probe.order(f"{kind} {expression}")
            self.send_frames(net, "client", "eth0", tagged)
            net.run("client", "tcpreplay", "-q", "--pps=50000", "-i", "eth0", path)
            # Nothing of this round may be left when the next one begins.
            for probe in probes.values():
                probe.settle()
        selected, passed, all_of_them = 0, 0, 0
        for host in ("gateway", "client"):
            ours, counters = probes[host, "filtered"].end()
            theirs, open_counters = probes[host, "open"].end()
            self.assertEqual((counters["dropped"], open_counters["dropped"]), (0, 0))
            ours, theirs = ([packet for packet in packets if packet.bytes in made] for packets in (ours, theirs))
            self.check_frames([packet.bytes for packet in ours], [packet.bytes for packet in theirs])
            self.assertEqual([packet.direction for packet in ours], [packet.direction for packet in theirs])
            selected += counters["matched"]
            passed += counters["packets"]
            all_of_them += open_counters["packets"]
        print(f"{len(expressions)} expressions: selected {selected}, passed {passed}, of {all_of_them}")
        self.assertGreater(all_of_them, len(frames) * len(expressions))
        self.assertGreater(selected, 1_000)
        self.assertLess(passed, all_of_them * 0.8)

    def test_raw_interface(self):
        """A tun device has no link header: packets come as raw IP, both ways."""
        net = self.network()
        code = ("import fcntl, os, struct, sys, subprocess, time\n"
                "t = os.open('/dev/net/tun', os.O_RDWR)\n"
                "fcntl.ioctl(t, 0x400454CA, struct.pack('16sH14x', b'tun9', 0x1001))\n"
                "subprocess.run('ip addr add 10.79.0.1/24 dev tun9; ip link set tun9 up', shell=True, check=True)\n"
                "print('up', flush=True)\n"
                "sys.stdin.readline()\n"
                "for line in sys.stdin: os.write(t, bytes.fromhex(line))\n")
        tun = net.start("gateway", "python3", "-c", code, traffic=True, stdin=subprocess.PIPE,
                        stdout=subprocess.PIPE, text=True)
        if tun.stdout.readline() != "up\n":
            self.skipTest("this kernel has no tun devices (CONFIG_TUN)")
        probe = self.probe(net)
        probe.filter(OPEN)
        index = net.index("gateway", "tun9")
        frames = [frame[14:] for frame in self.tagged_frames(net, 40) if frame[12:14] == b"\x08\0"]
        net.run("gateway", "hping3", "-q", "--udp", "-c", "5", "-i", "u1000", "10.79.0.2", check=False)
        tun.communicate("go\n" + "\n".join(frame.hex() for frame in frames), timeout=10)
        packets, counters = probe.end()
        ours = [packet for packet in packets if packet.interface == index and packet.bytes[0] >> 4 == 4]
        self.assertEqual({packet.linktype for packet in ours}, {101})
        received = [packet.bytes for packet in ours if packet.direction == "incoming"]
        self.check_frames(received, frames)
        self.assertEqual(len([packet for packet in ours if packet.direction == "outgoing"]), 5)
        self.assertEqual(counters["malformed"], 0)


if __name__ == "__main__":
    unittest.main()
